import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFounding, type Founding } from '#db/seed/founding.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { openStep } from '#realtime/meeting/steps.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';

const day = 86_400_000;

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`the home of a person, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		let founding: Founding;
		let facilitator: Id;
		let member: Id;
		/** the document of the think tank's actions */
		let document: Id;
		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(async () => {
			await clear(test.database);
			facilitator = await addPerson(test.database);
			member = await addPerson(test.database);
			founding = await createFounding(test.database, { facilitator, language: 'fa', newId });
			await test.database.thinkTanks.addMember(founding.thinkTank, member, 'member');
			[{ id: document } = { id: '' }] = await test.database.connection.run(
				({ sql }) => sql<{ id: Id }[]>`select id from documents where kind = 'actions' and think_tank_id = ${founding.thinkTank}`
			);
			// as if it had all been there for a while
			await test.database.connection.run(({ sql }) => sql`update memberships set created_at = created_at - interval '90 days'`);
		});
		afterAll(() => test?.stop());

		const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;

		async function addMeeting(state: string, startsAt: number, thinkTank = founding.thinkTank): Promise<Id> {
			const id = newId();
			await test.database.connection.run(
				({ sql }) => sql`
					insert into meetings (id, think_tank_id, number, title, state, starts_at, place, call_link)
					select ${id}, ${thinkTank}, coalesce(max(number), 0) + 1, ${JSON.stringify({ fa: 'نشست' })}, ${state}, ${new Date(startsAt).toISOString()}, 'تهران', 'https://call.example'
					from meetings where think_tank_id = ${thinkTank}`
			);
			return id;
		}

		const addEvent = (meeting: Id, version: number, event: MeetingEvent, actor: Id | null, minutes = 1) =>
			test.database.connection.run(
				({ sql }) => sql`
					insert into meeting_events (meeting_id, version, event, command_id, actor_id, at)
					values (${meeting}, ${version}, ${JSON.stringify(event)}, ${newId()}, ${actor}, clock_timestamp() - make_interval(mins => ${minutes}))`
			);

		async function addAction(
			person: Id | null,
			{
				due = null,
				state = 'open',
				deleted = false,
				author = null,
				minutes = 10_000
			}: { due?: string | null; state?: string; deleted?: boolean; author?: Id | null; minutes?: number } = {}
		): Promise<Id> {
			const id = newId();
			await test.database.connection.run(
				({ sql }) => sql`
					insert into actions (document_id, action_id, think_tank_id, what, notes, person_id, due, state, place, author_id, deleted, created_at, updated_at)
					values (${document}, ${id}, ${founding.thinkTank}, 'گزارش', '', ${person}, ${due}, ${state}, 'a', ${author}, ${deleted},
						clock_timestamp() - make_interval(mins => ${minutes}), clock_timestamp())`
			);
			return id;
		}

		const addChange = (action: Id, field: string, by: Id | null, minutes = 1, seq = 1) =>
			test.database.connection.run(
				({ sql }) => sql`
					insert into action_changes (document_id, action_id, seq, field, before, after, person_id, at)
					values (${document}, ${action}, ${seq}, ${field}, null, 'x', ${by}, clock_timestamp() - make_interval(mins => ${minutes}))`
			);

		it('HOME-1 shows meetings that are live or to come, the live ones first', async () => {
			const { home } = test.database;
			const late = await addMeeting('scheduled', Date.now() + 9 * day);
			const soon = await addMeeting('scheduled', Date.now() + 2 * day);
			await addMeeting('closed', Date.now() - day);
			await addMeeting('cancelled', Date.now() + day);
			const shown = await home.meetings(member);
			expect(shown.map(({ id }) => id)).toEqual([founding.meeting, soon, late]);
			expect(shown[1]).toMatchObject({
				state: 'scheduled',
				role: 'member',
				place: 'تهران',
				callLink: 'https://call.example',
				minutes: 120,
				thinkTank: { id: founding.thinkTank }
			});
			expect(Math.abs(shown[1]!.startsAt - (Date.now() + 2 * day))).toBeLessThan(60_000);
			await test.database.connection.run(({ sql }) => sql`update meetings set co_facilitators = ${JSON.stringify([member])} where id = ${soon}`);
			expect((await home.meetings(member)).map(({ role }) => role)).toEqual(['member', 'co-facilitator', 'member']);
		});

		it('HOME-1 STEP-9 says of a live meeting until when the step that it is at stays open', async () => {
			const { home } = test.database;
			const until = Date.now() + 3 * day;
			const opened = async () => (await home.meetings(member)).map(({ open }) => open);
			expect(await opened()).toEqual([null]);
			const steps = [
				{ ...openStep, until: 5 },
				{ ...openStep, id: newId(), kind: 'write', title: { fa: 'بنویسید' }, until }
			];
			await test.database.connection.run(
				({ sql }) => sql`
					update agenda_items set steps = ${JSON.stringify(steps)}, step = ${steps[1]!.id} from meetings where meetings.id = meeting_id and agenda_items.id = point`
			);
			expect(await opened()).toEqual([{ kind: 'write', title: { fa: 'بنویسید' }, until }]);
			await test.database.connection.run(({ sql }) => sql`update meetings set state = 'scheduled'`);
			expect(await opened()).toEqual([null]);
		});

		it('HOME-1 shows nothing of foreign or archived think tanks, and to guests the meetings that let them in', async () => {
			const { home } = test.database;
			const guest = await addPerson(test.database);
			expect([await home.meetings(guest), await home.thinkTanks(guest), await home.news(guest, 0)]).toEqual([[], [], []]);
			const digest = newId();
			await test.database.connection.run(async ({ sql }) => {
				await sql`insert into links (digest, purpose, expires_at, meeting_id) values (${digest}, 'guest', clock_timestamp() + interval '1 day', ${founding.meeting})`;
				await sql`insert into guests (meeting_id, person_id, link_digest, state) values (${founding.meeting}, ${guest}, ${digest}, 'waiting')`;
			});
			expect(await home.meetings(guest)).toEqual([]);
			await test.database.connection.run(({ sql }) => sql`update guests set state = 'admitted'`);
			expect(await home.meetings(guest)).toMatchObject([{ id: founding.meeting, role: 'guest' }]);
			await test.database.connection.run(({ sql }) => sql`update links set revoked_at = clock_timestamp() where digest = ${digest}`);
			expect(await home.meetings(guest)).toEqual([]);

			await addAction(member);
			await test.database.connection.run(({ sql }) => sql`update think_tanks set archived_at = clock_timestamp()`);
			expect(await home.meetings(member)).toEqual([]);
			expect(await home.actions(member)).toEqual({ actions: [], count: 0 });
			expect(await home.thinkTanks(member)).toMatchObject([{ id: founding.thinkTank, role: 'member', archived: true }]);
		});

		it('HOME-2 shows own open actions, what is due first, and how many there are', async () => {
			const { home } = test.database;
			const [never, later, soon] = [
				await addAction(member),
				await addAction(member, { due: '2027-01-05' }),
				await addAction(member, { due: '2026-12-01', state: 'doing' })
			];
			for (const other of [{ state: 'done' }, { state: 'dropped' }, { deleted: true }]) await addAction(member, other);
			await addAction(facilitator);
			await addAction(null);
			const { actions, count } = await home.actions(member);
			expect(actions.map(({ id }) => id)).toEqual([soon, later, never]);
			expect(actions[0]).toEqual({
				id: soon,
				what: 'گزارش',
				due: '2026-12-01',
				state: 'doing',
				thinkTank: { id: founding.thinkTank, name: { fa: 'اتاق فکر تعاون', en: expect.any(String) } }
			});
			expect(count).toBe(3);
			for (let i = 0; i < limits.homeActions; i++) await addAction(member, { due: 'no day' });
			const more = await home.actions(member);
			expect([more.actions.length, more.count]).toEqual([limits.homeActions, limits.homeActions + 3]);
			expect(more.actions.at(-1)!.due).toBeNull();
			await test.database.connection.run(({ sql }) => sql`delete from memberships where person_id = ${member}`);
			expect(await home.actions(member)).toEqual({ actions: [], count: 0 });
		});

		it('HOME-3 tells of each meeting the last that others did, and of nothing older', async () => {
			const { home } = test.database;
			const meeting = await addMeeting('scheduled', Date.now() + day);
			const scheduled = { name: 'meeting.scheduled' } as MeetingEvent;
			await addEvent(meeting, 1, scheduled, facilitator, 30);
			await addEvent(meeting, 2, { name: 'agenda.removed', item: newId() }, facilitator, 20);
			await addEvent(meeting, 3, { name: 'meeting.postponed', startsAt: 0, minutes: 60 }, facilitator, 10);
			await addEvent(meeting, 4, { name: 'facilitator.named', person: member }, facilitator, 5);
			await addEvent(meeting, 5, { name: 'facilitator.named', person: facilitator }, facilitator, 4);
			const told = await home.news(member, minutesAgo(60));
			const ofThis = told.filter((news) => news.about === 'meeting' && news.meeting.id === meeting);
			expect(ofThis).toMatchObject([
				{ about: 'meeting', what: 'named', meeting: { state: 'scheduled', number: 2 }, thinkTank: { id: founding.thinkTank } },
				{ about: 'meeting', what: 'postponed' }
			]);
			expect(ofThis[0]!.at).toBeGreaterThan(ofThis[1]!.at);
			// one's own doing is no news
			expect((await home.news(facilitator, minutesAgo(60))).filter((news) => news.about === 'meeting' && news.meeting.id === meeting)).toEqual([]);
			expect((await home.news(member, minutesAgo(7))).map(({ about }) => about)).toEqual(expect.not.arrayContaining(['action']));
			expect((await home.news(member, minutesAgo(7))).filter((news) => news.about === 'meeting' && news.what === 'postponed')).toEqual([]);
			expect(await home.news(member, Date.now() + 1_000)).toEqual([]);
		});

		it('HOME-3 tells of actions that others gave, changed or took off the list, each once', async () => {
			const { home } = test.database;
			const news = async () => (await home.news(member, minutesAgo(60))).flatMap((one) => (one.about === 'action' ? [[one.what, one.action.id, one.by]] : []));
			const [given, changed, own, removed, fresh] = [
				await addAction(member),
				await addAction(member, { state: 'done' }),
				await addAction(member),
				await addAction(member, { deleted: true }),
				await addAction(member, { author: facilitator, minutes: 2 })
			];
			await addAction(member, { author: member, minutes: 2 });
			await addChange(given, 'what', facilitator, 9, 1);
			await addChange(given, 'who', facilitator, 8, 2);
			await addChange(changed, 'state', null, 6);
			await addChange(own, 'state', member, 4);
			await addChange(removed, 'deleted', facilitator, 3);
			const by = { fa: 'کسی', en: 'Somebody' };
			expect(await news()).toEqual([
				['given', fresh, by],
				['removed', removed, by],
				['changed', changed, null],
				['given', given, by]
			]);
		});

		it('HOME-3 tells of memberships and roles', async () => {
			const { home, audit, thinkTanks } = test.database;
			const standing = async (person: Id) =>
				(await home.news(person, minutesAgo(60))).flatMap((one): (string | null)[][] =>
					one.about === 'membership' ? [[one.what, one.role]] : one.about === 'administrator' ? [[one.what]] : []
				);
			const newcomer = await addPerson(test.database);
			await test.database.connection.run(({ sql }) => sql`update think_tanks set created_at = created_at - interval '90 days'`);
			await thinkTanks.addMember(founding.thinkTank, newcomer, 'observer');
			expect(await standing(newcomer)).toEqual([['joined', 'observer']]);
			const note = (kind: string, details = {}) => audit.add({ kind, actor: facilitator, subject: member, thinkTank: founding.thinkTank, details });
			await note('member.changed', { before: 'member', role: 'chair' });
			await note('member.changed', { before: 'member', role: 'member' });
			await note('sign-in');
			await audit.add({ kind: 'administrator.made', actor: facilitator, subject: member });
			expect((await standing(member)).sort()).toEqual([['made'], ['role', 'chair']]);
			await note('member.removed');
			expect(await standing(member)).toContainEqual(['left', null]);
			// whoever makes a think tank is not told that they are in it
			const founder = await addPerson(test.database);
			await createFounding(test.database, { facilitator: founder, language: 'fa', newId });
			expect(await standing(founder)).toEqual([]);
		});

		it('HOME-4 keeps when a person last looked, and never goes back', async () => {
			const { home } = test.database;
			const first = await home.seen(member);
			expect(Math.abs(first.seenAt - Date.now())).toBeLessThan(60_000);
			const at = first.seenAt + 100;
			await test.database.connection.run(({ sql }) => sql`select pg_sleep(0.15)`);
			await home.look(member, at);
			await home.look(member, at - 50_000);
			expect((await home.seen(member)).seenAt).toBe(at);
			// nobody has looked at what is still to come
			await home.look(member, Date.now() + day);
			const { seenAt, now } = await home.seen(member);
			expect(seenAt).toBeLessThanOrEqual(now + 1);
		});
	});
}
