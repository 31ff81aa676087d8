import { eq } from 'drizzle-orm';
import type { Connection } from '../connection.ts';
import { installationKeys } from '../schema/people.ts';

/** Keys that the installation made for itself. They go into every back-up of the database, and nowhere else. */
export interface KeyStore {
	/** The key of this name; the first who asks gives it. All who ask get the same. */
	key(name: string, first: Uint8Array): Promise<Uint8Array>;
}

export function keyStore(connection: Connection): KeyStore {
	return {
		async key(name, first) {
			await connection.run(({ orm }) => orm.insert(installationKeys).values({ name, key: first }).onConflictDoNothing());
			const [kept] = await connection.run(({ orm }) => orm.select({ key: installationKeys.key }).from(installationKeys).where(eq(installationKeys.name, name)));
			return kept!.key;
		}
	};
}
