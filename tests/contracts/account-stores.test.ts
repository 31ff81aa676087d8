import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFounding, type Founding } from '#db/seed/founding.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';

const hour = 3_600_000;
const name = { fa: 'مدیر', en: 'Manager' };

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`people and what they may, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(() => clear(test.database));
		afterAll(() => test?.stop());

		const session = async (person: string, expiresAt = Date.now() + hour) => {
			const digest = newId();
			await test.database.sessions.put({ digest, person, expiresAt });
			return { session: digest, person };
		};

		it('keeps people and what they prefer', async () => {
			const { people } = test.database;
			const id = newId();
			await people.create({ id, name, office: { en: 'Office' }, province: 'IR-23' });
			const asMade = {
				id,
				name,
				office: { en: 'Office' },
				province: 'IR-23',
				language: null,
				theme: 'system',
				textSize: 'normal',
				calendar: null,
				administrator: false,
				guest: false,
				userName: null,
				mobile: null,
				email: null
			};
			expect(await people.find(id)).toEqual(asMade);
			const preferences = { language: 'en', theme: 'dark', textSize: 'large', calendar: 'gregorian' } as const;
			expect(await people.change(id, preferences)).toEqual({ ...asMade, ...preferences });
			expect(await people.change(id, {})).toEqual({ ...asMade, ...preferences });
			expect(await people.change(newId(), { theme: 'dark' })).toBeNull();
			expect(await people.find(newId())).toBeNull();
		});

		it('keeps sessions by their digests', async () => {
			const { sessions } = test.database;
			const person = await addPerson(test.database);
			const now = Date.now();
			await sessions.put({ digest: 'a', person, expiresAt: now + hour });
			await sessions.put({ digest: 'b', person, expiresAt: now - hour });
			expect(await sessions.find('a')).toMatchObject({ digest: 'a', expiresAt: now + hour, person: { id: person, theme: 'system' } });
			expect(await sessions.find('c')).toBeNull();
			expect((await sessions.of(person)).map(({ digest }) => digest)).toEqual(['a']);
			await sessions.extend('a', now + 2 * hour);
			expect((await sessions.find('a'))!.expiresAt).toBe(now + 2 * hour);
			await sessions.removeExpired(now);
			expect(await sessions.find('b')).toBeNull();
			await sessions.remove('a');
			expect(await sessions.find('a')).toBeNull();
			await sessions.put({ digest: 'd', person, expiresAt: now + hour });
			await sessions.removeAllOf(person);
			expect(await sessions.of(person)).toEqual([]);
		});

		it('gives a set-up link to one of many who follow it at once', async () => {
			const { links, people } = test.database;
			await links.renewSetUp({ digest: 'link', expiresAt: Date.now() + hour }, 0);
			expect(await people.hasAdministrator()).toBe(false);
			const uses = await Promise.all(Array.from({ length: 12 }, () => links.useSetUp('link', Date.now(), { id: newId(), name })));
			expect(uses.filter((use) => use === 'used-now')).toHaveLength(1);
			expect(uses.filter((use) => use === 'used')).toHaveLength(11);
			const [made] = await test.database.connection.run(({ orm }) => orm.execute<{ count: number }>(sql`select count(*)::int as count from people`));
			expect(made!.count).toBe(1);
			expect(await people.hasAdministrator()).toBe(true);
			expect((await links.find('link'))!.usedAt).not.toBeNull();
		});

		it('knows expired, replaced and unknown links apart, and wants no second administrator', async () => {
			const { links, people } = test.database;
			const now = Date.now();
			const person = () => ({ id: newId(), name });
			await links.renewSetUp({ digest: 'first', expiresAt: now + hour }, 0);
			await links.renewSetUp({ digest: 'beside it', expiresAt: now + hour }, now + hour - 1);
			expect([await links.find('first'), await links.find('beside it')]).not.toContain(null);
			await links.renewSetUp({ digest: 'second', expiresAt: now - 1 }, now + hour);
			expect([await links.find('first'), await links.find('beside it')]).toEqual([null, null]);
			expect(await links.useSetUp('first', now, person())).toBe('unknown');
			expect(await links.useSetUp('second', now, person())).toBe('expired');
			expect(await people.firstAdministrator()).toBeNull();
			await links.renewSetUp({ digest: 'third', expiresAt: now + hour }, now);
			await people.create({ ...person(), administrator: true });
			expect(await links.useSetUp('third', now, person())).toBe('used');
		});

		describe('in the founding think tank', () => {
			let founding: Founding;
			let facilitator: string;
			beforeEach(async () => {
				facilitator = await addPerson(test.database);
				founding = await createFounding(test.database, { facilitator, language: 'fa', newId });
			});

			it('lists think tanks with their meetings for members alone', async () => {
				const { thinkTanks } = test.database;
				const stranger = await addPerson(test.database);
				expect(await thinkTanks.any()).toBe(true);
				expect(await thinkTanks.of(stranger)).toEqual([]);
				const [own] = await thinkTanks.of(facilitator);
				expect(own).toMatchObject({
					id: founding.thinkTank,
					role: 'facilitator',
					name: { fa: 'اتاق فکر تعاون' },
					meetings: [{ id: founding.meeting, number: 1, state: 'live' }]
				});
				expect(Math.abs(own!.meetings[0]!.startsAt - Date.now())).toBeLessThan(60_000);
			});

			it('reads a meeting with its agenda in order', async () => {
				const meeting = await test.database.meetings.find(founding.meeting);
				expect(meeting!.agenda.map(({ kind }) => kind)).toEqual(['review', 'swot', 'causes', 'scoring', 'brainstorm', 'decisions']);
				expect(meeting!.agenda.map(({ minutes }) => minutes)).toEqual([10, 25, 20, 20, 15, 10]);
				expect(meeting!.agenda[1]).toMatchObject({ id: founding.activities.swot, document: founding.documents.swot });
				expect(meeting!.agenda.every(({ mandate }) => mandate !== null)).toBe(true);
				expect(await test.database.meetings.find(newId())).toBeNull();
			});

			it('tells what each is to a document, for all at once', async () => {
				const { access, thinkTanks, sessions } = test.database;
				const observer = await addPerson(test.database);
				await thinkTanks.addMember(founding.thinkTank, observer, 'member');
				await thinkTanks.addMember(founding.thinkTank, observer, 'observer');
				const [of, oo, stranger, expired] = [
					await session(facilitator),
					await session(observer),
					await session(await addPerson(test.database)),
					await session(facilitator, Date.now() - 1)
				];
				const document = founding.documents.swot;
				const grants = await access.documents([
					{ subject: of, document },
					{ subject: stranger, document },
					{ subject: oo, document },
					{ subject: expired, document },
					{ subject: of, document: newId() },
					{ subject: { session: of.session, person: observer }, document },
					{ subject: of, document: founding.documents.actions }
				]);
				expect(grants[0]).toEqual({
					kind: 'board',
					meeting: founding.meeting,
					situation: { state: 'live', archived: false, step: { see: true, edit: true } },
					participant: { id: facilitator, name: { fa: 'کسی', en: 'Somebody' }, office: null, province: 'IR-23', role: 'facilitator' }
				});
				expect(grants[2]).toMatchObject({ participant: { role: 'observer' } });
				expect(grants[6]).toMatchObject({ kind: 'actions', meeting: null, situation: { state: null, archived: false, step: null } });
				expect([grants[1], grants[3], grants[4], grants[5]]).toEqual([null, 'signed-out', null, 'signed-out']);
				expect(await access.document(expired, document)).toBeNull();
				await sessions.remove(of.session);
				expect(await access.documents([{ subject: of, document }])).toEqual(['signed-out']);
				expect(await access.documents([])).toEqual([]);
			});

			it('tells what each is to a meeting', async () => {
				const { access } = test.database;
				const [of, stranger] = [await session(facilitator), await session(await addPerson(test.database))];
				expect((await access.meeting(of, founding.meeting))!.meeting.number).toBe(1);
				expect((await access.meeting(of, founding.meeting))!.participant.role).toBe('facilitator');
				expect(await access.meeting(stranger, founding.meeting)).toBeNull();
				const asked = [of, stranger, { ...of, session: 'none' }].map((subject) => ({ subject, meeting: founding.meeting }));
				expect(await access.meetings(asked)).toEqual([expect.objectContaining({ id: facilitator }), null, 'signed-out']);
			});

			it('knows everybody who is a member, and who wrote without being one any more', async () => {
				const { connection, thinkTanks } = test.database;
				const former = await addPerson(test.database);
				await addPerson(test.database);
				await connection.run(({ orm }) => orm.execute(sql`update factors set author_id = ${former} where "column" = 'threats'`));
				const found = await thinkTanks.peopleOf(founding.documents.swot);
				expect(new Map(found.map(({ id, role }) => [id, role]))).toEqual(
					new Map([
						[facilitator, 'facilitator'],
						[former, 'guest']
					])
				);
			});

			it('has the factors of the meeting before anybody opens the board', async () => {
				const rows = await test.database.factors.of(founding.documents.swot);
				expect(rows).toHaveLength(15);
				expect(rows[0]).toMatchObject({ column: 'strengths', text: 'دفاتر فعال در همهٔ استان‌ها', deleted: false, authorId: null, createdAt: null });
				expect(rows.map(({ column }) => column)).toEqual([
					...Array(4).fill('strengths'),
					...Array(4).fill('weaknesses'),
					...Array(4).fill('opportunities'),
					...Array(3).fill('threats')
				]);
				const stored = await test.database.documents.load(founding.documents.swot);
				expect(stored).toMatchObject({ projectedSeq: 1, tail: [{ seq: 1 }] });
				expect(rows.every(({ updatedAt }) => updatedAt === stored!.tail[0]!.at)).toBe(true);
			});
		});
	});
}
