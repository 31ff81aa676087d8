import { databaseKinds, startCluster, type Cluster } from './databases.ts';
import { Product, type NewSomebody } from './product.ts';
import { missingRedis, startRedis, type Redis } from './redis.ts';

/** Several processes of the product that serve one PostgreSQL, and tell each other through one Redis. */
export interface Processes {
	readonly postgres: Cluster;
	readonly redis: Redis;
	/** each serves the same people and the same founding meeting, at an address of its own */
	readonly products: Product[];
	/** Ends all of it and removes everything. */
	remove(): Promise<void>;
}

/** Why several processes cannot be tested here; null: they can. */
export const missingProcesses: string | null = databaseKinds[1].missing ?? missingRedis;

/** Starts PostgreSQL, Redis, and then each process after the other. */
export async function startProcesses(count: number, people: readonly NewSomebody[], env: Record<string, string> = {}): Promise<Processes> {
	const postgres = await startCluster();
	const redis = await startRedis();
	const first = await Product.prepare(people, { url: postgres.url });
	const products = [first, ...(await Promise.all(Array.from({ length: count - 1 }, () => first.beside())))];
	const remove = async () => {
		for (const product of products) await product.remove();
		await redis.remove();
		await postgres.remove();
	};
	try {
		for (const product of products) await product.start({ REDIS_URL: redis.url, ...env });
	} catch (error) {
		await remove();
		throw error;
	}
	return { postgres, redis, products, remove };
}
