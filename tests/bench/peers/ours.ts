import { open, type Database } from '#db/open.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { protocolVersion } from '#realtime/protocol/version.ts';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Product } from '../../support/product.ts';
import { startRedis } from '../../support/redis.ts';
import { processorMs, residentMegabytes } from '../process.ts';
import { clientIdOf } from './client-ids.ts';
import { bytesIn } from './folders.ts';
import { populate } from './populate.ts';
import { emptyDatabase } from './postgres.ts';
import type { Running, Server } from './servers.ts';

/** between two commits that are measured alone, so that each begins in silence */
const commitGapMs = 5;

export interface Kind {
	name: string;
	database: 'embedded' | 'PostgreSQL';
	/** more than one on PostgreSQL, with a Redis between them: people come to them by turns */
	processes?: number;
	isOurs?: boolean;
	/** where each process leaves what it spent its time on */
	profiles?: string | null;
}

/** Ours: sign-in, gate, and every edit committed and synced to the disk before it is shown. */
export const ours = ({ name, database, processes = 1, isOurs = true, profiles = null }: Kind): Server => ({
	name,
	isOurs,
	keeps: true,
	async start(places): Promise<Running> {
		const external = database === 'PostgreSQL' ? await emptyDatabase() : null;
		const redis = processes > 1 ? await startRedis() : null;
		const first = await Product.prepare([{ name: { en: 'Facilitator' }, role: 'facilitator' }], external ? { url: external.url } : {});
		const rooms = await populate(first.database, places);
		const products = [first, ...(await Promise.all(Array.from({ length: processes - 1 }, () => first.beside())))];
		const bytes = () => external?.bytes() ?? bytesIn(first.database.dataDir);
		const bytesBefore = await bytes();
		const env = {
			LOG_LEVEL: 'error',
			...(redis && { REDIS_URL: redis.url }),
			...(profiles !== null && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` })
		};
		const start = async () => {
			for (const product of products) await product.start(env);
		};
		const stop = () => Promise.all(products.map((product) => product.stop()));
		await start();
		return {
			seat(person, { room = 0, page = 0 } = {}) {
				const { document, people } = rooms[room]!;
				const { id, cookie } = people[person]!;
				const clientId = clientIdOf({ person, room, page });
				const { boardsUrl } = products[person % processes]!;
				const stockUrl = `${boardsUrl.replace('localhost', '127.0.0.1')}/${document}`;
				return { url: `${stockUrl}?acks=1&v=${protocolVersion}&client=${clientId}`, stockUrl, headers: { cookie }, clientId, author: id, document: null };
			},
			spent: () => ({
				server: sum(products.map(({ pid }) => processorMs(pid))),
				database: (external?.spentMs() ?? 0) + (redis ? processorMs(redis.pid) : 0)
			}),
			residentMegabytes: () => sum(products.map(({ pid }) => residentMegabytes(pid))),
			diskBytes: async () => (await bytes()) - bytesBefore,
			async kill() {
				await Promise.all(products.map((product) => product.kill()));
				await start();
			},
			async restart() {
				await stop();
				await start();
			},
			async commitMs(bytes, times) {
				await stop();
				const opened = await open(first.database);
				const took = await commits(opened, rooms[0]!.document, bytes, times);
				await opened.close();
				return took;
			},
			async remove() {
				// a process that is killed leaves no profile
				if (profiles !== null) await stop();
				await Promise.all(products.map((product) => product.remove()));
				await redis?.remove();
				await external?.drop();
			}
		};
	}
});

const sum = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

async function commits(database: Database, document: Id, bytes: number, times: number): Promise<number[]> {
	const took: number[] = [];
	for (let i = 0; i < times; i++) {
		const began = performance.now();
		await database.documents.append([{ document, update: new Uint8Array(randomBytes(bytes)) }]);
		took.push(performance.now() - began);
		await pause(commitGapMs);
	}
	return took;
}
