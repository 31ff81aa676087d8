import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { limits } from '#realtime/meeting/limits.ts';
import { lookAtLink, makeSetUpLink, openSetUpLink } from '#server/auth/set-up-link.ts';
import { newToken } from '#server/auth/tokens.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

const name = { fa: 'مدیر' };
const given = { name, userName: 'modir', passwordHash: 'of no password' };
const make = async (now: number, togetherMs?: number) => (await makeSetUpLink(stage.database, now, togetherMs))!;

test('its holder becomes the administrator, once; from then on there is no other link', async () => {
	const now = Date.now();
	const { token } = await make(now);
	expect(await lookAtLink(stage.database, token, now)).toEqual({ purpose: 'set-up' });
	const opened = await openSetUpLink(stage.database, token, given, now);
	if (typeof opened === 'string') throw new Error(opened);
	expect(await stage.database.people.find(opened.person)).toMatchObject({ name, administrator: true });
	expect(await stage.database.accounts.findBy({ kind: 'userName', value: 'modir' })).toMatchObject({ person: opened.person, passwordHash: 'of no password' });
	expect(await lookAtLink(stage.database, token, now)).toBe('link-used');
	expect(await openSetUpLink(stage.database, token, given, now)).toBe('link-used');
	expect(await makeSetUpLink(stage.database, now)).toBeNull();
});

test('it expires', async () => {
	const now = Date.now();
	const { token, expiresAt } = await make(now);
	expect(expiresAt).toBe(now + limits.setUpLinkMs);
	expect(await lookAtLink(stage.database, token, expiresAt)).toBe('link-expired');
	expect(await openSetUpLink(stage.database, token, given, expiresAt)).toBe('link-expired');
	expect(await stage.database.people.hasAdministrator()).toBe(false);
});

test('a later start ends the link of a former one', async () => {
	const now = Date.now();
	const former = await make(now);
	const { token } = await make(now);
	expect(token).not.toBe(former.token);
	expect(await openSetUpLink(stage.database, former.token, given, now)).toBe('link-unknown');
	expect(await lookAtLink(stage.database, token, now)).toEqual({ purpose: 'set-up' });
});

test('the links of several processes that start together all work, until one is used', async () => {
	const now = Date.now();
	const former = await make(now - 1_000, 1_000);
	const beside = await make(now - 999, 1_000);
	const { token } = await make(now, 1_000);
	expect(await openSetUpLink(stage.database, former.token, given, now)).toBe('link-unknown');
	for (const works of [beside.token, token]) expect(await lookAtLink(stage.database, works, now)).toEqual({ purpose: 'set-up' });
	expect(typeof (await openSetUpLink(stage.database, beside.token, given, now))).toBe('object');
	expect(await openSetUpLink(stage.database, token, given, now)).toBe('link-used');
});

test.each(['', 'x', newToken(), '../../etc'])('%s is unknown', async (token) => {
	expect(await lookAtLink(stage.database, token, Date.now())).toBe('link-unknown');
	expect(await openSetUpLink(stage.database, token, given, Date.now())).toBe('link-unknown');
});

test('of twenty who open it at once, one becomes the administrator', async () => {
	const { token } = await make(Date.now());
	const answers = await Promise.all(
		Array.from({ length: 20 }, () =>
			stage.ask('POST', `/api/links/${token}`, { body: { name: 'مدیر سامانه', userName: 'modir', password: 'سه واژهٔ پشت سر هم' } })
		)
	);
	const statuses = answers.map(({ status }) => status).sort();
	expect(statuses).toEqual([200, ...Array<number>(19).fill(410)]);
	expect(answers.filter(({ headers }) => headers.has('set-cookie'))).toHaveLength(1);
});
