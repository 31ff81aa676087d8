import { and, asc, eq, or, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Connection } from '../connection.ts';
import { passkeys } from '../schema/people.ts';

/** The public key of a device that a person signs in with. */
export interface Passkey {
	/** the credential's id, base64url */
	id: string;
	person: Id;
	publicKey: Uint8Array;
	/** counts signatures where the device does */
	counter: number;
	transports: string[];
	name: string;
}

/** A passkey as its owner sees it in a list. */
export type ListedPasskey = Pick<Passkey, 'id' | 'name' | 'transports'> & { createdAt: number; usedAt: number | null };

export interface PasskeyStore {
	find(id: string): Promise<Passkey | null>;
	/** a person's, the oldest first */
	of(person: Id): Promise<ListedPasskey[]>;
	/** False: this credential is kept already. */
	add(passkey: Passkey): Promise<boolean>;
	/** Notes a use. False: the counter does not go on from the one that is kept, as with a copy, or the key is gone. */
	use(id: string, counter: number): Promise<boolean>;
	/** False: this person has no such passkey. */
	rename(person: Id, id: string, name: string): Promise<boolean>;
	remove(person: Id, id: string): Promise<boolean>;
}

export function passkeyStore(connection: Connection): PasskeyStore {
	const own = (person: Id, id: string) => and(eq(passkeys.id, id), eq(passkeys.personId, person));
	const returning = { id: passkeys.id };
	return {
		async find(id) {
			const [found] = await connection.run(({ orm }) => orm.select().from(passkeys).where(eq(passkeys.id, id)));
			return found
				? {
						id: found.id,
						person: found.personId,
						publicKey: found.publicKey,
						counter: found.counter,
						transports: found.transports,
						name: found.name
					}
				: null;
		},
		of: (person) =>
			connection.run(({ orm }) =>
				orm
					.select({ id: passkeys.id, name: passkeys.name, transports: passkeys.transports, createdAt: passkeys.createdAt, usedAt: passkeys.usedAt })
					.from(passkeys)
					.where(eq(passkeys.personId, person))
					.orderBy(asc(passkeys.createdAt), asc(passkeys.id))
			),
		add: async ({ person: personId, ...passkey }) =>
			(
				await connection.run(({ orm }) =>
					orm
						.insert(passkeys)
						.values({ ...passkey, personId })
						.onConflictDoNothing()
						.returning(returning)
				)
			).length > 0,
		use: async (id, counter) =>
			(
				await connection.run(({ orm }) =>
					orm
						.update(passkeys)
						.set({ counter, usedAt: sql`clock_timestamp()` })
						.where(and(eq(passkeys.id, id), or(sql`${passkeys.counter} < ${counter}`, and(eq(passkeys.counter, 0), sql`${counter}::bigint = 0`))))
						.returning(returning)
				)
			).length > 0,
		rename: async (person, id, name) =>
			(await connection.run(({ orm }) => orm.update(passkeys).set({ name }).where(own(person, id)).returning(returning))).length > 0,
		remove: async (person, id) => (await connection.run(({ orm }) => orm.delete(passkeys).where(own(person, id)).returning(returning))).length > 0
	};
}
