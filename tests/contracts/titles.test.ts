import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertThinkTank } from '#db/stores/think-tanks.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MeetingState } from '#realtime/meeting/meetings.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';

const words = { fa: 'اتاق فکر', en: 'A think tank' };
const none = { found: [], more: false };

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`what is found by its title, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let on: TestDatabase;
		let member: Id;
		let own: Id;
		let others: Id;
		beforeAll(async () => (on = await start()), 60_000);
		afterAll(() => on?.stop());
		beforeEach(async () => {
			await clear(on.database);
			member = await addPerson(on.database);
			[own, others] = [await addThinkTank(), await addThinkTank()];
			await on.database.thinkTanks.addMember(own, member, 'observer');
			await on.database.thinkTanks.addMember(others, await addPerson(on.database), 'facilitator');
		});

		async function addThinkTank(): Promise<Id> {
			const id = newId();
			await on.database.connection.transaction((queries) =>
				insertThinkTank(queries, { id, name: words, host: words, purpose: words, actions: newId(), mandate: [] })
			);
			return id;
		}

		/** A meeting some days ago with one point, at which a decision was adopted. */
		async function addMeeting(
			thinkTank: Id,
			number: number,
			title: LocalText,
			{
				point = { fa: 'بند' },
				decision = 'چیزی',
				state = 'closed',
				proposedBy = null
			}: { point?: LocalText; decision?: string; state?: MeetingState; proposedBy?: Id | null } = {}
		) {
			const [meeting, document, item] = [newId(), newId(), newId()];
			const at = new Date(Date.UTC(2026, 0, number)).toISOString();
			await on.database.connection.run(
				({ sql }) => sql`
					insert into meetings (id, think_tank_id, number, title, state, starts_at) values (${meeting}, ${thinkTank}, ${number}, ${JSON.stringify(title)}, ${state}, ${at})`
			);
			await on.database.connection.run(({ sql }) => sql`insert into documents (id, kind, think_tank_id) values (${document}, 'board', ${thinkTank})`);
			await on.database.connection.run(
				({ sql }) => sql`
					insert into agenda_items (id, meeting_id, position, kind, title, minutes, document_id, proposed_by)
					values (${item}, ${meeting}, 1, 'swot', ${JSON.stringify(point)}, 10, ${document}, ${proposedBy})`
			);
			await on.database.connection.run(
				({ sql }) => sql`
					insert into decisions (id, think_tank_id, number, meeting_id, item_id, document_id, wording_id, text, by, adopted_at, withdrawn_at)
					values (${newId()}, ${thinkTank}, ${number}, ${meeting}, ${item}, ${document}, ${newId()}, ${decision}, '"consensus"', ${at}, ${number === 1 ? at : null})`
			);
			return { meeting, item };
		}

		test('HOME-5 every word is to be there, in any order, in either language and however it is typed', async () => {
			const { meeting } = await addMeeting(own, 1, { fa: 'بازنگری آیین‌نامهٔ کارگروه‌های ۱۴۰۵', en: 'Review of the Bylaws' });
			await addMeeting(own, 2, { fa: 'نشست دوم' });
			const { meeting: spaced } = await addMeeting(own, 3, { fa: 'خانه تعاون گران' });
			const found = async (search: string) => (await on.database.titles.find(member, search, 10)).meetings.found.map(({ id }) => id);
			for (const search of ['آیین‌نامه', 'كارگروه بازنگري', '1405', 'bylaws REVIEW', 'آیین نامه', 'ایین'])
				expect(await found(search), search).toEqual([meeting]);
			expect(await found('تعاون‌گران')).toEqual([spaced]);
			for (const search of ['آیین‌نامه نشست', 'bylaw_', '%', '\\', 'دوم سوم']) expect(await found(search), search).toEqual([]);
			for (const search of ['', '  ', '‌'])
				expect(await on.database.titles.find(member, search, 10)).toEqual({ meetings: none, points: none, decisions: none });
		});

		test('HOME-5 points of agendas and decisions are found by their own words, with where they are', async () => {
			const thinkTank = { id: own, name: words };
			const { meeting, item } = await addMeeting(own, 1, { fa: 'نشست' }, { point: { fa: 'برگزاری کارگاه' }, decision: 'دفترها هر فصل گزارش دهند.' });
			expect(await on.database.titles.find(member, 'کارگاه', 10)).toEqual({
				meetings: none,
				points: {
					found: [
						{ id: item, title: { fa: 'برگزاری کارگاه' }, proposed: false, meeting: { id: meeting, number: 1, startsAt: Date.UTC(2026, 0, 1) }, thinkTank }
					],
					more: false
				},
				decisions: none
			});
			expect(await on.database.titles.find(member, 'گزارش فصل', 10)).toEqual({
				meetings: none,
				points: none,
				decisions: { found: [{ id: expect.any(String), number: 1, text: 'دفترها هر فصل گزارش دهند.', withdrawn: true, meeting, thinkTank }], more: false }
			});
		});

		test('HOME-5 what was cancelled or is proposed is found, and said to be so, also when the think tank is archived', async () => {
			await addMeeting(own, 1, { fa: 'بازدید' }, { state: 'cancelled', point: { fa: 'بازدید' }, proposedBy: member });
			await on.database.thinkTanks.archive(own, true);
			const { meetings, points } = await on.database.titles.find(member, 'بازدید', 10);
			expect(meetings.found.map(({ state }) => state)).toEqual(['cancelled']);
			expect(points.found.map(({ proposed }) => proposed)).toEqual([true]);
		});

		test('HOME-5 so many are found, the newest first, and nothing of a think tank that one is not in', async () => {
			for (let number = 1; number <= 4; number++) await addMeeting(own, number, { fa: `نشست ${number}` }, { point: { fa: 'نشست' }, decision: 'نشست' });
			await addMeeting(others, 9, { fa: 'نشست' }, { point: { fa: 'نشست' }, decision: 'نشست' });
			const { meetings, points, decisions } = await on.database.titles.find(member, 'نشست', 3);
			expect([meetings.more, points.more, decisions.more]).toEqual([true, true, true]);
			expect(meetings.found.map(({ number }) => number)).toEqual([4, 3, 2]);
			expect(points.found.map(({ meeting }) => meeting.number)).toEqual([4, 3, 2]);
			expect(decisions.found.map(({ number }) => number)).toEqual([4, 3, 2]);
			expect((await on.database.titles.find(member, 'نشست', 4)).meetings).toMatchObject({ found: { length: 4 }, more: false });
			expect(await on.database.titles.find(newId(), 'نشست', 3)).toEqual({ meetings: none, points: none, decisions: none });
		});
	});
}
