import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSessions } from '#server/auth/sessions.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { StorageError } from '#realtime/server/ports.ts';
import { digestOf, newToken } from '#server/auth/tokens.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterAll(() => stage.close());

const dayMs = 24 * 60 * 60 * 1000;
const tokenOf = (cookie: string) => cookie.split(';')[0]!.split('=')[1]!;

/** Everything in the database, as text. */
async function dump(): Promise<string> {
	const tables = await stage.database.connection.run(
		({ sql }) => sql<{ name: string }[]>`select table_name as name from information_schema.tables where table_schema = 'public'`
	);
	const rows = [];
	for (const { name } of tables) rows.push(await stage.database.connection.run(({ sql }) => sql`select row_to_json(t)::text as row from ${sql(name)} t`));
	return JSON.stringify(rows);
}

test('the database holds the digest of a token and never the token', async () => {
	const { id } = await stage.arrive();
	const token = tokenOf(await stage.sessions.signIn(id, false));
	const held = await dump();
	expect(held).toContain(digestOf(token));
	expect(held).not.toContain(token);
});

test('the digest opens nothing', async () => {
	const { cookie } = await stage.arrive();
	const [name, token = ''] = cookie.split('=');
	expect(await stage.sessions.authenticate(`${name}=${digestOf(token)}`)).toBeNull();
});

test('the cookie is locked to the host behind https, and works on plain http', async () => {
	const { id } = await stage.arrive();
	const https = await stage.sessions.signIn(id, true);
	const http = await stage.sessions.signIn(id, false);
	expect(https).toMatch(/^__Host-hamandish=/);
	for (const flag of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) expect(https).toContain(flag);
	expect(http).toMatch(/^hamandish=/);
	expect(http).not.toContain('Secure');
	for (const cookie of [https, http]) expect(await stage.sessions.authenticate(`a=b; ${cookie.split(';')[0]}; c="d`)).toMatchObject({ person: id });
});

test('where every origin is https, a cookie of plain http counts for nothing', async () => {
	const strict = openSessions(stage.database, { origins: ['https://think.example.org'] });
	const { id, cookie } = await stage.arrive();
	expect(await strict.authenticate(cookie)).toBeNull();
	expect(await strict.authenticate((await strict.signIn(id, true)).split(';')[0])).toMatchObject({ person: id });
});

test.each([undefined, '', 'hamandish', 'hamandish=', 'hamandish=short', `hamandish=${'%'.repeat(32)}`, '=;=;', `other=${'a'.repeat(32)}`])(
	'%s is nobody',
	async (cookie) => {
		expect(await stage.sessions.authenticate(cookie)).toBeNull();
		expect(await stage.sessions.read(cookie, false)).toBeNull();
	}
);

test('half way to its end a session is renewed once, with the same token; a socket renews nothing', async () => {
	const { id, cookie } = await stage.arrive();
	expect((await stage.sessions.read(cookie, false))?.renewed).toBeNull();
	const digest = digestOf(tokenOf(cookie));
	await stage.database.sessions.extend(digest, Date.now() + 10 * dayMs);
	await stage.sessions.authenticate(cookie);
	expect((await stage.database.sessions.find(digest))!.expiresAt).toBeLessThan(Date.now() + 11 * dayMs);

	const renewed = (await stage.sessions.read(cookie, false))?.renewed;
	expect(renewed && tokenOf(renewed)).toBe(tokenOf(cookie));
	expect((await stage.database.sessions.find(digest))!.expiresAt).toBeGreaterThan(Date.now() + 29 * dayMs);
	expect(await stage.sessions.read(cookie, false)).toMatchObject({ person: { id }, renewed: null });
});

test('a session that has expired is nobody, and leaves the database', async () => {
	const { cookie } = await stage.arrive();
	const digest = digestOf(tokenOf(cookie));
	await stage.database.sessions.extend(digest, Date.now() - 1);
	expect(await stage.sessions.authenticate(cookie)).toBeNull();
	expect(await stage.sessions.read(cookie, false)).toBeNull();
	expect(await stage.database.sessions.find(digest)).toBeNull();
});

test('signing out ends the session and takes both cookies off the browser', async () => {
	const { cookie } = await stage.arrive();
	const cookies = await stage.sessions.signOut(cookie);
	expect(await stage.sessions.authenticate(cookie)).toBeNull();
	expect(cookies.map((line) => line.split('=')[0])).toEqual(['__Host-hamandish', 'hamandish']);
	for (const line of cookies) expect(line).toContain('Max-Age=0');
});

test('a database that does not answer is no signed-out person', async () => {
	const failing = openSessions({ sessions: { ...stage.database.sessions, find: vi.fn().mockRejectedValue(new Error('down')) } }, { origins: [] });
	await expect(failing.authenticate(`hamandish=${'a'.repeat(32)}`)).rejects.toThrow('down');
});

test('of sessions that anybody can make up a few are looked up at a time, and no more wait than a whole hall would', async () => {
	const stands = Promise.withResolvers<null>();
	const find = vi.fn(() => stands.promise);
	const slow = openSessions({ sessions: { ...stage.database.sessions, find } }, { origins: [] });
	const waiting = Array.from({ length: limits.sessionsAsked + limits.sessionsWaiting }, () => slow.read(`hamandish=${newToken()}`, false));
	await vi.waitFor(() => expect(find).toHaveBeenCalledTimes(limits.sessionsAsked));
	await expect(slow.read(`hamandish=${newToken()}`, false)).rejects.toBeInstanceOf(StorageError);
	expect(find).toHaveBeenCalledTimes(limits.sessionsAsked);
	stands.resolve(null);
	expect(new Set(await Promise.all(waiting))).toEqual(new Set([null]));
	expect(find).toHaveBeenCalledTimes(waiting.length);
});
