import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { links as linkTable, people as personTable, type LinkPurpose } from '#db/schema/people.ts';
import { createFounding, type Founding } from '#db/seed/founding.ts';
import type { NewAccount } from '#db/stores/links.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';

/** How people sign in and come in, as it is kept. */

const hour = 3_600_000;
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`how people come in, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(() => clear(test.database));
		afterAll(() => test?.stop());

		const session = async (person: string) => {
			const digest = newId();
			await test.database.sessions.put({ digest, person, expiresAt: Date.now() + hour, device: 'A browser' });
			return digest;
		};
		const setPerson = (id: string, values: Partial<typeof personTable.$inferInsert>) =>
			test.database.connection.run(({ orm }) => orm.update(personTable).set(values).where(eq(personTable.id, id)));

		it('finds an account by whatever its person signs in by', async () => {
			const { accounts } = test.database;
			const person = await addPerson(test.database);
			expect(await accounts.find(person)).toEqual({
				person,
				userName: null,
				mobile: null,
				email: null,
				guest: false,
				deactivated: false,
				passwordHash: null,
				secondFactor: false
			});
			expect(await accounts.changeProfile(person, { userName: 'modir', mobile: '+989121234567', email: 'a@b.ir', office: { fa: 'دفتر یزد' } })).toBe('changed');
			for (const [kind, value] of [
				['userName', 'modir'],
				['mobile', '+989121234567'],
				['email', 'a@b.ir']
			] as const)
				expect((await accounts.findBy({ kind, value }))?.person).toBe(person);
			expect(await accounts.findBy({ kind: 'userName', value: 'a@b.ir' })).toBeNull();
			await accounts.changeProfile(person, { mobile: null });
			expect(await accounts.find(person)).toMatchObject({ userName: 'modir', mobile: null });
			expect((await test.database.people.find(person))!.office).toEqual({ fa: 'دفتر یزد' });
			expect(await accounts.changeProfile(person, {})).toBe('changed');
			expect(await accounts.find(newId())).toBeNull();
		});

		it('ACCOUNT-2 gives a name to one of many who want it at once, and changes nothing of the others', async () => {
			const { accounts } = test.database;
			const people = await Promise.all(Array.from({ length: 8 }, () => addPerson(test.database)));
			const outcomes = await Promise.all(people.map((person) => accounts.changeProfile(person, { userName: 'modir', office: { fa: 'دفتر' } })));
			expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1);
			expect(outcomes.filter((outcome) => outcome !== 'changed')).toEqual(Array(7).fill({ taken: 'userName' }));
			const offices = await Promise.all(people.map(async (person) => (await test.database.people.find(person))!.office));
			expect(offices.filter((office) => office !== null)).toHaveLength(1);
			// one's own is not taken
			const winner = people[outcomes.indexOf('changed')]!;
			expect(await accounts.changeProfile(winner, { userName: 'modir', email: 'a@b.ir' })).toBe('changed');
		});

		it('ACCOUNT-8 a new password ends all sessions but one', async () => {
			const { accounts, sessions } = test.database;
			const [person, other] = [await addPerson(test.database), await addPerson(test.database)];
			const [kept, ended, theirs] = [await session(person), await session(person), await session(other)];
			await accounts.setPassword(person, 'first', kept);
			await accounts.setPassword(person, 'second', kept);
			expect((await accounts.find(person))!.passwordHash).toBe('second');
			expect([await sessions.find(kept), await sessions.find(ended), await sessions.find(theirs)].map((found) => found !== null)).toEqual([true, false, true]);
			await accounts.renewHash(person, 'first', 'third');
			expect((await accounts.find(person))!.passwordHash).toBe('second');
			await accounts.renewHash(person, 'second', 'third');
			expect((await accounts.find(person))!.passwordHash).toBe('third');
		});

		it('ACCOUNT-9 lists one’s sessions, and ends those that are one’s own', async () => {
			const { sessions } = test.database;
			const [person, other] = [await addPerson(test.database), await addPerson(test.database)];
			const [a, b, theirs] = [await session(person), await session(person), await session(other)];
			const listed = await sessions.list(person);
			expect(listed.map(({ digest }) => digest).sort()).toEqual([a, b].sort());
			expect(listed[0]).toMatchObject({ device: 'A browser' });
			await test.database.connection.run(({ orm }) => orm.execute(sql`update sessions set seen_at = seen_at - interval '1 hour' where digest = ${a}`));
			await sessions.seen(b, Date.now() - hour / 2);
			expect((await sessions.list(person)).map(({ digest }) => digest)).toEqual([b, a]);
			await sessions.seen(a, Date.now() - hour / 2);
			expect(Math.abs((await sessions.find(a))!.seenAt - Date.now())).toBeLessThan(60_000);
			expect(await sessions.removeOwn(person, theirs)).toBe(false);
			expect(await sessions.removeOthers(person, a)).toBe(1);
			expect(await sessions.removeOwn(person, a)).toBe(true);
			expect(await sessions.find(theirs)).not.toBeNull();
		});

		it('ACCOUNT-10 the sessions of somebody who is deactivated are dead', async () => {
			const { sessions, accounts } = test.database;
			const person = await addPerson(test.database);
			const digest = await session(person);
			await setPerson(person, { deactivatedAt: Date.now() });
			expect(await sessions.find(digest)).toBeNull();
			expect((await accounts.find(person))!.deactivated).toBe(true);
		});

		it('ACCOUNT-5 a time step counts once, a recovery code counts once, also for many at once', async () => {
			const { secondFactors, accounts } = test.database;
			const person = await addPerson(test.database);
			expect(await secondFactors.find(person)).toBeNull();
			expect(await secondFactors.confirm(person, 1, ['a'])).toBe(false);
			expect(await secondFactors.begin(person, bytes('first'))).toBe(true);
			expect(await secondFactors.begin(person, bytes('second'))).toBe(true);
			expect(await secondFactors.useStep(person, 5)).toBe(false);
			expect((await accounts.find(person))!.secondFactor).toBe(false);
			expect(await secondFactors.renewRecoveryCodes(person, ['x'])).toBe(false);
			expect(await secondFactors.confirm(person, 10, ['a', 'b', 'c'])).toBe(true);
			expect((await accounts.find(person))!.secondFactor).toBe(true);
			expect(await secondFactors.begin(person, bytes('third'))).toBe(false);
			expect(Buffer.from((await secondFactors.find(person))!.secret).toString()).toBe('second');
			// the step that confirmed it is used up
			expect(await secondFactors.useStep(person, 10)).toBe(false);
			const steps = await Promise.all(Array.from({ length: 6 }, () => secondFactors.useStep(person, 11)));
			expect(steps.filter(Boolean)).toHaveLength(1);
			const codes = await Promise.all(Array.from({ length: 6 }, () => secondFactors.useRecoveryCode(person, 'a')));
			expect(codes.filter(Boolean)).toHaveLength(1);
			expect(await secondFactors.recoveryCodesLeft(person)).toBe(2);
			expect(await secondFactors.renewRecoveryCodes(person, ['d'])).toBe(true);
			expect(await secondFactors.useRecoveryCode(person, 'b')).toBe(false);
			expect(await secondFactors.remove(person)).toBe(true);
			expect(await secondFactors.remove(person)).toBe(false);
			expect(await secondFactors.recoveryCodesLeft(person)).toBe(0);
		});

		it('keeps passkeys, and notices a copy by its counter', async () => {
			const { passkeys } = test.database;
			const [person, other] = [await addPerson(test.database), await addPerson(test.database)];
			const key = { id: 'key', person, publicKey: new Uint8Array(randomBytes(40)), counter: 0, transports: ['internal'], name: 'تلفن' };
			expect(await passkeys.add(key)).toBe(true);
			expect(await passkeys.add({ ...key, person: other })).toBe(false);
			expect(await passkeys.find('key')).toMatchObject({ person, counter: 0, transports: ['internal'] });
			expect(Buffer.from((await passkeys.find('key'))!.publicKey).equals(Buffer.from(key.publicKey))).toBe(true);
			// a device that does not count
			expect(await passkeys.use('key', 0)).toBe(true);
			expect(await passkeys.use('key', 4)).toBe(true);
			expect(await passkeys.use('key', 4)).toBe(false);
			expect(await passkeys.use('none', 1)).toBe(false);
			expect((await passkeys.of(person))[0]).toMatchObject({ id: 'key', name: 'تلفن', usedAt: expect.any(Number) as number });
			expect(await passkeys.rename(other, 'key', 'x')).toBe(false);
			expect(await passkeys.rename(person, 'key', 'رایانه')).toBe(true);
			expect(await passkeys.remove(other, 'key')).toBe(false);
			expect(await passkeys.remove(person, 'key')).toBe(true);
			expect(await passkeys.of(person)).toEqual([]);
		});

		it('gives everybody the same key of the installation', async () => {
			const given = await Promise.all(Array.from({ length: 5 }, () => test.database.keys.key('seal', new Uint8Array(randomBytes(32)))));
			expect(new Set(given.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
			expect(Buffer.from(await test.database.keys.key('other', bytes('other'))).toString()).toBe('other');
		});

		describe('links', () => {
			let founding: Founding;
			beforeEach(async () => {
				founding = await createFounding(test.database, { facilitator: await addPerson(test.database), language: 'fa', newId });
			});

			const addLink = async (purpose: LinkPurpose, values: Partial<typeof linkTable.$inferInsert> = {}) => {
				const digest = newId();
				await test.database.connection.run(({ orm }) =>
					orm.insert(linkTable).values({ digest, id: newId(), purpose, expiresAt: Date.now() + hour, usesLeft: 1, ...values })
				);
				return digest;
			};
			const invite = (role: MemberRole, values: Partial<typeof linkTable.$inferInsert> = {}) =>
				addLink('invitation', { thinkTankId: founding.thinkTank, role, ...values });
			const account = (values: Partial<NewAccount> = {}): NewAccount => ({
				id: newId(),
				name: { fa: 'تازه‌وارد' },
				office: { fa: 'دفتر یزد' },
				province: 'IR-21',
				language: 'fa',
				userName: newId(),
				mobile: null,
				email: null,
				passwordHash: 'hash',
				...values
			});
			const roleOf = async (person: string) => (await test.database.thinkTanks.of(person))[0]?.role ?? null;

			it('ACCOUNT-11 an invitation makes a member of the role it names, and of two who take the last use one joins', async () => {
				const { links } = test.database;
				const digest = await invite('chair', { usesLeft: 2 });
				expect(await links.invitation(digest, Date.now())).toMatchObject({ thinkTank: { id: founding.thinkTank, role: 'chair' }, person: null });
				const outcomes = await Promise.all(Array.from({ length: 6 }, () => links.acceptAsNew(digest, Date.now(), account(), null)));
				const joined = outcomes.filter((outcome) => typeof outcome === 'object' && 'joined' in outcome);
				expect(joined).toHaveLength(2);
				expect(outcomes.filter((outcome) => outcome === 'used')).toHaveLength(4);
				for (const one of joined) expect(await roleOf((one as { joined: string }).joined)).toBe('chair');
				expect(await links.invitation(digest, Date.now())).toBe('used');
				const [count] = await test.database.connection.run(({ orm }) => orm.execute<{ count: number }>(sql`select count(*)::int as count from people`));
				expect(count!.count).toBe(3);
			});

			it('one for any number stays open, and a name that is taken uses nothing up', async () => {
				const { links } = test.database;
				const many = await invite('member', { usesLeft: null });
				for (let i = 0; i < 3; i++) expect(await links.acceptAsNew(many, Date.now(), account(), null)).toMatchObject({ thinkTank: founding.thinkTank });
				await links.acceptAsNew(many, Date.now(), account({ userName: 'modir' }), null);
				const one = await invite('member');
				expect(await links.acceptAsNew(one, Date.now(), account({ userName: 'modir' }), null)).toEqual({ taken: 'userName' });
				expect(await links.acceptAsNew(one, Date.now(), account(), null)).toHaveProperty('joined');
			});

			it('tells unknown, expired, revoked and used ones apart, and those of an archived think tank', async () => {
				const { links } = test.database;
				const dead = {
					expired: await invite('member', { expiresAt: Date.now() - 1 }),
					revoked: await invite('member', { revokedAt: Date.now() }),
					used: await invite('member', { usesLeft: 0 }),
					unknown: await addLink('guest')
				};
				for (const [why, digest] of Object.entries(dead)) {
					expect(await links.invitation(digest, Date.now())).toBe(why);
					expect(await links.acceptAsNew(digest, Date.now(), account(), null)).toBe(why);
					expect(await links.acceptAs(digest, Date.now(), await addPerson(test.database))).toBe(why);
				}
				const digest = await invite('member');
				await test.database.connection.run(({ orm }) => orm.execute(sql`update think_tanks set archived_at = clock_timestamp()`));
				expect(await links.invitation(digest, Date.now())).toBe('archived');
				expect(await links.acceptAsNew(digest, Date.now(), account(), null)).toBe('archived');
			});

			it('ACCOUNT-12 a guest who accepts becomes a member under the same id', async () => {
				const { links, accounts, people } = test.database;
				const guest = await addPerson(test.database);
				await setPerson(guest, { guest: true });
				const digest = await invite('member');
				expect(await links.acceptAsNew(digest, Date.now(), account({ userName: 'mehman' }), guest)).toEqual({ joined: guest, thinkTank: founding.thinkTank });
				expect(await accounts.find(guest)).toMatchObject({ guest: false, userName: 'mehman', passwordHash: 'hash' });
				expect((await people.find(guest))!.name).toEqual({ fa: 'تازه‌وارد' });
				expect(await roleOf(guest)).toBe('member');
			});

			it('one for a certain person opens their account alone, and none that has a password', async () => {
				const { links, accounts } = test.database;
				const [wanted, other] = [await addPerson(test.database), await addPerson(test.database)];
				const digest = await invite('observer', { personId: wanted });
				expect((await links.invitation(digest, Date.now())) as object).toMatchObject({ person: { id: wanted } });
				expect(await links.acceptAs(digest, Date.now(), other)).toBe('of-another');
				expect(await links.acceptAsNew(digest, Date.now(), account(), null)).toMatchObject({ joined: wanted });
				expect(await roleOf(wanted)).toBe('observer');
				const second = await invite('member', { personId: wanted });
				expect(await links.acceptAsNew(second, Date.now(), account(), null)).toBe('used');
				expect((await accounts.find(wanted))!.passwordHash).toBe('hash');
			});

			it('somebody with an account joins with it, and a member keeps their role and the link its use', async () => {
				const { links, thinkTanks } = test.database;
				const [person, member] = [await addPerson(test.database), await addPerson(test.database)];
				await thinkTanks.addMember(founding.thinkTank, member, 'chair');
				const digest = await invite('observer');
				expect(await links.acceptAs(digest, Date.now(), member)).toEqual({ joined: member, thinkTank: founding.thinkTank });
				expect(await roleOf(member)).toBe('chair');
				expect(await links.acceptAs(digest, Date.now(), person)).toEqual({ joined: person, thinkTank: founding.thinkTank });
				expect(await roleOf(person)).toBe('observer');
				expect(await links.acceptAs(digest, Date.now(), await addPerson(test.database))).toBe('used');
			});

			it('ACCOUNT-13 a reset link gives a new password once, and ends all sessions', async () => {
				const { links, accounts, sessions } = test.database;
				const person = await addPerson(test.database);
				const digest = await addLink('reset', { personId: person, usesLeft: null });
				const before = await session(person);
				expect(await links.reset(digest, Date.now())).toMatchObject({ id: person });
				const uses = await Promise.all(['a', 'b', 'c', 'd'].map((hash) => links.useReset(digest, Date.now(), hash)));
				expect(uses.filter((use) => typeof use === 'object')).toEqual([{ person }]);
				expect(uses.filter((use) => use === 'used')).toHaveLength(3);
				expect((await accounts.find(person))!.passwordHash).toBe(['a', 'b', 'c', 'd'][uses.findIndex((use) => typeof use === 'object')]);
				expect(await sessions.find(before)).toBeNull();
				expect(await links.reset(digest, Date.now())).toBe('used');

				const gone = await addLink('reset', { personId: person });
				await setPerson(person, { deactivatedAt: Date.now() });
				expect([await links.reset(gone, Date.now()), await links.useReset(gone, Date.now(), 'e')]).toEqual(['revoked', 'revoked']);
				expect(await links.reset(newId(), Date.now())).toBe('unknown');
			});
		});
	});
}
