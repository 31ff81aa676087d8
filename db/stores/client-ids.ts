import { randomInt } from 'node:crypto';
import type { Id } from '#realtime/meeting/ids.ts';
import type { ClientIdStore } from '#realtime/server/ports.ts';
import type { Connection } from '../connection.ts';
import { Together } from '../together.ts';

/**
 * Ids are drawn at random, as Yjs draws its own, and not counted: after a backup is restored, a device may
 * still hold ids that the database has forgotten, and a counter would give them to somebody else. Small ones are
 * left for templates.
 */
const drawn = { from: 2 ** 16, below: 2 ** 32 } as const;

interface Claim {
	person: Id;
	ids: readonly number[];
}

/** Binds ids to people if they are nobody's, and tells whose each is. Nothing is written for those that are somebody's. */
const claiming = `
	with wanted as (select * from unnest($1::bigint[], $2::text[]) as wanted (id, person)),
		bound as (insert into client_ids (id, person_id) select id, person from wanted order by id on conflict do nothing returning id, person_id)
	select id, person_id from bound union select client_ids.id, person_id from client_ids join wanted using (id)`;

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

	const claims = new Together<Claim, Map<number, Id | null>>(async (claims) => {
		const pairs = claims.flatMap(({ person, ids }) => ids.map((id) => ({ id, person })));
		const wanted = pairs.map(({ id }) => id);
		const rows = await connection.prepared<{ id: number; person_id: Id | null }>({ sql: claiming, params: [wanted, pairs.map(({ person }) => person)] });
		const owners = new Map(rows.map(({ id, person_id: person }) => [id, person]));
		// another connection was faster in this very moment, which the statement did not see
		const missing = wanted.filter((id) => !owners.has(id));
		if (missing.length > 0) for (const [id, owner] of await ownersOf(missing)) owners.set(id, owner);
		return claims.map(({ ids }) => new Map(ids.map((id) => [id, owners.get(id)!])));
	});

	return {
		lease,
		ownersOf,
		leaseForServer: async () => (await lease(null, 1))[0]!,
		claim: (person, ids) => claims.ask({ person, ids })
	};
}
