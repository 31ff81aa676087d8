import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertThinkTank } from '#db/stores/think-tanks.ts';
import { createAction } from '#realtime/board/actions-edits.ts';
import { changeDecision, createDecision, setDecisionDeleted, spliceDecision } from '#realtime/board/decisions-edits.ts';
import type { CommandBody } from '#realtime/meeting/commands.ts';
import { adoptable, type Decision, type Wording } from '#realtime/meeting/decisions.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { MeetingDesk } from '#realtime/server/meetings/meeting-desk.ts';
import type { MeetingStore, Subject } from '#realtime/server/ports.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { commandFor } from '../support/meeting-commands.ts';
import { sameThread } from '../support/same-thread.ts';
import { deskOver } from '../support/desk.ts';

/** Decisions on both databases: worded in rooms, adopted at desks, kept in SQL. */

const words = { fa: 'اتاق فکر', en: 'A think tank' };
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`decisions on ${kind}${missing === null ? '' : ` (${missing})`}`, { timeout: 60_000 }, () => {
		let on: TestDatabase;
		let rooms: Rooms;
		let thinkTank: Id;
		let actions: Id;
		let mandate: Id;
		let facilitator: Subject;
		beforeAll(async () => (on = await start()), 60_000);
		afterAll(() => on?.stop());

		beforeEach(async () => {
			await clear(on.database);
			const access = { ...on.database.access, sessionIn: () => null, authenticate: async () => null, ownOrigin: () => true };
			rooms = new Rooms({ ...on.database, access, log: quiet }, sameThread);
			const person = await addPerson(on.database);
			facilitator = { session: newId(), person };
			await on.database.sessions.put({ digest: facilitator.session, person, expiresAt: Date.now() + 3_600_000 });
			({ thinkTank, actions, mandate } = await addThinkTank());
			return () => rooms.stop();
		});

		async function addThinkTank() {
			const [thinkTank, actions, mandate] = [newId(), newId(), newId()];
			await on.database.connection.transaction((queries) =>
				insertThinkTank(queries, { id: thinkTank, name: words, host: words, purpose: words, actions, mandate: [{ id: mandate, text: words }] })
			);
			await on.database.thinkTanks.addMember(thinkTank, facilitator.person, 'facilitator');
			return { thinkTank, actions, mandate };
		}

		/** A desk as one process has it. */
		const deskOf = (store: Partial<MeetingStore> = {}) =>
			deskOver(on.database, {
				meetings: { ...on.database.meetings, ...store },
				wording: (document, decision) => rooms.wording(document, decision)
			});

		/** A live meeting of one point. */
		async function live(desk: MeetingDesk, of: Id = thinkTank): Promise<Meeting> {
			const agenda = [{ kind: 'swot', title: words, minutes: 5 }];
			const body = commandFor({ name: 'meeting.schedule', body: { title: words, startsAt: 0, minutes: 60, agenda } }, null).body;
			const made = await desk.schedule(facilitator, of, newId(), { name: 'meeting.schedule', body: body as CommandBody<'meeting.schedule'> });
			if (typeof made === 'string') throw new Error(made);
			await desk.command(facilitator, made.meeting, newId(), { name: 'meeting.open', body: {} });
			return find(made.meeting);
		}

		const find = async (meeting: Id) => (await on.database.meetings.find(meeting))!;

		/** Words a decision at the point of a meeting, and answers what it is adopted by. */
		async function word({ agenda: [item] }: Meeting, change: Partial<Wording> & { card?: Id } = {}) {
			const id = newId();
			const { card = null, ...values } = { text: 'دفترها بازرسی شوند', due: '2027-01-31', person: facilitator.person, mandate, office: null, ...change };
			await rooms.edit(item!.document, facilitator.person, (doc) => createDecision(doc, { id, author: facilitator.person, createdAt: 1, card, ...values }));
			return { name: 'decision.adopt' as const, body: { item: item!.id, wording: id, ...adoptable(values), by: 'consensus' as const } };
		}

		const adopt = async (desk: MeetingDesk, meeting: Meeting, change: Partial<Wording> & { card?: Id } = {}): Promise<Decision> => {
			const answer = await desk.command(facilitator, meeting.id, newId(), await word(meeting, change));
			if (typeof answer === 'string') throw new Error(answer);
			return (await find(meeting.id)).decisions.at(-1)!;
		};

		test('DECIDE-6 numbers count within a think tank, also when several meetings on two servers adopt at once', async () => {
			const desks = [deskOf(), deskOf()];
			const meetings = await Promise.all([live(desks[0]!), live(desks[1]!), live(desks[0]!)]);
			const asked = await Promise.all(meetings.flatMap((meeting) => Array.from({ length: 4 }, () => word(meeting).then((command) => ({ meeting, command })))));
			const answers = await Promise.all(asked.map(({ meeting, command }, n) => desks[n % 2]!.command(facilitator, meeting.id, newId(), command)));
			expect(answers.filter((answer) => typeof answer === 'string')).toEqual([]);
			const adopted = await Promise.all(meetings.map(({ id }) => find(id)));
			for (const { decisions } of adopted) {
				expect(decisions).toHaveLength(4);
				expect(decisions.map(({ number }) => number)).toEqual(decisions.map(({ number }) => number).sort((a, b) => a - b));
			}
			expect(adopted.flatMap(({ decisions }) => decisions.map(({ number }) => number)).sort((a, b) => a - b)).toEqual(
				Array.from({ length: 12 }, (_, i) => i + 1)
			);
			const other = await addThinkTank();
			expect((await adopt(desks[0]!, await live(desks[0]!, other.thinkTank), { mandate: other.mandate })).number).toBe(1);
		});

		test('DECIDE-6 a number that another meeting has taken meanwhile is not given twice, and nothing of the first try stays', async () => {
			const a = deskOf();
			const [first, second] = [await live(a), await live(a)];
			let between = true;
			const b = deskOf({
				async keep(decided, command) {
					if (between) await adopt(a, first);
					between = false;
					return on.database.meetings.keep(decided, command);
				}
			});
			expect((await adopt(b, second)).number).toBe(2);
			expect((await find(first.id)).decisions.map(({ number }) => number)).toEqual([1]);
			expect((await find(second.id)).version).toBe(second.version + 1);
		});

		test('DECIDE-3 what is committed is what counts: a wording that was changed or deleted is refused, and can be adopted as it is then', async () => {
			const desk = deskOf();
			const meeting = await live(desk);
			const command = await word(meeting);
			const { document } = meeting.agenda[0]!;
			const { wording } = command.body;
			await rooms.edit(document, facilitator.person, (doc) => spliceDecision(doc, wording, { at: 0, removed: 0, inserted: 'همهٔ ' }));
			const ask = (body: object = {}) => desk.command(facilitator, meeting.id, newId(), { ...command, body: { ...command.body, ...body } });
			expect(await ask()).toBe('wording-changed');
			await rooms.edit(document, facilitator.person, (doc) => setDecisionDeleted(doc, wording, true));
			const text = 'همهٔ دفترها بازرسی شوند';
			expect(await ask({ text })).toBe('wording-changed');
			await rooms.edit(document, facilitator.person, (doc) => setDecisionDeleted(doc, wording, false));
			await rooms.edit(document, facilitator.person, (doc) => changeDecision(doc, wording, { office: 'دبیرخانه' }));
			expect(await ask({ text })).toBe('wording-changed');
			expect((await find(meeting.id)).version).toBe(meeting.version);
			expect(await ask({ text, person: null, office: 'دبیرخانه' })).toMatchObject({ version: meeting.version + 1 });
			// whatever becomes of the wording
			await rooms.edit(document, facilitator.person, (doc) => spliceDecision(doc, wording, { at: 0, removed: 10, inserted: '' }));
			expect((await find(meeting.id)).decisions).toMatchObject([{ text, person: null, office: 'دبیرخانه', wording, document }]);
			expect(await rooms.wording(document, newId())).toBe(null);
		});

		test('DECIDE-7 MEET-11 MEET-13 adopted and withdrawn, the meeting is what its events made it; the same command twice is one decision', async () => {
			const desks = [deskOf(), deskOf()];
			const meeting = await live(desks[0]!);
			const [command, id] = [await word(meeting, { card: newId() }), newId()];
			const answers = await Promise.all([...desks, ...desks].map((desk) => desk.command(facilitator, meeting.id, id, command)));
			expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
			const adopted = await find(meeting.id);
			expect(adopted.decisions).toHaveLength(1);
			const [{ id: decision }] = adopted.decisions as [Decision];
			await desks[1]!.command(facilitator, meeting.id, newId(), { name: 'decision.withdraw', body: { decision } });
			const events = await on.database.connection.run(
				({ sql }) => sql<{ event: Parameters<typeof evolve>[1] }[]>`select event from meeting_events where meeting_id = ${meeting.id} order by version`
			);
			const now = await find(meeting.id);
			expect(events.map(({ event }) => event).reduce<Meeting | null>(evolve, null)).toEqual(now);
			expect(now.decisions).toEqual([{ ...adopted.decisions[0], withdrawnAt: expect.any(Number) }]);
			// a number that was given stays given
			expect((await adopt(desks[0]!, now)).number).toBe(2);
			expect((await on.database.meetings.course(meeting.id)).slice(-3)).toMatchObject([
				{ what: 'decision.adopted', decision, item: meeting.agenda[0]!.id },
				{ what: 'decision.withdrawn', decision },
				{ what: 'decision.adopted', by: { id: facilitator.person } }
			]);
		});

		test('DECIDE-8 an action leads to its decision and the decision to its actions, in SQL', async () => {
			const desk = deskOf();
			const meeting = await live(desk);
			const card = newId();
			const { id, text, person, due, document } = await adopt(desk, meeting, { card });
			const action = newId();
			await rooms.edit(actions, facilitator.person, (doc) =>
				createAction(doc, {
					...{ id: action, author: facilitator.person, createdAt: 1, what: text, person, due },
					origin: { meeting: meeting.id, document, card, decision: id }
				})
			);
			await rooms.projectNow(actions);
			const chain = await on.database.connection.run(({ orm }) =>
				orm.execute(sql`
					select d.number, d.card_id as card, a.action_id as action, m.id as meeting from actions a
					join decisions d on d.id = a.origin_decision_id join meetings m on m.id = d.meeting_id where a.due = d.due and a.person_id = d.person_id`)
			);
			expect([...chain]).toEqual([{ number: 1, card, action, meeting: meeting.id }]);
			expect(await on.database.actions.find(actions, action)).toMatchObject({ originDecisionId: id, originMeetingId: meeting.id });
		});

		test('DECIDE-11 the decisions of a think tank are listed, the newest first, page by page', async () => {
			const desk = deskOf();
			const [one, two] = [await live(desk), await live(desk)];
			await adopt(desk, one, { text: 'یک', person: null, mandate: null });
			const second = await adopt(desk, two, { text: 'دو' });
			await adopt(desk, one, { text: 'سه', person: null, office: 'دبیرخانه' });
			await desk.command(facilitator, two.id, newId(), { name: 'decision.withdraw', body: { decision: second.id } });
			const { decisions } = on.database;
			const all = await decisions.list(thinkTank, null, 10);
			expect(all.map(({ number, text, meeting, office }) => [number, text, meeting.number, office])).toEqual([
				[3, 'سه', 1, 'دبیرخانه'],
				[2, 'دو', 2, null],
				[1, 'یک', 1, null]
			]);
			expect(all[1]).toEqual({
				...second,
				withdrawnAt: expect.any(Number),
				meeting: { id: two.id, number: 2, title: words },
				personName: { fa: 'کسی', en: 'Somebody' },
				mandateText: words
			});
			expect((await decisions.list(thinkTank, 3, 1)).map(({ number }) => number)).toEqual([2]);
			expect(await decisions.list(newId(), null, 10)).toEqual([]);
		});
	});
}
