import { randomInt } from 'node:crypto';
import type { Id } from '#realtime/meeting/ids.ts';
import type { ClientIdStore } from '#realtime/server/ports.ts';
import type { Connection } from '../connection.ts';

/**
 * Ids are drawn at random, as Yjs draws its own, and not counted: after a backup is restored, a device may
 * still hold ids that the database has forgotten, and a counter would give them to somebody else. Small ones are
 * left for templates.
 */
const drawn = { from: 2 ** 16, below: 2 ** 32 } as const;

/** Whose client ids are whose, in a table. */
export function clientIdStore(connection: Connection): ClientIdStore {
	async function lease(person: Id | null, count: number): Promise<number[]> {
		const ids: number[] = [];
		while (ids.length < count) {
			const candidates = Array.from({ length: count - ids.length }, () => randomInt(drawn.from, drawn.below));
			const taken = await connection.run(
				({ sql }) => sql<{ id: number }[]>`
					insert into client_ids (id, person_id) select id, ${person} from unnest(${candidates}::bigint[]) as id on conflict do nothing returning id`
			);
			ids.push(...taken.map(({ id }) => id));
		}
		return ids;
	}

	const ownersOf = async (ids: readonly number[]): Promise<Map<number, Id | null>> => {
		const rows = await connection.run(
			({ sql }) => sql<{ id: number; person_id: Id | null }[]>`select id, person_id from client_ids where id = any(${[...ids]}::bigint[])`
		);
		return new Map(rows.map(({ id, person_id: person }) => [id, person]));
	};

	return {
		lease,
		ownersOf,
		leaseForServer: async () => (await lease(null, 1))[0]!,
		async claim(person, ids) {
			const owners = await ownersOf(ids);
			const free = ids.filter((id) => !owners.has(id));
			if (free.length === 0) return owners;
			await connection.run(
				({ sql }) => sql`insert into client_ids (id, person_id) select id, ${person} from unnest(${free}::bigint[]) as id on conflict do nothing`
			);
			// somebody else may have been faster: only the table knows
			return ownersOf(ids);
		}
	};
}
