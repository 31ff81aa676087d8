import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertThinkTank } from '#db/stores/think-tanks.ts';
import type { Command } from '#realtime/meeting/commands.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Marks, VoteLevel } from '#realtime/meeting/vote-rules.ts';
import { MeetingDesk } from '#realtime/server/meetings/meeting-desk.ts';
import type { Subject } from '#realtime/server/ports.ts';
import { addPerson, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { commandFor } from '../support/meeting-commands.ts';
import { randomFrom } from '../support/random.ts';
import { deskOver } from '../support/desk.ts';

/**
 * Somebody who has the whole database, with what PostgreSQL notes of every row beside it, tries to say who voted for
 * what. The same attack on votes that are still open, which it has to win, shows that it is one.
 */

const voters = 50;
const votes = 40;
const samples = voters * votes;
const words = { en: 'A meeting' };

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`ballots on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let on: TestDatabase;
		let thinkTank: Id;
		let facilitator: Subject;
		let people: Id[];
		let desk: MeetingDesk;
		beforeAll(async () => {
			on = await start();
			const { database } = on;
			thinkTank = newId();
			await database.connection.transaction((queries) =>
				insertThinkTank(queries, { id: thinkTank, name: words, host: words, purpose: words, actions: newId(), mandate: [] })
			);
			people = [];
			for (let n = 0; n <= voters; n++) {
				people.push(await addPerson(database));
				await database.thinkTanks.addMember(thinkTank, people[n]!, n === 0 ? 'facilitator' : 'member');
			}
			const session = newId();
			await database.sessions.put({ digest: session, person: people[0]!, expiresAt: Date.now() + 3_600_000 });
			facilitator = { session, person: people.shift()! };
			desk = deskOver(database);
		}, 60_000);
		afterAll(() => on?.stop());

		async function done<Value>(answer: Promise<Value | string>): Promise<Value> {
			const given = await answer;
			if (typeof given === 'string') throw new Error(given);
			return given;
		}

		async function liveMeeting(): Promise<Id> {
			const body = { title: words, startsAt: 0, minutes: 60, agenda: [{ kind: 'discussion', title: words, minutes: 5 }] };
			const { meeting } = await done(desk.schedule(facilitator, thinkTank, newId(), commandFor({ name: 'meeting.schedule', body }, null) as never));
			await done(desk.command(facilitator, meeting, newId(), { name: 'meeting.open', body: {} }));
			return meeting;
		}

		/** Votes of a level, in which everybody chooses something else, in an order of their own; answers how many the attack links before and after the closing. */
		async function attacked(level: VoteLevel): Promise<{ open: number; closed: number }> {
			const random = randomFrom(7);
			const linked = { open: 0, closed: 0 };
			let meeting = await liveMeeting();
			for (let round = 0; round < votes; round++) {
				if (round === votes / 2) meeting = await liveMeeting();
				const [item] = (await on.database.meetings.find(meeting))!.agenda;
				const texts = people.map((_, n) => `option ${n}`);
				const body = { item: item!.id, rule: { kind: 'approve', max: 1 }, level, options: { texts } };
				await done(desk.command(facilitator, meeting, newId(), commandFor({ name: 'vote.open', body }, null)));
				const { id: vote, options } = (await on.database.meetings.find(meeting))!.votes.at(-1)!;
				const choice = new Map<Id, Id>();
				const order = people.map((person) => [random.integer(0, 2 ** 30), person] as const).sort(([a], [b]) => a - b);
				for (const [n, [, person]] of order.entries()) {
					const option = options[(n * 7 + round) % voters]!.id;
					choice.set(person, option);
					const marks: Marks = { [option]: 1 };
					if (level === 'secret') {
						expect(await on.database.votes.signingKey(vote, person, newId())).toBeInstanceOf(Uint8Array);
						expect(await on.database.votes.castSecretly({ vote, digest: newId(), marks })).toBe('kept');
					} else expect(await on.database.votes.cast({ vote, person, id: newId(), marks })).toBe(true);
				}
				linked.open += await link(vote, choice);
				await done(desk.command(facilitator, meeting, newId(), { name: 'vote.close', body: { vote } } as Command));
				linked.closed += await link(vote, choice);
			}
			return linked;
		}

		/** Lays voters beside ballots by the transactions that wrote them and by where they lie, and answers for how many that is right. */
		async function link(vote: Id, choice: ReadonlyMap<Id, Id>): Promise<number> {
			const [took, cast] = await on.database.connection.run(
				async ({ sql }) =>
					[
						await sql<{ person: Id }[]>`select person_id as person from voters where vote_id = ${vote} order by xmin::text::bigint, ctid`,
						await sql<{ marks: Marks }[]>`select marks from ballots where vote_id = ${vote} order by xmin::text::bigint, ctid`
					] as const
			);
			expect([took.length, cast.length]).toEqual([voters, voters]);
			return took.filter(({ person }, i) => cast[i]!.marks[choice.get(person)!] === 1).length;
		}

		test.each(['unnamed', 'secret'] as const)(
			'VOTE-10 nothing that is stored of a closed vote links voters and ballots: %s',
			async (level) => {
				const { open, closed } = await attacked(level);
				expect(open / samples).toBeGreaterThan(0.9);
				// by chance one in each vote is right; six times the deviation of their sum more than that would be none
				expect(closed).toBeLessThan(votes + 6 * Math.sqrt(votes));
			},
			120_000
		);

		test('VOTE-10 no row of any table holds a voter and a choice, and all rows of a closed vote were written at once', async () => {
			const rows = await on.database.connection.run(async ({ sql }) => {
				const tables = await sql<{ name: string }[]>`select table_name as name from information_schema.tables where table_schema = 'public'`;
				const found: { table: string; row: string }[] = [];
				for (const { name } of tables) {
					for (const { row } of await sql<{ row: string }[]>`select to_jsonb(t)::text as row from ${sql(name)} t`) found.push({ table: name, row });
				}
				return found;
			});
			const chosen = rows.flatMap(({ table, row }) => (table === 'ballots' ? Object.keys((JSON.parse(row) as { marks: Marks }).marks) : []));
			expect(chosen.length).toBeGreaterThan(voters);
			const members = new Set(people);
			const ids = (row: string) => row.match(/[0-9a-z]{20}/g) ?? [];
			const choices = new Set(chosen);
			const both = rows.filter(({ row }) => ids(row).some((id) => members.has(id)) && ids(row).some((id) => choices.has(id)));
			expect(both.map(({ table }) => table)).toEqual([]);
			// what finds that has to find what it looks for
			const open = [{ row: JSON.stringify({ person_id: people[0], marks: { [chosen[0]!]: 1 } }) }];
			expect(open.filter(({ row }) => ids(row).some((id) => members.has(id)) && ids(row).some((id) => choices.has(id)))).toHaveLength(1);
			const [found] = await on.database.connection.run(
				({ sql }) => sql<{ most: number }[]>`
					select max(n) as most from (select count(distinct xmin::text) as n from (
						select vote_id, xmin from ballots union all select vote_id, xmin from voters) r group by vote_id) per_vote`
			);
			expect(found!.most).toBe(1);
			const [after] = await on.database.connection.run(
				({ sql }) =>
					sql<
						{ left: number }[]
					>`select count(*) as left from voters where signed is not null or vote_id in (select id from vote_boxes where open or signing_key is not null)`
			);
			expect(after!.left).toBe(0);
		});
	});
}
