import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fold } from '#realtime/meeting/fold.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { patternOf, stepsOf } from '#realtime/meeting/recipes.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import { clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';

const hour = 3_600_000;
const text = (fa: string) => ({ fa });

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`think tanks and the administration of people, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		let thinkTank: string;
		let facilitator: string;
		let administrator: string;

		const person = async (name: string, rest: { administrator?: boolean; office?: { fa: string } } = {}) => {
			const id = newId();
			await test.database.people.create({ id, name: text(name), ...rest });
			return id;
		};
		const run = (statement: ReturnType<typeof sql>) => test.database.connection.run(({ orm }) => orm.execute<Record<string, unknown>>(statement));
		const make = async (mandate: string[] = []) => {
			const id = newId();
			await test.database.thinkTanks.create(
				{ id, name: text('اتاق'), host: text('میزبان'), purpose: text('هدف'), actions: newId(), mandate: mandate.map((fa) => ({ id: newId(), text: { fa } })) },
				facilitator
			);
			return id;
		};
		const invite = async (createdBy: string, into: string | null, rest: { usesLeft?: number; expiresAt?: number } = {}) => {
			const id = newId();
			await test.database.invitations.make({
				id,
				digest: newId(),
				createdBy,
				thinkTank: into,
				role: into === null ? null : 'member',
				label: null,
				usesLeft: null,
				expiresAt: Date.now() + hour,
				...rest
			});
			return id;
		};
		const revoked = async (id: string) => (await test.database.invitations.list(null, 100)).find((one) => one.id === id)!.revokedAt !== null;

		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(async () => {
			await clear(test.database);
			facilitator = await person('دبیر');
			administrator = await person('مدیر', { administrator: true });
			thinkTank = await make(['یک', 'دو', 'سه']);
		});
		afterAll(() => test?.stop());

		it('STEP-10 keeps recipes of a think tank’s own, each under a name that no other has, and no more than it may', async () => {
			const { recipes } = test.database;
			const elsewhere = await make();
			const recipe = (name: string, surface: 'board' | 'notes' = 'board') => ({ id: newId(), name, surface, steps: patternOf(stepsOf('silent', newId)) });
			const [first, second] = [recipe('نوشتن بی‌صدا'), recipe('دو دور')];
			expect([await recipes.save(thinkTank, first), await recipes.save(thinkTank, second)]).toEqual(['saved', 'saved']);
			// of two at once, one is kept
			const same = await Promise.all([recipes.save(thinkTank, recipe('یکی')), recipes.save(thinkTank, recipe('یکی'))]);
			expect(same.toSorted()).toEqual(['recipe-name-taken', 'saved']);
			expect(await recipes.save(thinkTank, recipe('یکی', 'notes'))).toBe('saved');
			expect(await recipes.save(elsewhere, recipe('یکی'))).toBe('saved');
			expect((await recipes.of(thinkTank)).slice(0, 2)).toEqual([first, second]);
			expect(await recipes.remove(elsewhere, first.id)).toBe(false);
			expect([await recipes.remove(thinkTank, first.id), await recipes.remove(thinkTank, first.id)]).toEqual([true, false]);
			while ((await recipes.of(thinkTank)).length < limits.savedRecipes) await recipes.save(thinkTank, recipe(newId()));
			expect(await recipes.save(thinkTank, recipe('یکی بیش'))).toBe('recipes-full');
			expect(await recipes.of(elsewhere)).toHaveLength(1);
		});

		it('TANK-1 keeps what a think tank is, and changes what is given', async () => {
			const { thinkTanks } = test.database;
			const made = await thinkTanks.details(thinkTank);
			expect(made).toMatchObject({ id: thinkTank, name: text('اتاق'), province: null, termFrom: null, termTo: null, archivedAt: null });
			await thinkTanks.change(thinkTank, { province: 'IR-21', termTo: '2027-03-20' });
			await thinkTanks.change(thinkTank, {});
			expect(await thinkTanks.details(thinkTank)).toEqual({ ...made, province: 'IR-21', termTo: '2027-03-20' });
			expect(await thinkTanks.details(newId())).toBeNull();
			expect(await thinkTanks.list(facilitator, false)).toEqual([
				expect.objectContaining({ id: thinkTank, role: 'facilitator', members: 1, meetings: 0, archivedAt: null })
			]);
			expect(await thinkTanks.list(administrator, false)).toEqual([]);
			expect(await thinkTanks.list(administrator, true)).toEqual([expect.objectContaining({ id: thinkTank, role: null })]);
		});

		it('TANK-2 archives and brings back, and knows when it is so already', async () => {
			const { thinkTanks } = test.database;
			expect(await thinkTanks.archive(thinkTank, false)).toBe(false);
			expect(await thinkTanks.archive(thinkTank, true)).toBe(true);
			expect(await thinkTanks.archive(thinkTank, true)).toBe(false);
			expect(Math.abs((await thinkTanks.details(thinkTank))!.archivedAt! - Date.now())).toBeLessThan(60_000);
			expect(await thinkTanks.archive(thinkTank, true)).toBe(false);
			expect(await thinkTanks.archive(thinkTank, false)).toBe(true);
			expect((await thinkTanks.details(thinkTank))!.archivedAt).toBeNull();
		});

		it('TANK-3 keeps a mandate in its order, also when several change it at once', async () => {
			const { mandates } = test.database;
			const words = async () => (await mandates.of(thinkTank)).map(({ text }) => text.fa);
			const [one, two, three] = (await mandates.of(thinkTank)).map(({ id }) => id) as [string, string, string];
			expect(await mandates.change(thinkTank, three, { before: one })).toBe(true);
			expect(await words()).toEqual(['سه', 'یک', 'دو']);
			expect(await mandates.change(thinkTank, one, { before: null, progress: 40 })).toBe(true);
			expect(await words()).toEqual(['سه', 'دو', 'یک']);
			expect((await mandates.of(thinkTank)).at(-1)).toEqual({ id: one, text: text('یک'), progress: 40 });
			expect(await mandates.change(thinkTank, two, { before: two, text: text('دو!') })).toBe(true);
			const more = ['چهار', 'پنج', 'شش'];
			await Promise.all([...more.map((fa) => mandates.add(thinkTank, { id: newId(), text: { fa } })), mandates.change(thinkTank, two, { before: three })]);
			expect((await words()).slice(0, 3)).toEqual(['دو!', 'سه', 'یک']);
			expect((await words()).slice(3).sort()).toEqual([...more].sort());
		});

		it("TANK-3 an item that is taken off stays for what cites it, and another think tank's is none", async () => {
			const { mandates } = test.database;
			const elsewhere = await make(['دیگر']);
			const [foreign] = await mandates.of(elsewhere);
			const [item, other] = (await mandates.of(thinkTank)) as unknown as [{ id: string }, { id: string }];
			expect(await mandates.remove(thinkTank, foreign!.id)).toBe(false);
			expect(await mandates.change(thinkTank, foreign!.id, { progress: 1 })).toBe(false);
			expect(await mandates.change(thinkTank, item.id, { before: foreign!.id })).toBe(false);
			expect(await mandates.remove(thinkTank, item.id)).toBe(true);
			expect(await mandates.remove(thinkTank, item.id)).toBe(false);
			expect(await mandates.change(thinkTank, item.id, { progress: 1 })).toBe(false);
			expect((await mandates.of(thinkTank))[0]!.id).toBe(other.id);
			expect(await mandates.of(elsewhere)).toEqual([foreign]);
			expect(await run(sql`select removed_at is not null as gone from mandate_items where id = ${item.id}`)).toMatchObject([{ gone: true }]);
		});

		it('TANK-3 a mandate has an end, however many add at once', async () => {
			const { mandates } = test.database;
			const added = await Promise.all(Array.from({ length: limits.mandateItems }, () => mandates.add(thinkTank, { id: newId(), text: text('بند') })));
			expect(added.filter((outcome) => outcome === 'mandate-full')).toHaveLength(3);
			expect(await mandates.of(thinkTank)).toHaveLength(limits.mandateItems);
		});

		it('TANK-4 keeps members with their role and their office here', async () => {
			const { members } = test.database;
			const member = await person('بهار', { office: { fa: 'کارشناس' } });
			expect(await members.add(thinkTank, member, { role: 'member', office: text('نماینده') })).toBe('added');
			expect(await members.add(thinkTank, member, { role: 'chair', office: null })).toBe('already-member');
			expect(await members.add(thinkTank, newId(), { role: 'member', office: null })).toBe('no-such-person');
			const chair = await person('آذر');
			await members.add(thinkTank, chair, { role: 'chair', office: null });
			expect((await members.of(thinkTank)).map(({ id, role, office, officeHere }) => [id, role, office, officeHere])).toEqual([
				[facilitator, 'facilitator', null, null],
				[chair, 'chair', null, null],
				[member, 'member', { fa: 'کارشناس' }, { fa: 'نماینده' }]
			]);
			const leave = { facilitatorOptional: false };
			expect(await members.change(thinkTank, member, { role: 'observer', office: null }, leave)).toEqual({ before: 'member' });
			expect(await members.change(thinkTank, member, {}, leave)).toEqual({ before: 'observer' });
			expect(await members.change(thinkTank, administrator, { role: 'member' }, leave)).toBe('no-such-person');
			expect(await members.remove(thinkTank, member, leave)).toBe('removed');
			expect(await members.remove(thinkTank, member, leave)).toBe('no-such-person');
		});

		it('TANK-4 makes no guest and nobody deactivated a member, and offers neither', async () => {
			const { members, directory } = test.database;
			const guest = await person('مهمان');
			await run(sql`update people set guest = true where id = ${guest}`);
			const gone = await person('رفته');
			await directory.deactivate(gone);
			for (const id of [guest, gone]) expect(await members.add(thinkTank, id, { role: 'member', office: null })).toBe('no-such-person');
			const offered = async (search: string) => (await members.candidates(thinkTank, search, 10)).map(({ id }) => id);
			expect(await offered('مهمان')).toEqual([]);
			expect(await offered('رفته')).toEqual([]);
			expect(await offered('دبیر')).toEqual([]);
			expect(await offered('مدير')).toEqual([administrator]);
			expect(await offered('')).toEqual([]);
		});

		it('TANK-5 nobody takes the last facilitator away, also not two who take each other away at once', async () => {
			const { members, directory } = test.database;
			const second = await person('دبیر دوم');
			await members.add(thinkTank, second, { role: 'facilitator', office: null });
			const outcomes = await Promise.all([
				members.remove(thinkTank, second, { facilitatorOptional: false }),
				members.change(thinkTank, facilitator, { role: 'member' }, { facilitatorOptional: false })
			]);
			expect(outcomes.filter((outcome) => outcome === 'last-facilitator')).toHaveLength(1);
			expect((await members.of(thinkTank)).filter(({ role }) => role === 'facilitator')).toHaveLength(1);
			const [last] = (await members.of(thinkTank)).filter(({ role }) => role === 'facilitator');
			expect(await members.change(thinkTank, last!.id, { role: 'facilitator', office: text('الف') }, { facilitatorOptional: false })).toEqual({
				before: 'facilitator'
			});
			// one who cannot come in is none
			const third = await person('دبیر سوم');
			await members.add(thinkTank, third, { role: 'facilitator', office: null });
			await directory.deactivate(third);
			expect(await members.remove(thinkTank, last!.id, { facilitatorOptional: false })).toBe('last-facilitator');
			expect(await members.remove(thinkTank, last!.id, { facilitatorOptional: true })).toBe('removed');
		});

		it('TANK-6 invitations are listed for their think tank, and revoked once', async () => {
			const { invitations } = test.database;
			const elsewhere = await make();
			const [first, foreign] = [await invite(facilitator, thinkTank, { usesLeft: 1 }), await invite(facilitator, elsewhere)];
			const installation = await invite(administrator, null);
			expect((await invitations.list(thinkTank, 10)).map(({ id }) => id)).toEqual([first]);
			expect((await invitations.list(thinkTank, 10))[0]).toMatchObject({
				usesLeft: 1,
				used: 0,
				role: 'member',
				createdBy: { id: facilitator },
				revokedAt: null
			});
			expect((await invitations.list(null, 10)).map(({ id }) => id)).toEqual([installation, foreign, first]);
			expect(await invitations.revoke(foreign, thinkTank)).toBeNull();
			expect(await revoked(foreign)).toBe(false);
			expect(await invitations.revoke(first, thinkTank)).toMatchObject({ thinkTank });
			const { revokedAt } = (await invitations.list(thinkTank, 10))[0]!;
			expect(await invitations.revoke(first, null)).toMatchObject({ thinkTank });
			expect((await invitations.list(thinkTank, 10))[0]!.revokedAt).toBe(revokedAt);
			expect(await invitations.revoke(newId(), null)).toBeNull();
		});

		it.each(['member', 'observer', null] as const)('TANK-7 what somebody could not make any more is revoked: now %s', async (role: MemberRole | null) => {
			const { members } = test.database;
			const other = await person('دیگری');
			await members.add(thinkTank, other, { role: 'facilitator', office: null });
			const elsewhere = await make();
			await members.add(elsewhere, other, { role: 'chair', office: null });
			const [here, there, anothers] = [await invite(other, thinkTank), await invite(other, elsewhere), await invite(facilitator, thinkTank)];
			await members.change(thinkTank, other, { role: 'chair' }, { facilitatorOptional: false });
			expect(await revoked(here)).toBe(false);
			if (role === null) await members.remove(thinkTank, other, { facilitatorOptional: false });
			else await members.change(thinkTank, other, { role }, { facilitatorOptional: false });
			expect([await revoked(here), await revoked(there), await revoked(anothers)]).toEqual([true, false, false]);
		});

		it('PEOPLE-1 finds people by what their name is, whatever keyboard wrote it', async () => {
			const { directory } = test.database;
			const found = async (search: string) => (await directory.list({ state: 'active', search, from: 0, limit: 10 })).people.map(({ name }) => name.fa);
			const names = ['علی کاظمی‌نژاد', 'Ali Kazemi', 'رؤیا ۱۲', 'زهرا 100%'];
			for (const name of names) await person(name);
			expect(await found('علي كاظمينژاد')).toEqual([names[0]]);
			expect(await found('نژاد علی')).toEqual([names[0]]);
			expect(await found('KAZEMI')).toEqual([names[1]]);
			expect(await found('رویا 12')).toEqual([names[2]]);
			expect(await found('100%')).toEqual([names[3]]);
			expect(await found('_')).toEqual([]);
			expect(await found("' or true --")).toEqual([]);
			expect(await found('  ')).toHaveLength(6);
		});

		it('PEOPLE-1 a text is folded by SQL as it is by the program', async () => {
			const letters = Array.from({ length: 0x800 }, (_, i) => String.fromCharCode(i + 1)).join('') + '\u200b\u200c\u200d\u200e\u200fﻼﷲ①Ａ';
			const [row] = await run(sql`select folded(${letters}) as folded`);
			// the database lowers by its own tables what is no letter of ours
			const ours = (text: unknown) => String(text).replace(/[^\p{Script=Arabic}a-zA-Z0-9]/gu, '');
			expect(ours(row!['folded'])).toBe(ours(fold(letters)));
		});

		it('PEOPLE-1 lists people in the order of the Persian alphabet, a page at a time, each with what they are', async () => {
			const { directory } = test.database;
			for (const name of ['پروین', 'گیتی', 'ب']) await person(name);
			const first = await directory.list({ state: 'active', search: '', from: 0, limit: 3 });
			const second = await directory.list({ state: 'active', search: '', from: 3, limit: 3 });
			expect([first.total, second.total]).toEqual([5, 5]);
			expect([...first.people, ...second.people].map(({ name }) => name.fa)).toEqual(['ب', 'پروین', 'دبیر', 'گیتی', 'مدیر']);
			expect(second.people[1]).toMatchObject({ id: administrator, administrator: true, state: 'active', seenAt: null, memberships: [] });
			expect(first.people[2]!.memberships).toEqual([{ thinkTank, name: text('اتاق'), role: 'facilitator' }]);
			const before = Date.now();
			await test.database.sessions.put({ digest: 'a', person: facilitator, expiresAt: Date.now() + hour });
			expect((await directory.find(facilitator))!.seenAt).toBeGreaterThan(before - 60_000);
		});

		it('PEOPLE-2 there is always an administrator, however many stop being one at once', async () => {
			const { directory, people } = test.database;
			const others = await Promise.all([1, 2, 3].map((n) => person(`مدیر ${n}`, { administrator: true })));
			const all = [administrator, ...others];
			const outcomes = await Promise.all(all.map((id, i) => (i % 2 ? directory.setAdministrator(id, false) : directory.deactivate(id))));
			expect(outcomes.filter((outcome) => outcome === 'last-administrator')).toHaveLength(1);
			expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(3);
			expect(await people.hasAdministrator()).toBe(true);
			const [last] = await run(sql`select id from people where administrator`);
			expect(await directory.setAdministrator(last!['id'] as string, true)).toBe('changed');
			expect(await directory.setAdministrator(facilitator, true)).toBe('changed');
			expect(await directory.setAdministrator(last!['id'] as string, false)).toBe('changed');
			expect(await directory.setAdministrator(newId(), true)).toBe('not-found');
		});

		it('PEOPLE-3 who is deactivated has no session, no link and no office over others any more', async () => {
			const { directory, sessions, invitations, access } = test.database;
			const other = await person('مدیر دیگر', { administrator: true });
			await sessions.put({ digest: 'a', person: other, expiresAt: Date.now() + hour });
			await test.database.members.add(thinkTank, other, { role: 'member', office: null });
			const [into, reset] = [await invite(other, thinkTank), newId()];
			expect(
				await invitations.makeReset({ id: reset, digest: 'r', expiresAt: Date.now() + hour, createdBy: other, person: facilitator, secondFactor: false })
			).toBe('made');
			expect(
				await invitations.makeReset({ id: newId(), digest: 'own', expiresAt: Date.now() + hour, createdBy: administrator, person: other, secondFactor: false })
			).toBe('made');
			expect(await directory.deactivate(other)).toBe('changed');
			expect(await directory.deactivate(other)).toBe('no-account');
			expect(await sessions.of(other)).toEqual([]);
			const { members } = await test.database.meetings.around(thinkTank, []);
			expect(members.filter(({ active }) => !active).map(({ id }) => id)).toEqual([other]);
			expect(await access.standing({ session: 'a', person: other }, { thinkTank })).toBeNull();
			expect(await revoked(into)).toBe(true);
			expect(await run(sql`select digest from links where purpose = 'reset' and revoked_at is null`)).toEqual([]);
			expect(await directory.find(other)).toMatchObject({ state: 'deactivated', administrator: false });
			expect((await directory.list({ state: 'deactivated', search: '', from: 0, limit: 9 })).people.map(({ id }) => id)).toEqual([other]);
			expect(await invitations.makeReset({ id: newId(), digest: 'x', expiresAt: 0, createdBy: administrator, person: other, secondFactor: false })).toBe(
				'no-account'
			);
			expect(await directory.setAdministrator(other, true)).toBe('no-account');
			expect(await directory.reactivate(other)).toBe(true);
			expect(await directory.reactivate(other)).toBe(false);
			expect(await directory.find(other)).toMatchObject({ state: 'active', administrator: false });
		});

		it('PEOPLE-4 a reset replaces those before it, and takes the second factor off where that is asked for', async () => {
			const { invitations, directory } = test.database;
			await run(sql`insert into authenticators (person_id, secret, confirmed_at) values (${facilitator}, '\\x00', clock_timestamp())`);
			await run(sql`insert into recovery_codes (person_id, digest) values (${facilitator}, 'c')`);
			await run(sql`insert into passkeys (id, person_id, public_key, counter, transports, name) values ('k', ${facilitator}, '\\x00', 0, '[]', 'کلید')`);
			const reset = (digest: string, secondFactor: boolean) =>
				invitations.makeReset({ id: newId(), digest, expiresAt: Date.now() + hour, createdBy: administrator, person: facilitator, secondFactor });
			expect(await reset('first', false)).toBe('made');
			expect(await directory.find(facilitator)).toMatchObject({ secondFactor: true, hasPassword: false });
			expect(await reset('second', true)).toBe('made');
			expect(await directory.find(facilitator)).toMatchObject({ secondFactor: false });
			expect(await run(sql`select from recovery_codes`)).toHaveLength(0);
			expect(await run(sql`select digest from links where revoked_at is null`)).toMatchObject([{ digest: 'second' }]);
			expect(await invitations.makeReset({ id: newId(), digest: 'x', expiresAt: 0, createdBy: administrator, person: newId(), secondFactor: true })).toBe(
				'not-found'
			);
		});

		it('PEOPLE-5 the open actions of a person are counted, and the first of them told', async () => {
			const { directory, thinkTanks } = test.database;
			const { actions } = (await thinkTanks.details(thinkTank))!;
			const action = (state: string, deleted = false, due: string | null = null) =>
				run(sql`insert into actions (document_id, action_id, think_tank_id, what, notes, person_id, state, place, deleted, updated_at, due)
					values (${actions}, ${newId()}, ${thinkTank}, ${state}, '', ${facilitator}, ${state}, 'a', ${deleted}, clock_timestamp(), ${due})`);
			for (const state of ['open', 'doing', 'done', 'dropped']) await action(state);
			await action('open', true);
			await action('open', false, '2026-11-23');
			const found = (await directory.find(facilitator))!;
			expect(found.openActionCount).toBe(3);
			expect(found.openActions[0]).toMatchObject({ what: 'open', due: '2026-11-23', thinkTank: text('اتاق') });
			expect(found.openActions).toHaveLength(3);
		});

		it('PEOPLE-6 the log is read with names, by kinds, the newest first', async () => {
			const { audit } = test.database;
			const link = newId();
			await test.database.invitations.make({
				id: link,
				digest: 'd',
				createdBy: facilitator,
				thinkTank,
				role: 'member',
				label: 'برای یزد',
				usesLeft: 1,
				expiresAt: Date.now()
			});
			await audit.add({ kind: 'member.added', actor: administrator, subject: facilitator, thinkTank, address: '10.0.0.7', details: { role: 'member' } });
			await audit.add({ kind: 'invitation.made', actor: facilitator, subject: link, thinkTank });
			await audit.add({ kind: 'think-tank.made', actor: null, subject: thinkTank, thinkTank });
			const all = await audit.read({ before: null, kinds: null, limit: 10 });
			expect(all.map(({ kind }) => kind)).toEqual(['think-tank.made', 'invitation.made', 'member.added']);
			expect(all[0]).toMatchObject({ actorName: null, subjectName: null, thinkTankName: text('اتاق') });
			expect(all[1]).toMatchObject({ actorName: text('دبیر'), linkLabel: 'برای یزد', subjectName: null });
			expect(all[2]).toMatchObject({ actorName: text('مدیر'), subjectName: text('دبیر'), address: '10.0.0.7', details: { role: 'member' } });
			expect((await audit.read({ before: null, kinds: ['member.added'], limit: 10 })).map(({ kind }) => kind)).toEqual(['member.added']);
			expect((await audit.read({ before: all[0]!.id, kinds: null, limit: 1 })).map(({ id }) => id)).toEqual([all[1]!.id]);
		});
	});
}
