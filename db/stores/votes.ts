import { sql } from 'drizzle-orm';
import type { BallotBox } from '#realtime/meeting/ballots.ts';
import { candidatesOf } from '#realtime/meeting/candidates.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import type { CastBallot } from '#realtime/protocol/control.ts';
import type { VoteStore } from '#realtime/server/ports.ts';
import type { Connection, Queries } from '../connection.ts';
import { voteBoxes } from '../schema/votes.ts';
import type { FactorReads } from './factors.ts';

/** The boxes that ballots are cast into. */
export function voteStore(connection: Connection, factors: FactorReads): VoteStore {
	return {
		candidates: async (document) => candidatesOf(await factors.of(document)),

		async box(id) {
			const [found] = await connection.run(
				({ sql }) => sql<{ meeting: Id; vote: Vote; open: boolean }[]>`select meeting_id as meeting, vote, open from vote_boxes where id = ${id}`
			);
			return found ?? null;
		},

		async open(meetings) {
			const rows = await connection.run(({ sql }) => sql<{ id: Id }[]>`select id from vote_boxes where meeting_id = any(${[...meetings]}) and open`);
			return rows.map(({ id }) => id);
		},

		async cast({ vote, person, id, marks }) {
			const [found] = await connection.run(
				({ sql }) => sql<{ taken: boolean }[]>`
					with box as materialized (select id from vote_boxes where id = ${vote} and open for share),
					voter as (
						insert into voters as v (vote_id, person_id, casts) select id, ${person}, array[${id}] from box
						on conflict (vote_id, person_id) do update set casts = (v.casts || excluded.casts)[greatest(1, cardinality(v.casts) + 2 - ${limits.ballotsRemembered}::int):]
							where not excluded.casts <@ v.casts
						returning vote_id
					),
					cast_ballot as (
						insert into ballots (vote_id, key, person_id, marks) select vote_id, ${person}, ${person}, ${JSON.stringify(marks)}::jsonb from voter
						on conflict (vote_id, key) do update set marks = excluded.marks
					)
					select exists (select from box) or exists (select from voters where vote_id = ${vote} and person_id = ${person} and ${id} = any (casts)) as taken`
			);
			return found!.taken;
		},

		async own(vote, person) {
			const [found] = await connection.run(
				({ sql }) => sql<{ marks: Marks | null; signed: boolean }[]>`
					select (select marks from ballots where vote_id = ${vote} and person_id = ${person}) as marks,
						exists (select from voters where vote_id = ${vote} and person_id = ${person} and signed is not null) as signed`
			);
			return found!;
		},

		async turnout(vote) {
			const [found] = await connection.run(
				({ sql }) => sql<{ voted: number; entitled: number }[]>`
					select (select count(*) from ballots where vote_id = ${vote}) as voted, (${sql.unsafe(entitled)}) as entitled from vote_boxes box where box.id = ${vote}`
			);
			return found ?? { voted: 0, entitled: 0 };
		},

		async signingKey(vote, person, blinded) {
			const [found] = await connection.run(
				({ sql }) => sql<{ key: Uint8Array | null; signed: string | null }[]>`
					with box as materialized (select id, signing_key from vote_boxes where id = ${vote} and open for share),
					voter as (
						insert into voters as v (vote_id, person_id, signed) select id, ${person}, ${blinded} from box
						on conflict (vote_id, person_id) do update set signed = v.signed
						returning signed
					)
					select (select signing_key from box) as key, (select signed from voter) as signed`
			);
			if (!found?.key) return null;
			return found.signed === blinded ? found.key : 'signed';
		},

		async castSecretly({ vote, digest, marks }) {
			const [open] = await connection.run(
				({ sql }) => sql<{ open: boolean }[]>`
					with box as materialized (select id from vote_boxes where id = ${vote} and open for share),
					cast_ballot as (insert into ballots (vote_id, key, marks) select id, ${digest}, ${JSON.stringify(marks)}::jsonb from box on conflict do nothing)
					select exists (select from box) as open`
			);
			// by itself: one that came at the same moment is seen only now
			const [kept] = await connection.run(
				({ sql }) => sql<{ same: boolean }[]>`select marks = ${JSON.stringify(marks)}::jsonb as same from ballots where vote_id = ${vote} and key = ${digest}`
			);
			if (kept) return kept.same ? 'kept' : open!.open ? 'cast' : null;
			return null;
		},

		ballots: (vote) =>
			connection.run(
				({ sql }) => sql<CastBallot[]>`
					select b.person_id as person, b.key, b.marks from ballots b join vote_boxes box on box.id = b.vote_id
					where b.vote_id = ${vote} and not box.open and box.vote ->> 'level' <> 'unnamed' order by b.key`
			)
	};
}

/** How many may vote in the vote of `box`: whoever is of the think tank and no mere observer, whoever is only a guest if it says so, and whoever has voted since and is neither any more. */
const entitled = `
	select count(*) from (
		select m.person_id from meetings held join memberships m on m.think_tank_id = held.think_tank_id
		join people p on p.id = m.person_id and p.deactivated_at is null
		where held.id = box.meeting_id and (m.role <> 'observer' or held.co_facilitators ? m.person_id)
		union
		select g.person_id from meetings held join guests g on g.meeting_id = held.id join links l on l.digest = g.link_digest and l.revoked_at is null
		join people p on p.id = g.person_id and p.deactivated_at is null
		where held.id = box.meeting_id and (box.vote -> 'guests')::boolean and g.state = 'admitted'
			and not exists (select from memberships m where m.think_tank_id = held.think_tank_id and m.person_id = g.person_id)
		union
		select person_id from voters where vote_id = box.id
	) as all_of_them`;

/** What is in an open box, which takes no ballots until this transaction is over; null: it is not open. */
export async function lockedBox(queries: Queries, vote: Id): Promise<BallotBox | null> {
	const locked = await queries.execute(sql`select from vote_boxes where id = ${vote} and open for update`);
	if (locked.length === 0) return null;
	const cast = await queries.execute<{ marks: Marks }>(sql`select marks from ballots where vote_id = ${vote}`);
	const [might] = await queries.execute<{ entitled: number }>(sql`select (${sql.raw(entitled)}) as entitled from vote_boxes box where box.id = ${vote}`);
	return { ballots: cast.map(({ marks }) => marks), entitled: might!.entitled };
}

/** What follows for the boxes from what has happened to a meeting, within the transaction that keeps it. */
export async function keepVotes(
	queries: Queries,
	meeting: Id,
	events: readonly MeetingEvent[],
	signingKeys: ReadonlyMap<Id, Uint8Array> = new Map()
): Promise<void> {
	for (const event of events) {
		if (event.name === 'vote.opened') {
			const { vote } = event;
			await queries.insert(voteBoxes).values({ id: vote.id, meetingId: meeting, vote, signingKey: signingKeys.get(vote.id) ?? null });
		} else if (event.name === 'vote.closed') {
			await shut(queries, event.vote);
			await shuffle(queries, event.vote);
		} else if (event.name === 'vote.cancelled') {
			await shut(queries, event.vote);
			await queries.execute(sql`delete from ballots where vote_id = ${event.vote}`);
			await queries.execute(sql`delete from voters where vote_id = ${event.vote}`);
		}
	}
}

const shut = (queries: Queries, vote: Id) => queries.execute(sql`update vote_boxes set open = false, signing_key = null where id = ${vote}`);

/**
 * Writes voters and ballots anew, all at once and in an order drawn by chance, and where names are hidden without
 * them: neither rows nor the transactions that wrote them say any more who cast which.
 */
async function shuffle(queries: Queries, vote: Id): Promise<void> {
	await queries.execute(sql`
		with gone as (delete from voters where vote_id = ${vote} returning person_id, casts)
		insert into voters (vote_id, person_id, casts) select ${vote}, person_id, casts from gone order by gen_random_uuid()`);
	await queries.execute(sql`
		with level as (select vote ->> 'level' as level from vote_boxes where id = ${vote}),
		gone as (delete from ballots where vote_id = ${vote} returning key, person_id, marks)
		insert into ballots (vote_id, key, person_id, marks)
		select ${vote}, case level when 'unnamed' then gen_random_uuid()::text else key end, case level when 'open' then person_id end, marks
		from gone, level order by gen_random_uuid()`);
}
