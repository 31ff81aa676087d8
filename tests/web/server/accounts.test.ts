import { verify } from '@node-rs/argon2';
import { sql } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { links as linkTable } from '#db/schema/people.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { hashPassword } from '#server/auth/passwords.ts';
import { digestOf, newId, newToken } from '#server/auth/tokens.ts';
import { openAccounts } from '#server/auth/accounts.ts';
import { openStage, type Stage } from './stage.ts';

/** Coming in, over the API. */

// the real thing, whose uses are counted
vi.mock('@node-rs/argon2', { spy: true });

// every password costs what it is meant to cost: how long that takes on a busy machine is not what is tested
vi.setConfig({ testTimeout: 120_000 });

let stage: Stage;
let hash: string;
const password = 'چهار واژهٔ پشت سر هم';
beforeAll(async () => {
	stage = await openStage();
	hash = await hashPassword(password);
}, 60_000);
beforeEach(async () => {
	await stage.clear();
	stage.logLines.length = 0;
	address = `10.0.${Math.trunc(nth / 250)}.${nth++ % 250}`;
});
afterAll(() => stage.close());

let nth = 1;
/** each test comes from an address of its own */
let address: string;

async function somebody(identifiers: { userName?: string; mobile?: string; email?: string } = { userName: `u${newId()}` }) {
	const { id, cookie } = await stage.arrive();
	await stage.database.accounts.changeProfile(id, identifiers);
	await stage.database.accounts.setPassword(id, hash, digestOf(cookie.split('=')[1]!));
	return { id, cookie, ...identifiers };
}

interface Asked {
	cookie?: string | undefined;
	from?: string;
}
async function ask(method: string, path: string, body?: unknown, { cookie, from = address }: Asked = {}) {
	const response = await stage.ask(method, path, {
		cookie,
		body,
		headers: { origin: 'http://localhost:3000', 'user-agent': 'A browser' },
		address: from
	});
	const text = await response.text();
	const json = (text === '' ? null : JSON.parse(text)) as { error?: { code: string; until?: number } } & Record<string, unknown>;
	return {
		status: response.status,
		code: json?.error?.code ?? null,
		until: json?.error?.until,
		json,
		cookie: response.headers.get('set-cookie')?.split(';')[0],
		response
	};
}
const signIn = (identifier: string, given = password, code: string | null = null, from = address) =>
	ask('POST', '/api/sign-in', { identifier, password: given, code }, { from });
const kinds = async () => (await stage.database.audit.list(null, 1_000)).map(({ kind }) => kind).reverse();

describe('by a password', () => {
	test.each([
		['userName', 'Sara.Karimi', ['sara.karimi', 'SARA.KARIMI', ' sara.karimi ', 'ｓara.karimi']],
		['userName', 'مدیر۱', ['مدير1', 'مدیر١', 'مد\u200cیر۱']],
		[
			'mobile',
			'+98 912 345 6789',
			['09123456789', '۰۹۱۲۳۴۵۶۷۸۹', '0912 345 67 89', '+989123456789', '00989123456789', '9123456789', '٠٩١٢٣٤٥٦٧٨٩', '\u202a+98 (912) 345-6789\u202c']
		],
		['mobile', '+49 170 1234567', ['0049 170 1234567', '+۴۹۱۷۰۱۲۳۴۵۶۷']],
		['email', 'Sara@Example.org', ['sara@example.org', 'SARA@EXAMPLE.ORG']]
	] as const)('ACCOUNT-1 %s %s is found however it is typed', async (kind, given, spellings) => {
		const { id, cookie } = await somebody();
		expect((await ask('PATCH', '/api/me/profile', { [kind]: given }, { cookie })).status).toBe(204);
		for (const spelling of spellings) expect((await signIn(spelling)).json, spelling).toEqual({ person: id });
	});

	test('digits and compatible characters of a password are the same on every keyboard', async () => {
		const { cookie, userName } = await somebody();
		expect((await ask('POST', '/api/me/password', { current: password, password: 'شماره ۱۴۰۵ و باز ۷' }, { cookie })).status).toBe(204);
		expect((await signIn(userName!, 'شماره 1405 و باز ٧')).status).toBe(200);
	});

	test('the cookie is a session of this browser', async () => {
		const { id, userName } = await somebody();
		const { cookie } = await signIn(userName!);
		const { json } = await ask('GET', '/api/me/account', undefined, { cookie });
		expect(json['sessions']).toContainEqual(expect.objectContaining({ device: 'A browser', current: true }));
		expect((await stage.sessions.read(cookie, false))?.person.id).toBe(id);
	});

	test('ACCOUNT-3 a wrong password and a name that nobody has are answered alike, after as much work', async () => {
		const { userName } = await somebody();
		const tried = async (identifier: string) => {
			vi.mocked(verify).mockClear();
			const answer = await signIn(identifier, 'not the password', null, newId());
			return { answer: answer.json, status: answer.status, hashed: vi.mocked(verify).mock.calls.map(([hash]) => String(hash).split('$', 4)) };
		};
		const known = await tried(userName!);
		expect(known).toEqual({ answer: { error: { code: 'sign-in-wrong' } }, status: 401, hashed: [['', 'argon2id', 'v=19', 'm=19456,t=2,p=1']] });
		for (const nobody of ['nobody', '   ']) expect(await tried(nobody)).toEqual(known);
	});

	test('a hash of a former cost is renewed by the way', async () => {
		const { id, userName } = await somebody();
		const { hash: cheap } = await import('@node-rs/argon2');
		await stage.database.accounts.renewHash(id, hash, await cheap(password.normalize('NFKC'), { memoryCost: 1_024, timeCost: 1 }));
		expect((await signIn(userName!)).status).toBe(200);
		expect((await stage.database.accounts.find(id))!.passwordHash).toContain('m=19456,t=2,p=1');
		expect((await signIn(userName!)).status).toBe(200);
	});

	test('ACCOUNT-10 somebody who is deactivated is told so once the password is right, and does not get in', async () => {
		const { id, userName, cookie } = await somebody();
		await stage.database.connection.run(({ orm }) => orm.execute(sql`update people set deactivated_at = clock_timestamp() where id = ${id}`));
		expect((await signIn(userName!, 'not the password')).code).toBe('sign-in-wrong');
		const denied = await signIn(userName!);
		expect([denied.status, denied.code, denied.cookie]).toEqual([403, 'deactivated', undefined]);
		expect((await ask('GET', '/api/me', undefined, { cookie })).code).toBe('signed-out');
		expect(await stage.sessions.authenticate(cookie)).toBeNull();
	});
});

describe('guessing', () => {
	const fail = (identifier: string, from = address) => signIn(identifier, 'not the password', null, from);

	test('ACCOUNT-4 an account is locked for an address after five failures, with the time; from elsewhere it is open', async () => {
		const { userName, mobile } = await somebody({ userName: 'sara', mobile: '+989121112222' });
		for (let i = 1; i < limits.failuresPerAccountAndAddress; i++) expect((await fail(userName!)).code).toBe('sign-in-wrong');
		const locked = await fail(userName!);
		expect([locked.status, locked.code]).toEqual([429, 'too-many-attempts']);
		expect(locked.until! - Date.now()).toBeGreaterThan(limits.failuresMs - 5_000);
		expect(Number(locked.response.headers.get('retry-after'))).toBeGreaterThan(limits.failuresMs / 1_000 - 5);
		// the right password, and another name of the same person, wait too
		expect((await signIn(userName!)).code).toBe('too-many-attempts');
		expect((await signIn(mobile!)).code).toBe('too-many-attempts');
		expect((await signIn(userName!, password, null, '203.0.113.9')).status).toBe(200);
		// one that nobody has is locked like it
		for (let i = 1; i <= limits.failuresPerAccountAndAddress; i++) await fail('nobody');
		expect((await fail('nobody')).code).toBe('too-many-attempts');
		expect(await kinds()).toContain('sign-in.locked');
	});

	test('ACCOUNT-4 who gets in is forgiven their mistakes', async () => {
		const { userName } = await somebody();
		for (let round = 0; round < 3; round++) {
			for (let i = 1; i < limits.failuresPerAccountAndAddress; i++) expect((await fail(userName!)).code).toBe('sign-in-wrong');
			expect((await signIn(userName!)).status).toBe(200);
		}
	});

	test('ACCOUNT-4 many tries at once are no way around it', async () => {
		const { userName } = await somebody();
		const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => signIn(userName!, i === 40 ? password : 'not the password')));
		expect(answers.filter(({ code }) => code === 'sign-in-wrong').length).toBeLessThan(limits.failuresPerAccountAndAddress);
		expect(answers.filter(({ status }) => status === 200)).toEqual([]);
	});

	test('ACCOUNT-4 many addresses are no way around it', async () => {
		const { userName } = await somebody();
		const codes = [];
		for (let i = 0; i <= limits.failuresPerAccount; i++) codes.push((await fail(userName!, `203.0.113.${i}`)).code);
		expect(codes.indexOf('too-many-attempts')).toBe(limits.failuresPerAccount - 1);
		expect((await signIn(userName!, password, null, '198.51.100.1')).code).toBe('too-many-attempts');
	});

	test('ACCOUNT-4 two hundred people behind one address all get in, one in five after a mistake; a guesser there is stopped', async () => {
		const people = Array.from({ length: 200 }, (_, i) => `person-${i}`);
		await stage.database.connection.run(async ({ orm }) => {
			await orm.execute(sql`insert into people (id, name, user_name) select 'id-' || i, '{"fa":"کسی"}', 'person-' || i from generate_series(0, 199) as i`);
			await orm.execute(sql`insert into passwords (person_id, hash) select 'id-' || i, ${hash} from generate_series(0, 199) as i`);
		});
		const came: number[] = [];
		// ten at a time: what is tested is who gets in, and not how fast
		for (let first = 0; first < people.length; first += 10) {
			const wave = people.slice(first, first + 10).map(async (name, i) => {
				if (i % 5 === 0) await fail(name);
				return (await signIn(name)).status;
			});
			came.push(...(await Promise.all(wave)));
		}
		expect(came).toEqual(Array(200).fill(200));
		const codes = [];
		for (let i = 0; i < limits.failuresPerAddress; i++) codes.push((await fail(`other-${i}`)).code);
		expect(codes.at(-1)).toBe('too-many-attempts');
		expect(codes.filter((code) => code === 'sign-in-wrong').length).toBe(limits.failuresPerAddress - 40 - 1);
		expect((await signIn('person-1', password, null, '203.0.113.9')).status).toBe(200);
	});

	test('ACCOUNT-4 it ends by itself', async () => {
		const { userName } = await somebody();
		for (let i = 0; i < limits.failuresPerAccountAndAddress; i++) await fail(userName!);
		expect((await signIn(userName!)).code).toBe('too-many-attempts');
		await stage.database.connection.run(({ sql }) => sql`update counts set until = until - make_interval(secs => ${limits.failuresMs / 1_000})`);
		expect((await signIn(userName!)).status).toBe(200);
	});

	test('PROCESS-27 failures are counted over all processes, and by nothing that can be read', async () => {
		const [here, there] = [openAccounts(stage.database), openAccounts(stage.database)];
		const { userName } = await somebody();
		const tryAt = ({ signIn }: typeof here, given: string) => signIn({ identifier: userName!, password: given, code: null }, address);
		for (let i = 1; i < limits.failuresPerAccountAndAddress; i++) expect(await tryAt(i % 2 ? here : there, 'wrong')).toBe('sign-in-wrong');
		expect(await tryAt(here, 'wrong')).toHaveProperty('lockedUntil');
		expect(await tryAt(there, password)).toHaveProperty('lockedUntil');
		const rows = await stage.database.connection.run(({ sql }) => sql`select * from counts`);
		expect(rows).toHaveLength(3);
		expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${userName}|${address}`));
	});
});

describe('the second factor', () => {
	const codeOf = (secret: string, at = Date.now()) =>
		new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({ timestamp: at });

	/** Somebody who has just turned it on. */
	async function withFactor() {
		const person = await somebody();
		const begun = await ask('POST', '/api/me/authenticator', { password }, { cookie: person.cookie });
		const { secret, address: otpauth } = begun.json as unknown as { secret: string; address: string };
		const code = codeOf(secret);
		const confirmed = await ask('POST', '/api/me/authenticator/confirm', { code }, { cookie: person.cookie });
		return { ...person, secret, otpauth, code, recoveryCodes: confirmed.json['recoveryCodes'] as string[] };
	}

	test('ACCOUNT-6 it is asked for once it is confirmed, and the password comes first', async () => {
		const { cookie, userName } = await somebody();
		expect((await ask('POST', '/api/me/authenticator', { password: 'not the password' }, { cookie })).code).toBe('password-wrong');
		const { secret, address: otpauth } = (await ask('POST', '/api/me/authenticator', { password }, { cookie })).json as { secret: string; address: string };
		expect(otpauth).toMatch(/^otpauth:\/\/totp\/Hamandish:/);
		expect(otpauth).toContain(`secret=${secret}`);
		expect((await signIn(userName!)).status).toBe(200);
		expect((await ask('POST', '/api/me/authenticator/confirm', { code: '000000' === codeOf(secret) ? '111111' : '000000' }, { cookie })).code).toBe(
			'code-wrong'
		);
		const { recoveryCodes } = (await ask('POST', '/api/me/authenticator/confirm', { code: codeOf(secret) }, { cookie })).json as { recoveryCodes: string[] };
		expect(new Set(recoveryCodes).size).toBe(10);
		for (const code of recoveryCodes) expect(code).toMatch(/^[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}$/);
		const asked = await signIn(userName!);
		expect([asked.status, asked.code, asked.cookie]).toEqual([401, 'second-factor-needed', undefined]);
		// whoever does not have the password learns nothing of it
		expect((await signIn(userName!, 'not the password')).code).toBe('sign-in-wrong');
		expect((await ask('POST', '/api/me/authenticator', { password }, { cookie })).code).toBe('second-factor-on');
		const { json } = await ask('GET', '/api/me/account', undefined, { cookie });
		expect(json).toMatchObject({ secondFactor: true, recoveryCodesLeft: 10 });
	});

	test('ACCOUNT-5 a code counts once, and a step of the clock either way', async () => {
		const { userName, secret, code } = await withFactor();
		// the code that confirmed it is used up
		expect((await signIn(userName!, password, code)).code).toBe('second-factor-wrong');
		const next = codeOf(secret, Date.now() + 30_000);
		const inPersian = next.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)]!);
		expect((await signIn(userName!, password, inPersian)).status).toBe(200);
		expect((await signIn(userName!, password, next)).code).toBe('second-factor-wrong');
		expect((await signIn(userName!, password, codeOf(secret, Date.now() + 300_000))).code).toBe('second-factor-wrong');
	});

	test('ACCOUNT-5 a recovery code counts once, however it is written', async () => {
		const { userName, recoveryCodes, cookie } = await withFactor();
		const [first = '', second = ''] = recoveryCodes;
		expect((await signIn(userName!, password, first.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'o'))).status).toBe(200);
		expect((await signIn(userName!, password, first)).code).toBe('second-factor-wrong');
		const { json } = await ask('POST', '/api/me/recovery-codes', { password }, { cookie });
		expect((await signIn(userName!, password, second)).code).toBe('second-factor-wrong');
		expect((await signIn(userName!, password, (json['recoveryCodes'] as string[])[9]!)).status).toBe(200);
		expect((await ask('GET', '/api/me/account', undefined, { cookie })).json).toMatchObject({ recoveryCodesLeft: 9 });
	});

	test('ACCOUNT-4 codes cannot be guessed either', async () => {
		const { userName, recoveryCodes } = await withFactor();
		const codes = [];
		for (let i = 0; i < limits.failuresPerAccountAndAddress; i++) codes.push((await signIn(userName!, password, `00000${i}`)).code);
		expect(codes.at(-1)).toBe('too-many-attempts');
		expect((await signIn(userName!, password, recoveryCodes[0]!)).code).toBe('too-many-attempts');
	});

	test('ACCOUNT-6 turning it off needs the password', async () => {
		const { userName, cookie } = await withFactor();
		expect((await ask('POST', '/api/me/authenticator/off', { password: 'not the password' }, { cookie })).code).toBe('password-wrong');
		expect((await ask('POST', '/api/me/authenticator/off', { password }, { cookie })).status).toBe(204);
		expect((await ask('POST', '/api/me/authenticator/off', { password }, { cookie })).code).toBe('second-factor-off');
		expect((await signIn(userName!)).status).toBe(200);
	});

	test('the database alone gives no secret and no code away', async () => {
		const { id, secret, recoveryCodes } = await withFactor();
		const [row] = await stage.database.connection.run(
			({ sql }) => sql<{ text: string }[]>`
				select (select json_agg(a)::text from authenticators a) || (select json_agg(r)::text from recovery_codes r) || (select encode(secret, 'escape') from authenticators) as text`
		);
		const raw = Buffer.from(Secret.fromBase32(secret).buffer);
		for (const hidden of [secret, raw.toString('hex'), raw.toString('base64'), ...recoveryCodes, digestOf(recoveryCodes[0]!.replaceAll('-', ''))])
			expect(row!.text).not.toContain(hidden);
		const { secret: sealed } = (await stage.database.secondFactors.find(id))!;
		expect(Buffer.from(sealed).includes(raw)).toBe(false);
	});

	test('a guess at another person’s sealed secret does not open', async () => {
		const [a, b] = [await withFactor(), await somebody()];
		await stage.database.connection.run(({ orm }) => orm.execute(sql`update authenticators set person_id = ${b.id} where person_id = ${a.id}`));
		expect((await signIn(b.userName!, password, codeOf(a.secret, Date.now() + 30_000))).status).toBe(500);
	});
});

describe('passkeys', () => {
	test('ACCOUNT-6 removing one needs the password', async () => {
		const { id, cookie } = await somebody();
		const other = await somebody();
		await stage.database.passkeys.add({
			id: 'a-key',
			person: id,
			publicKey: new Uint8Array([1]),
			counter: 0,
			transports: [],
			name: 'کلید'
		});
		const remove = (body?: unknown, by = cookie) => ask('DELETE', '/api/me/passkeys/a-key', body, { cookie: by });
		expect((await remove()).code).toBe('malformed');
		expect((await remove({})).code).toBe('malformed');
		expect((await remove({ password: 'not the password' })).code).toBe('password-wrong');
		// of somebody else it is none, whose password ever is given
		expect((await remove({ password }, other.cookie)).code).toBe('not-found');
		expect(await stage.database.passkeys.of(id)).toHaveLength(1);
		expect((await remove({ password })).status).toBe(204);
		expect(await stage.database.passkeys.of(id)).toEqual([]);
		expect(await kinds()).toContain('passkey.removed');
		expect((await remove({ password })).code).toBe('not-found');
	});
});

describe('the password', () => {
	test('ACCOUNT-8 changing it needs the old one, ends the other sessions, and leaves this one', async () => {
		const { cookie, userName } = await somebody();
		const { cookie: elsewhere } = await signIn(userName!);
		const change = (current: string | null, next: string) => ask('POST', '/api/me/password', { current, password: next }, { cookie });
		expect((await change('not the password', 'پنج واژهٔ تازه پشت سر هم')).code).toBe('password-wrong');
		expect((await change(null, 'پنج واژهٔ تازه پشت سر هم')).code).toBe('password-wrong');
		expect((await ask('GET', '/api/me', undefined, { cookie: elsewhere })).status).toBe(200);
		expect((await change(password, 'پنج واژهٔ تازه پشت سر هم')).status).toBe(204);
		expect((await ask('GET', '/api/me', undefined, { cookie: elsewhere })).code).toBe('signed-out');
		expect((await ask('GET', '/api/me', undefined, { cookie })).status).toBe(200);
		expect((await signIn(userName!)).code).toBe('sign-in-wrong');
		expect((await signIn(userName!, 'پنج واژهٔ تازه پشت سر هم')).status).toBe(200);
	});

	test('the old one cannot be guessed by whoever finds a browser open', async () => {
		const { cookie } = await somebody();
		const codes = [];
		for (let i = 0; i < limits.failuresPerAccountAndAddress; i++)
			codes.push((await ask('POST', '/api/me/password', { current: `guess ${i}`, password: 'three new words' }, { cookie })).code);
		expect(codes.at(-1)).toBe('too-many-attempts');
		expect((await ask('POST', '/api/me/password', { current: password, password: 'three new words' }, { cookie })).code).toBe('too-many-attempts');
	});

	test.each([
		['short', 'password-short'],
		['۱۲۳۴۵۶۷۸۹', 'password-short'],
		['x'.repeat(201), 'password-long'],
		['1234567890', 'password-common'],
		['۰۹۸۷۶۵۴۳۲۱', 'password-common'],
		['Password123', 'password-common'],
		['qwertyuiop', 'password-common'],
		['aaaaaaaaaaaa', 'password-common'],
		['abcabcabcabc', 'password-common'],
		['Sara.Karimi', 'password-like-name'],
		['sarakarimi1405', 'password-like-name'],
		['09121112222', 'password-like-name'],
		['مدیر دفتر یزد', 'password-like-name']
	])('%s is refused as %s, and nothing is changed', async (next, code) => {
		const { cookie, userName } = await somebody({ userName: 'sara.karimi', mobile: '+989121112222' });
		await ask('PATCH', '/api/me/profile', { name: { fa: 'مدیر دفتر یزد' } }, { cookie });
		expect((await ask('POST', '/api/me/password', { current: password, password: next }, { cookie })).code).toBe(code);
		expect((await signIn(userName!)).status).toBe(200);
	});
});

describe('the profile', () => {
	test('ACCOUNT-2 what somebody else signs in by is refused, and what was given is wrong is told', async () => {
		await somebody({ userName: 'sara', mobile: '+989121112222', email: 'sara@example.org' });
		const { cookie } = await somebody();
		for (const [body, code] of [
			[{ userName: 'SARA' }, 'user-name-taken'],
			[{ mobile: '۰۹۱۲۱۱۱۲۲۲۲' }, 'mobile-taken'],
			[{ email: 'Sara@Example.org' }, 'email-taken'],
			[{ userName: 'a b' }, 'user-name-wrong'],
			[{ userName: '12345' }, 'user-name-wrong'],
			[{ userName: 'sara@x' }, 'user-name-wrong'],
			[{ mobile: '0912' }, 'mobile-wrong'],
			[{ mobile: '+98 21 8888 0000 1' }, 'mobile-wrong'],
			[{ email: 'sara' }, 'email-wrong'],
			[{ email: 'sara@example' }, 'email-wrong'],
			[{ userName: null }, 'identifier-needed'],
			[{ userName: ' ' }, 'identifier-needed']
		] as const)
			expect((await ask('PATCH', '/api/me/profile', body, { cookie })).code, JSON.stringify(body)).toBe(code);
	});

	test('a guest of a meeting has no account to change', async () => {
		const { id, cookie } = await stage.arrive();
		await stage.database.connection.run(({ orm }) => orm.execute(sql`update people set guest = true where id = ${id}`));
		for (const [method, path, body] of [
			['GET', '/api/me/account', undefined],
			['PATCH', '/api/me/profile', { userName: 'guest' }],
			['POST', '/api/me/password', { password: 'three words in a row' }]
		] as const)
			expect((await ask(method, path, body, { cookie })).code).toBe('not-allowed');
	});
});

describe('sessions', () => {
	test('ACCOUNT-9 one’s own are listed and ended, others’ are not there', async () => {
		const person = await somebody();
		const other = await somebody();
		const { cookie } = await signIn(person.userName!);
		const list = async () => (await ask('GET', '/api/me/account', undefined, { cookie })).json['sessions'] as { id: string; current: boolean }[];
		expect((await list()).map(({ current }) => current).sort()).toEqual([false, true]);
		const theirs = digestOf(other.cookie.split('=')[1]!);
		expect((await ask('DELETE', `/api/me/sessions/${theirs}`, undefined, { cookie })).code).toBe('not-found');
		expect((await ask('DELETE', `/api/me/sessions/${(await list()).find(({ current }) => !current)!.id}`, undefined, { cookie })).status).toBe(204);
		expect((await ask('GET', '/api/me', undefined, { cookie: person.cookie })).code).toBe('signed-out');
		await signIn(person.userName!);
		expect((await ask('POST', '/api/me/sessions/end-others', undefined, { cookie })).json).toEqual({ ended: 1 });
		expect(await list()).toHaveLength(1);
		expect((await ask('GET', '/api/me', undefined, { cookie: other.cookie })).status).toBe(200);
	});
});

describe('links', () => {
	const account = (values: object = {}) => ({
		name: { fa: 'تازه‌وارد' },
		office: null,
		province: 'IR-21',
		userName: `u${newId()}`,
		mobile: null,
		email: null,
		password,
		language: 'fa',
		...values
	});
	async function link(purpose: 'invitation' | 'reset', values: Partial<typeof linkTable.$inferInsert>) {
		const token = newToken();
		await stage.database.connection.run(({ orm }) =>
			orm.insert(linkTable).values({ digest: digestOf(token), id: newId(), purpose, expiresAt: Date.now() + 60_000, usesLeft: 1, ...values })
		);
		return token;
	}

	test('ACCOUNT-11 an invitation is looked at and accepted with a new account', async () => {
		const { thinkTank } = await stage.found((await stage.arrive()).id);
		const token = await link('invitation', { thinkTankId: thinkTank, role: 'observer' });
		expect((await ask('GET', `/api/invitations/${token}`)).json).toMatchObject({ thinkTank: { id: thinkTank, role: 'observer' }, person: null });
		for (const [body, code] of [
			[account({ userName: null }), 'identifier-needed'],
			[account({ mobile: '1' }), 'mobile-wrong'],
			[account({ password: 'short' }), 'password-short']
		] as const)
			expect((await ask('POST', `/api/invitations/${token}`, body)).code).toBe(code);
		const joined = await ask('POST', `/api/invitations/${token}`, account({ userName: 'sara' }));
		expect(joined.json).toMatchObject({ thinkTank });
		expect((await ask('GET', '/api/me', undefined, { cookie: joined.cookie })).json).toMatchObject({ language: 'fa', person: { province: 'IR-21' } });
		expect((await stage.database.thinkTanks.of(joined.json['person'] as string))[0]).toMatchObject({ role: 'observer' });
		expect((await signIn('sara')).status).toBe(200);
		expect((await ask('POST', `/api/invitations/${token}`, account())).code).toBe('link-used');
		expect((await ask('GET', `/api/invitations/${token}`)).code).toBe('link-used');
	});

	test('ACCOUNT-12 whoever is here as a guest keeps their id; whoever has an account joins with it', async () => {
		const { thinkTank } = await stage.found((await stage.arrive()).id);
		const token = await link('invitation', { thinkTankId: thinkTank, role: 'member', usesLeft: null });
		const guest = await stage.arrive();
		await stage.database.connection.run(({ orm }) => orm.execute(sql`update people set guest = true where id = ${guest.id}`));
		expect((await ask('POST', `/api/invitations/${token}/join`, undefined, { cookie: guest.cookie })).code).toBe('not-allowed');
		expect((await ask('POST', `/api/invitations/${token}`, account(), { cookie: guest.cookie })).json).toEqual({ person: guest.id, thinkTank });
		const member = await stage.arrive();
		expect((await ask('POST', `/api/invitations/${token}/join`, undefined, { cookie: member.cookie })).json).toEqual({ person: member.id, thinkTank });
		expect((await stage.database.thinkTanks.of(guest.id))[0]).toMatchObject({ role: 'member' });
	});

	test('ACCOUNT-13 a reset link gives a new password; the second factor stays and nobody is signed in by it', async () => {
		const person = await somebody();
		const token = await link('reset', { personId: person.id });
		expect((await ask('GET', `/api/reset/${token}`)).json).toEqual({ name: { fa: 'کسی', en: 'Somebody' } });
		expect((await ask('POST', `/api/reset/${token}`, { password: '1234567890' })).code).toBe('password-common');
		const reset = await ask('POST', `/api/reset/${token}`, { password: 'three new words' });
		expect([reset.status, reset.cookie]).toEqual([204, undefined]);
		expect((await ask('GET', '/api/me', undefined, { cookie: person.cookie })).code).toBe('signed-out');
		expect((await signIn(person.userName!, 'three new words')).status).toBe(200);
		expect((await ask('POST', `/api/reset/${token}`, { password: 'three other words' })).code).toBe('link-used');
		expect((await ask('GET', `/api/reset/${await link('reset', { personId: person.id, revokedAt: Date.now() })}`)).code).toBe('link-revoked');
		expect((await ask('GET', `/api/reset/${await link('reset', { personId: person.id, expiresAt: Date.now() - 1 })}`)).code).toBe('link-expired');
		expect((await ask('GET', '/api/reset/x')).code).toBe('link-unknown');
	});
});

test('ACCOUNT-15 the audit log tells what happened and when, and no secret; nor does the log', async () => {
	const { cookie, userName, id } = await somebody();
	const { secret } = (await ask('POST', '/api/me/authenticator', { password }, { cookie })).json as { secret: string };
	const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
	const { recoveryCodes } = (await ask('POST', '/api/me/authenticator/confirm', { code }, { cookie })).json as { recoveryCodes: string[] };
	const wrong = 'یک گذرواژهٔ نادرست';
	await signIn(userName!, wrong);
	await signIn(`nobody ${wrong}`, wrong);
	await signIn(userName!, password, recoveryCodes[0]!);
	await signIn(userName!, password, '123456');
	await ask('POST', '/api/me/authenticator/off', { password }, { cookie });
	await ask('POST', '/api/me/password', { current: password, password: 'پنج واژهٔ تازه پشت سر هم' }, { cookie });
	expect(await kinds()).toEqual(['second-factor.on', 'sign-in.failed', 'sign-in.failed', 'sign-in', 'sign-in.failed', 'second-factor.off', 'password.changed']);
	const entries = await stage.database.audit.list(null, 100);
	expect(entries.find(({ kind }) => kind === 'sign-in')).toMatchObject({ actor: id, subject: id, address, details: { by: 'recovery-code' } });
	expect(entries.filter(({ kind }) => kind === 'sign-in.failed').map(({ actor, subject }) => [actor, subject])).toEqual([
		[null, id],
		[null, null],
		[null, id]
	]);
	const written = JSON.stringify(entries) + stage.logLines.join('');
	for (const hidden of [password, wrong, 'پنج واژهٔ تازه', secret, code, ...recoveryCodes, cookie.split('=')[1]!]) expect(written).not.toContain(hidden);
});
