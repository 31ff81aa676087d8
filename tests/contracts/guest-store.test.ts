import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFounding, type Founding } from '#db/seed/founding.ts';
import type { MeetingState } from '#realtime/meeting/meetings.ts';
import { authorize, maySee, mayWrite } from '#realtime/server/authorize.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';

const hour = 3_600_000;
const name = { fa: 'مهمان' };

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`guests and their links, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		let founding: Founding;
		let facilitator: string;
		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(async () => {
			await clear(test.database);
			facilitator = await addPerson(test.database);
			founding = await createFounding(test.database, { facilitator, language: 'fa', newId });
		});
		afterAll(() => test?.stop());

		const subjectOf = async (person: string) => {
			const digest = newId();
			await test.database.sessions.put({ digest, person, expiresAt: Date.now() + hour });
			return { session: digest, person };
		};

		async function link({ approval = false, meeting = founding.meeting, expiresAt = Date.now() + hour } = {}) {
			const made = { id: newId(), digest: newId() };
			const whole = { ...made, meeting, thinkTank: founding.thinkTank, approval, label: 'دفتر یزد', expiresAt, createdBy: facilitator };
			expect(await test.database.guests.addLink(whole, Date.now(), 50)).toBe(true);
			return made;
		}

		const come = (digest: string, who: string | { id: string; name: { fa: string }; province: 'IR-21' }, most = 50) =>
			test.database.guests.come(digest, who, Date.now(), most);
		const somebody = () => ({ id: newId(), name, province: 'IR-21' as const });
		const setState = (state: MeetingState, meeting = founding.meeting) =>
			test.database.connection.run(({ orm }) => orm.execute(sql`update meetings set state = ${state} where id = ${meeting}`));

		/** Another live meeting of the same think tank, with a document. */
		async function otherMeeting(): Promise<{ meeting: string; document: string }> {
			const made = { meeting: newId(), document: newId() };
			const { connection } = test.database;
			await connection.run(({ orm }) =>
				orm.execute(sql`insert into meetings (id, think_tank_id, number, title, state, starts_at)
					values (${made.meeting}, ${founding.thinkTank}, 2, ${JSON.stringify(name)}, 'live', now())`)
			);
			await connection.run(({ orm }) =>
				orm.execute(sql`insert into documents (id, kind, think_tank_id) values (${made.document}, 'board', ${founding.thinkTank})`)
			);
			await connection.run(({ orm }) =>
				orm.execute(sql`insert into agenda_items (id, meeting_id, position, kind, title, minutes, document_id)
					values (${newId()}, ${made.meeting}, 1, 'swot', ${JSON.stringify(name)}, 10, ${made.document})`)
			);
			return made;
		}

		it('GUEST-1 keeps links by their digests, and lists and revokes them within their meeting', async () => {
			const { guests } = test.database;
			const { meeting } = await otherMeeting();
			const made = await link({ approval: true });
			expect(await guests.linksOf(founding.meeting)).toEqual([
				{
					id: made.id,
					label: 'دفتر یزد',
					approval: true,
					createdAt: expect.any(Number) as number,
					expiresAt: expect.any(Number) as number,
					revokedAt: null,
					guests: 0
				}
			]);
			expect(await guests.linksOf(meeting)).toEqual([]);
			expect(await guests.open(made.id, null)).toBeNull();
			expect(await guests.open(made.digest, null)).toMatchObject({
				approval: true,
				revoked: false,
				archived: false,
				meeting: { id: founding.meeting, number: 1, state: 'live' },
				member: false,
				guest: null
			});
			expect(await guests.revoke(meeting, made.id, Date.now())).toBe(false);
			expect(await guests.revoke(founding.meeting, made.id, 5_000)).toBe(true);
			expect(await guests.revoke(founding.meeting, made.id, 9_000)).toBe(true);
			expect((await guests.linksOf(founding.meeting))[0]!.revokedAt).toBe(5_000);
		});

		it('GUEST-1 a link lets nobody in once it is unknown, expired or revoked, or its meeting or think tank is over', async () => {
			const { guests, connection } = test.database;
			const good = await link();
			const old = await link({ expiresAt: Date.now() - 1 });
			const revoked = await link();
			await guests.revoke(founding.meeting, revoked.id, Date.now());
			expect(await come(newId(), somebody())).toBe('unknown');
			expect(await come(old.digest, somebody())).toBe('expired');
			expect(await come(revoked.digest, somebody())).toBe('revoked');
			for (const state of ['closed', 'cancelled'] as const) {
				await setState(state);
				expect(await come(good.digest, somebody())).toBe(state);
			}
			await setState('live');
			await connection.run(({ orm }) => orm.execute(sql`update think_tanks set archived_at = now()`));
			expect(await come(good.digest, somebody())).toBe('archived');
			expect(await guests.of(founding.meeting)).toEqual([]);
			// nobody was made for nothing
			const [{ count } = { count: 0 }] = await connection.run(({ orm }) =>
				orm.execute<{ count: number }>(sql`select count(*)::int as count from people where guest`)
			);
			expect(count).toBe(0);
		});

		it('GUEST-2 makes a person who is a guest, once, and the same one again by the same link', async () => {
			const { guests, people } = test.database;
			const made = await link();
			const who = somebody();
			expect(await come(made.digest, who)).toBe('admitted');
			expect(await people.find(who.id)).toMatchObject({ name, province: 'IR-21', guest: true, administrator: false });
			expect(await come(made.digest, who.id)).toBe('admitted');
			expect(await guests.of(founding.meeting)).toMatchObject([{ id: who.id, state: 'admitted', link: made.id, revoked: false }]);
			expect(await guests.meetingsOf(who.id)).toMatchObject([{ id: founding.meeting, state: 'live', guest: 'admitted' }]);
			// another link of the same meeting changes nothing for them, also one that asks for approval
			expect(await come((await link({ approval: true })).digest, who.id)).toBe('admitted');
			expect((await guests.linksOf(founding.meeting)).map(({ guests }) => guests).sort()).toEqual([0, 1]);
		});

		it('GUEST-3 who waits at the door is nothing to the meeting until somebody lets them in', async () => {
			const { guests, access } = test.database;
			const made = await link({ approval: true });
			const who = somebody();
			expect(await come(made.digest, who)).toBe('waiting');
			expect(await guests.waiting(founding.meeting)).toMatchObject([{ id: who.id, name, province: 'IR-21' }]);
			const subject = await subjectOf(who.id);
			const nothing = async () => {
				expect(await access.meeting(subject, founding.meeting)).toBeNull();
				expect(await access.document(subject, founding.documents.swot)).toBeNull();
				expect(await authorize(access, subject, 'meeting.see', { meeting: founding.meeting })).toBe('not-found');
			};
			await nothing();
			expect(await guests.decide(founding.meeting, newId(), 'admitted', facilitator)).toBe(false);
			expect(await guests.decide(founding.meeting, who.id, 'admitted', facilitator)).toBe(true);
			expect(await guests.waiting(founding.meeting)).toEqual([]);
			expect((await access.meeting(subject, founding.meeting))!.participant.role).toBe('guest');
			expect(await guests.decide(founding.meeting, who.id, 'refused', facilitator)).toBe(true);
			await nothing();
			expect(await guests.whyOut(founding.meeting, who.id)).toBe('refused');
			// whatever link they come by
			expect(await come(made.digest, who.id)).toBe('refused');
			expect(await come((await link()).digest, who.id)).toBe('refused');
		});

		it('GUEST-4 a guest is a guest of one meeting while it is live, and nothing else of its think tank', async () => {
			const { access } = test.database;
			const other = await otherMeeting();
			const who = somebody();
			await come((await link()).digest, who);
			const subject = await subjectOf(who.id);

			const grant = (await access.document(subject, founding.documents.swot))!;
			expect([maySee(grant), mayWrite(grant)]).toEqual([true, true]);
			const actions = (await access.document(subject, founding.documents.actions))!;
			expect([maySee(actions), mayWrite(actions)]).toEqual([true, false]);
			expect(await authorize(access, subject, 'actions.see', { document: founding.documents.actions })).toMatchObject({ rights: { role: 'guest' } });
			expect(await authorize(access, subject, 'actions.write', { document: founding.documents.actions })).toBe('not-allowed');
			expect(await authorize(access, subject, 'guests.change', { meeting: founding.meeting })).toBe('not-allowed');

			expect(await access.meeting(subject, other.meeting)).toBeNull();
			expect(await access.document(subject, other.document)).toBeNull();
			expect(await authorize(access, subject, 'meeting.see', { meeting: other.meeting })).toBe('not-found');
			expect(await authorize(access, subject, 'think-tank.see', { thinkTank: founding.thinkTank })).toBe('not-found');
			expect(await test.database.thinkTanks.of(who.id)).toEqual([]);

			for (const state of ['scheduled', 'closed', 'cancelled'] as const) {
				await setState(state);
				expect(await access.meeting(subject, founding.meeting)).toBeNull();
				expect(await authorize(access, subject, 'meeting.see', { meeting: founding.meeting })).toBe('not-found');
				const then = await access.document(subject, founding.documents.swot);
				expect(then === null || !maySee(then)).toBe(true);
				expect(await access.document(subject, founding.documents.actions)).toBeNull();
			}
			expect(await test.database.guests.whyOut(founding.meeting, who.id)).toBe('meeting-closed');
		});

		it('GUEST-4 a guest of two meetings sees the actions as long as one of them lets them in', async () => {
			const { access, guests } = test.database;
			const other = await otherMeeting();
			const who = somebody();
			const [first, second] = [await link(), await link({ meeting: other.meeting })];
			await come(first.digest, who);
			await come(second.digest, who.id);
			const subject = await subjectOf(who.id);
			for (const { meeting, link, left } of [
				{ meeting: founding.meeting, link: first, left: true },
				{ meeting: other.meeting, link: second, left: false }
			]) {
				await guests.revoke(meeting, link.id, Date.now());
				expect((await access.document(subject, founding.documents.actions)) !== null).toBe(left);
			}
		});

		it('GUEST-5 a revoked link makes nothing of whoever came by it, and a new one lets them in again as themselves', async () => {
			const { access, guests } = test.database;
			const [first, second] = [await link(), await link({ approval: true })];
			const [who, other] = [somebody(), somebody()];
			await come(first.digest, who);
			await come(second.digest, other);
			await guests.decide(founding.meeting, other.id, 'admitted', facilitator);
			const [subject, undisturbed] = [await subjectOf(who.id), await subjectOf(other.id)];
			await guests.revoke(founding.meeting, first.id, Date.now());
			expect(await access.meetings([subject, undisturbed].map((subject) => ({ subject, meeting: founding.meeting })))).toEqual([
				null,
				expect.objectContaining({ id: other.id, role: 'guest' })
			]);
			expect(await access.document(subject, founding.documents.swot)).toBeNull();
			expect(await guests.whyOut(founding.meeting, who.id)).toBe('link-revoked');
			expect(await guests.decide(founding.meeting, who.id, 'admitted', facilitator)).toBe(false);
			expect(await guests.meetingsOf(who.id)).toEqual([]);
			expect(await come(second.digest, who.id)).toBe('waiting');
			expect(await guests.decide(founding.meeting, who.id, 'admitted', facilitator)).toBe(true);
			expect((await access.meeting(subject, founding.meeting))!.participant).toMatchObject({ id: who.id, role: 'guest' });
		});

		it('GUEST-6 a guest who becomes a member is the same person, with the same words and client ids', async () => {
			const { connection, clientIds, thinkTanks, guests, access } = test.database;
			const who = somebody();
			await come((await link()).digest, who);
			const leased = await clientIds.lease(who.id, 3);
			await connection.run(({ orm }) => orm.execute(sql`update factors set author_id = ${who.id} where "column" = 'threats'`));
			const authorOf = async () => (await test.database.factors.of(founding.documents.swot)).filter(({ authorId }) => authorId === who.id).length;
			expect(await authorOf()).toBe(3);

			await connection.run(({ orm }) => orm.execute(sql`update people set guest = false, user_name = 'yazd' where id = ${who.id}`));
			await thinkTanks.addMember(founding.thinkTank, who.id, 'member');
			expect(await authorOf()).toBe(3);
			expect(await clientIds.claim(who.id, leased)).toEqual(new Map(leased.map((id) => [id, who.id])));
			expect((await thinkTanks.peopleOf(founding.documents.swot)).find(({ id }) => id === who.id)).toMatchObject({ role: 'member', province: 'IR-21' });
			expect(await guests.of(founding.meeting)).toEqual([]);
			// and the link's end is not theirs
			const subject = await subjectOf(who.id);
			for (const { id } of await guests.linksOf(founding.meeting)) await guests.revoke(founding.meeting, id, Date.now());
			expect((await access.meeting(subject, founding.meeting))!.participant.role).toBe('member');
		});

		it('GUEST-7 a meeting has no more guests than it may have, and whoever is refused makes room', async () => {
			const { guests } = test.database;
			const [straight, door] = [await link(), await link({ approval: true })];
			const people = Array.from({ length: 12 }, somebody);
			const came = await Promise.all(people.map((who, i) => come(i % 2 === 0 ? straight.digest : door.digest, who, 4)));
			expect(came.filter((outcome) => outcome === 'full')).toHaveLength(8);
			expect(await guests.of(founding.meeting)).toHaveLength(4);
			const [first] = await guests.of(founding.meeting);
			expect(await come(first!.link === straight.id ? straight.digest : door.digest, first!.id, 4)).toBe(first!.state);
			await guests.decide(founding.meeting, first!.id, 'refused', facilitator);
			expect(await come(straight.digest, somebody(), 4)).toBe('admitted');
			expect(await come(straight.digest, somebody(), 4)).toBe('full');
			const more = {
				meeting: founding.meeting,
				thinkTank: founding.thinkTank,
				approval: false,
				label: null,
				expiresAt: Date.now() + hour,
				createdBy: facilitator
			};
			expect(await guests.addLink({ ...more, id: newId(), digest: newId() }, Date.now(), 2)).toBe(false);
		});

		it('GUEST-8 who writes as a guest appears as one, with their province', async () => {
			const { connection, thinkTanks } = test.database;
			const who = somebody();
			await come((await link()).digest, who);
			await connection.run(({ orm }) => orm.execute(sql`update factors set author_id = ${who.id} where "column" = 'threats'`));
			expect((await thinkTanks.peopleOf(founding.documents.swot)).find(({ id }) => id === who.id)).toEqual({
				id: who.id,
				name,
				office: null,
				province: 'IR-21',
				role: 'guest'
			});
		});
	});
}
