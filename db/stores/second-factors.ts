import { and, count, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Connection, Queries } from '../connection.ts';
import { authenticators, recoveryCodes } from '../schema/people.ts';

/** Authenticator apps, and the codes for whoever has lost theirs. Secrets come and go sealed. */
export interface SecondFactorStore {
	/** the sealed secret; null: there is none */
	find(person: Id): Promise<{ secret: Uint8Array; confirmed: boolean } | null>;
	/** Keeps a secret that is not asked for yet, in place of an earlier one that was not either. False: one is in use, and stays. */
	begin(person: Id, secret: Uint8Array): Promise<boolean>;
	/** From now on a code is asked for: uses this step up and replaces all recovery codes. False: there was nothing to confirm. */
	confirm(person: Id, step: number, recoveryDigests: readonly string[]): Promise<boolean>;
	/** Uses a time step up. False: this step, or a later one, has been used already. */
	useStep(person: Id, step: number): Promise<boolean>;
	/** Uses a recovery code up. False: there is no such code, or it has been used. */
	useRecoveryCode(person: Id, digest: string): Promise<boolean>;
	/** Replaces all recovery codes. False: the person has no second factor. */
	renewRecoveryCodes(person: Id, digests: readonly string[]): Promise<boolean>;
	recoveryCodesLeft(person: Id): Promise<number>;
	/** Takes authenticator and recovery codes away. False: there were none. */
	remove(person: Id): Promise<boolean>;
}

async function replaceCodes(queries: Queries, personId: Id, digests: readonly string[]): Promise<void> {
	await queries.delete(recoveryCodes).where(eq(recoveryCodes.personId, personId));
	await queries.insert(recoveryCodes).values(digests.map((digest) => ({ personId, digest })));
}

export function secondFactorStore(connection: Connection): SecondFactorStore {
	const now = sql`clock_timestamp()`;
	return {
		async find(person) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ secret: authenticators.secret, confirmed: sql<boolean>`${authenticators.confirmedAt} is not null` })
					.from(authenticators)
					.where(eq(authenticators.personId, person))
			);
			return found ?? null;
		},
		begin: async (personId, secret) =>
			(
				await connection.run(({ orm }) =>
					orm
						.insert(authenticators)
						.values({ personId, secret })
						.onConflictDoUpdate({ target: authenticators.personId, set: { secret }, setWhere: isNull(authenticators.confirmedAt) })
						.returning({ personId: authenticators.personId })
				)
			).length > 0,
		confirm: (person, step, recoveryDigests) =>
			connection.transaction(async (queries) => {
				const confirmed = await queries
					.update(authenticators)
					.set({ confirmedAt: now, lastStep: step })
					.where(and(eq(authenticators.personId, person), isNull(authenticators.confirmedAt)))
					.returning({ personId: authenticators.personId });
				if (confirmed.length > 0) await replaceCodes(queries, person, recoveryDigests);
				return confirmed.length > 0;
			}),
		useStep: async (person, step) =>
			(
				await connection.run(({ orm }) =>
					orm
						.update(authenticators)
						.set({ lastStep: step })
						.where(and(eq(authenticators.personId, person), isNotNull(authenticators.confirmedAt), lt(authenticators.lastStep, step)))
						.returning({ personId: authenticators.personId })
				)
			).length > 0,
		useRecoveryCode: async (person, digest) =>
			(
				await connection.run(({ orm }) =>
					orm
						.update(recoveryCodes)
						.set({ usedAt: now })
						.where(and(eq(recoveryCodes.personId, person), eq(recoveryCodes.digest, digest), isNull(recoveryCodes.usedAt)))
						.returning({ digest: recoveryCodes.digest })
				)
			).length > 0,
		renewRecoveryCodes: (person, digests) =>
			connection.transaction(async (queries) => {
				// the row is held until the codes are replaced, so that two who do it at once do it one after the other
				const [factor] = await queries
					.select({ personId: authenticators.personId })
					.from(authenticators)
					.where(and(eq(authenticators.personId, person), isNotNull(authenticators.confirmedAt)))
					.for('update');
				if (factor) await replaceCodes(queries, person, digests);
				return factor !== undefined;
			}),
		async recoveryCodesLeft(person) {
			const [left] = await connection.run(({ orm }) =>
				orm
					.select({ count: count() })
					.from(recoveryCodes)
					.where(and(eq(recoveryCodes.personId, person), isNull(recoveryCodes.usedAt)))
			);
			return Number(left!.count);
		},
		remove: (person) =>
			connection.transaction(async (queries) => {
				await queries.delete(recoveryCodes).where(eq(recoveryCodes.personId, person));
				const removed = await queries.delete(authenticators).where(eq(authenticators.personId, person)).returning({ personId: authenticators.personId });
				return removed.length > 0;
			})
	};
}
