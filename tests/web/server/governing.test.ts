import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAction } from '#realtime/board/actions-edits.ts';
import { newId } from '#server/auth/tokens.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let administrator: { id: string; cookie: string };
let facilitator: { id: string; cookie: string };
let thinkTank: string;

const words = (fa: string) => ({ fa });
const draft = {
	name: words('اتاق'),
	host: words('میزبان'),
	purpose: words('هدف'),
	province: null,
	termFrom: null,
	termTo: null,
	mandate: [],
	facilitate: true
};

beforeAll(async () => {
	stage = await openStage();
}, 120_000);
beforeEach(async () => {
	await stage.clear();
	administrator = await stage.arrive({ administrator: true });
	facilitator = await stage.arrive();
	thinkTank = (await stage.found(facilitator.id)).thinkTank;
});
afterAll(() => stage.close());

/** Status and body of an answer. */
async function ask(by: { cookie: string }, method: string, path: string, sent?: unknown) {
	const response = await stage.ask(method, `/api${path}`, { cookie: by.cookie, body: sent });
	const text = await response.text();
	const body = (text === '' ? null : JSON.parse(text)) as { error?: { code: string } } | null;
	return { status: response.status, body: body as unknown, error: body?.error?.code ?? null };
}
const log = async () =>
	((await ask(administrator, 'GET', '/people/log')).body as { entries: { kind: string; subject: string | null; details: object }[] }).entries;

describe('a think tank', () => {
	test('TANK-1 is made by an administrator, from nothing or from a template, and facilitated by whom they say', async () => {
		const { templates } = (await ask(administrator, 'GET', '/think-tank-templates')).body as { templates: { key: string; thinkTank: object }[] };
		expect(templates.map(({ key }) => key)).toEqual(['empty', 'founding']);
		const founding = { ...draft, ...templates[1]!.thinkTank };
		const made = await ask(administrator, 'POST', '/think-tanks', founding);
		expect(made.status).toBe(201);
		const { id } = made.body as { id: string };
		const seen = (await ask(administrator, 'GET', `/think-tanks/${id}`)).body as {
			mandate: { id: string; text: object }[];
			members: { id: string }[];
			role: string;
			allowed: string[];
			templates: { key: string; meeting: { agenda: { kind: string; mandate: string | null }[] } }[];
		};
		expect(seen.mandate).toHaveLength(6);
		expect(seen.members.map(({ id }) => id)).toEqual([administrator.id]);
		expect(seen.role).toBe('facilitator');
		expect(seen.allowed).toContain('meeting.see');
		// its first meeting cites the mandate as it is now
		const [first] = seen.templates;
		expect(first!.key).toBe('founding');
		expect(first!.meeting.agenda.every(({ mandate }) => seen.mandate.some(({ id }) => id === mandate))).toBe(true);
		await ask(administrator, 'PATCH', `/think-tanks/${id}/mandate/${seen.mandate[0]!.id}`, { text: words('چیز دیگر') });
		const changed = (await ask(administrator, 'GET', `/think-tanks/${id}`)).body as typeof seen;
		expect(changed.templates[0]!.meeting.agenda.map(({ mandate }) => mandate)).toContain(null);

		const empty = await ask(administrator, 'POST', '/think-tanks', { ...draft, facilitate: false });
		expect((await ask(administrator, 'GET', `/think-tanks/${(empty.body as { id: string }).id}`)).body).toMatchObject({ members: [], role: null, mandate: [] });
	});

	test('TANK-1 an administrator who is no member sees mandate, members and the list of meetings, and no meeting', async () => {
		const seen = (await ask(administrator, 'GET', `/think-tanks/${thinkTank}`)).body as { meetings: { id: string }[]; role: null; allowed: string[] };
		expect(seen.role).toBeNull();
		expect(seen.meetings).toHaveLength(1);
		expect(seen.allowed).not.toContain('meeting.see');
		expect(seen.allowed).not.toContain('actions.see');
		expect((await ask(administrator, 'GET', `/meetings/${seen.meetings[0]!.id}`)).status).toBe(404);
	});

	test('TANK-1 its term does not end before it begins', async () => {
		const change = (term: object) => ask(facilitator, 'PATCH', `/think-tanks/${thinkTank}`, term);
		expect(await change({ termFrom: '2026-03-21', termTo: '2026-03-20' })).toMatchObject({ status: 400, error: 'term-order' });
		expect((await change({ termFrom: '2026-03-21', termTo: '2026-03-21' })).status).toBe(204);
		expect(await change({ termTo: '2025-03-20' })).toMatchObject({ error: 'term-order' });
		expect((await change({ termTo: null })).status).toBe(204);
		for (const day of ['2026-02-30', '1405-01-01', '9999-01-01', '2026-3-1', '']) expect(await change({ termTo: day })).toMatchObject({ error: 'malformed' });
	});

	test('TANK-2 once archived it is read, and nothing in it changes but that it is brought back', async () => {
		expect((await ask(facilitator, 'PUT', `/think-tanks/${thinkTank}/archived`, { archived: true })).error).toBe('not-allowed');
		expect((await ask(administrator, 'PUT', `/think-tanks/${thinkTank}/archived`, { archived: true })).status).toBe(204);
		for (const by of [facilitator, administrator]) {
			expect((await ask(by, 'GET', `/think-tanks/${thinkTank}`)).status).toBe(200);
			for (const [method, path, body] of [
				['PATCH', '', { province: null }],
				['POST', '/mandate', { text: words('بند') }],
				['POST', '/members', { person: newId(), role: 'member', office: null }],
				['POST', '/invitations', { role: 'member', uses: 1, days: 1, label: null }]
			] as const)
				expect(await ask(by, method, `/think-tanks/${thinkTank}${path}`, body)).toMatchObject({ status: 409, error: 'archived' });
		}
		expect((await ask(administrator, 'PUT', `/think-tanks/${thinkTank}/archived`, { archived: false })).status).toBe(204);
		expect((await ask(facilitator, 'PATCH', `/think-tanks/${thinkTank}`, { province: 'IR-21' })).status).toBe(204);
		expect((await log()).map(({ kind }) => kind)).toEqual(['think-tank.changed', 'think-tank.brought-back', 'think-tank.archived', 'access.denied']);
	});

	test('TANK-5 the last facilitator stays one, unless an administrator says otherwise', async () => {
		const path = `/think-tanks/${thinkTank}/members/${facilitator.id}`;
		expect(await ask(facilitator, 'PATCH', path, { role: 'member' })).toMatchObject({ status: 409, error: 'last-facilitator' });
		expect(await ask(facilitator, 'DELETE', path)).toMatchObject({ error: 'last-facilitator' });
		expect((await ask(administrator, 'PATCH', path, { role: 'member' })).status).toBe(204);
		expect(await ask(facilitator, 'PATCH', path, { role: 'facilitator' })).toMatchObject({ error: 'not-allowed' });
		expect((await log())[1]).toMatchObject({ kind: 'member.changed', subject: facilitator.id, details: { before: 'facilitator', role: 'member' } });
	});

	test('TANK-6 an invitation tells its token once, and only its digest is kept', async () => {
		const made = (await ask(facilitator, 'POST', `/think-tanks/${thinkTank}/invitations`, { role: 'chair', uses: 1, days: 7, label: 'رئیس' })).body as {
			id: string;
			token: string;
			expiresAt: number;
		};
		expect(made.token).toMatch(/^[\w-]{32}$/);
		expect(Math.abs(made.expiresAt - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);
		const listed = await ask(facilitator, 'GET', `/think-tanks/${thinkTank}/invitations`);
		expect(listed.body).toMatchObject({ invitations: [{ id: made.id, label: 'رئیس', role: 'chair', usesLeft: 1, used: 0, state: 'open' }] });
		expect(JSON.stringify(listed.body)).not.toContain(made.token);
		expect(await stage.database.links.find(made.token)).toBeNull();
		expect((await ask(facilitator, 'DELETE', `/think-tanks/${thinkTank}/invitations/${made.id}`)).status).toBe(204);
		expect((await ask(facilitator, 'GET', `/think-tanks/${thinkTank}/invitations`)).body).toMatchObject({ invitations: [{ state: 'revoked' }] });
	});

	test('TANK-8 ids of one think tank, replayed in another by somebody who governs both or one of them, change and tell nothing', async () => {
		const { id: other } = (await ask(administrator, 'POST', '/think-tanks', { ...draft, facilitate: false })).body as { id: string };
		const stranger = await stage.arrive();
		await stage.database.thinkTanks.addMember(other, stranger.id, 'facilitator');
		await ask(facilitator, 'POST', `/think-tanks/${thinkTank}/invitations`, { role: 'member', uses: 1, days: 1, label: null });
		const before = (await ask(facilitator, 'GET', `/think-tanks/${thinkTank}`)).body as { mandate: { id: string }[] };
		const { invitations } = (await ask(facilitator, 'GET', `/think-tanks/${thinkTank}/invitations`)).body as { invitations: { id: string }[] };
		const [item, invitation] = [before.mandate[0]!.id, invitations[0]!.id];
		for (const by of [stranger, administrator]) {
			for (const [method, path, body, error] of [
				['PATCH', `/mandate/${item}`, { text: words('دزدی') }, 'no-such-mandate'],
				['DELETE', `/mandate/${item}`, undefined, 'no-such-mandate'],
				['PATCH', `/members/${facilitator.id}`, { role: 'observer' }, 'no-such-person'],
				['DELETE', `/members/${facilitator.id}`, undefined, 'no-such-person'],
				['DELETE', `/invitations/${invitation}`, undefined, 'no-such-invitation']
			] as const) {
				const foreign = await ask(by, method, `/think-tanks/${other}${path}`, body);
				const missing = await ask(by, method, `/think-tanks/${other}${path.replace(/\w{20}$/, newId())}`, body);
				expect(foreign).toEqual(missing);
				expect(foreign.error).toBe(error);
			}
		}
		for (const [method, path, body] of [
			['GET', '', undefined],
			['PATCH', '', { province: null }],
			['GET', '/invitations', undefined],
			['DELETE', `/invitations/${invitation}`, undefined],
			['PATCH', `/mandate/${item}`, { progress: 1 }],
			['GET', '/candidates?search=x', undefined],
			['DELETE', `/members/${facilitator.id}`, undefined]
		] as const) {
			const foreign = await ask(stranger, method, `/think-tanks/${thinkTank}${path}`, body);
			expect(foreign).toEqual(await ask(stranger, method, `/think-tanks/${newId()}${path}`, body));
			expect(foreign.status).toBe(404);
		}
		expect((await ask(facilitator, 'GET', `/think-tanks/${thinkTank}`)).body).toEqual(before);
	});

	test.each([
		['a line break', 'یک\nدو'],
		['a turn of direction', 'a\u202eb'],
		['an isolate', 'a\u2067b'],
		['a control character', 'a\u0000b'],
		['half a character', 'a\ud800b'],
		['ten thousand marks', `a${'\u0301'.repeat(900)}`],
		['nothing', '   '],
		['too much', 'a'.repeat(1001)]
	])('TANK-9 refuses %s in every text, and changes nothing', async (_, fa) => {
		const before = await ask(facilitator, 'GET', `/think-tanks/${thinkTank}`);
		for (const [by, method, path, body] of [
			[administrator, 'POST', '/think-tanks', { ...draft, name: { fa } }],
			[administrator, 'POST', '/think-tanks', { ...draft, mandate: [{ fa }] }],
			[facilitator, 'PATCH', `/think-tanks/${thinkTank}`, { host: { fa } }],
			[facilitator, 'PATCH', `/think-tanks/${thinkTank}`, { purpose: { fa } }],
			[facilitator, 'POST', `/think-tanks/${thinkTank}/mandate`, { text: { fa } }],
			[facilitator, 'PATCH', `/think-tanks/${thinkTank}/members/${facilitator.id}`, { office: { fa } }],
			[facilitator, 'POST', `/think-tanks/${thinkTank}/invitations`, { role: 'member', uses: 1, days: 1, label: fa }],
			[administrator, 'PATCH', `/people/${facilitator.id}`, { name: { fa } }],
			[administrator, 'PATCH', `/people/${facilitator.id}`, { office: { fa } }]
		] as const)
			expect(await ask(by, method, path, body), `${method} ${path}`).toMatchObject({ status: 400, error: 'malformed' });
		expect(await ask(facilitator, 'GET', `/think-tanks/${thinkTank}`)).toEqual(before);
	});

	test.each(['<script>alert(1)</script>', '=HYPERLINK("x")', "'; drop table people; --", '{{7*7}}', '\u200fمتن'])(
		'TANK-9 keeps %s as the text it is',
		async (fa) => {
			expect((await ask(facilitator, 'PATCH', `/think-tanks/${thinkTank}`, { name: { fa } })).status).toBe(204);
			expect((await ask(facilitator, 'GET', `/think-tanks/${thinkTank}`)).body).toMatchObject({ thinkTank: { name: { fa } } });
		}
	);
});

describe('people', () => {
	test('PEOPLE-2 the last administrator stays one', async () => {
		expect(await ask(administrator, 'PATCH', `/people/${administrator.id}`, { administrator: false })).toMatchObject({
			status: 409,
			error: 'last-administrator'
		});
		expect(await ask(administrator, 'POST', `/people/${administrator.id}/deactivate`)).toMatchObject({ error: 'last-administrator' });
		expect((await ask(administrator, 'PATCH', `/people/${facilitator.id}`, { administrator: true })).status).toBe(204);
		expect((await ask(facilitator, 'PATCH', `/people/${administrator.id}`, { administrator: false })).status).toBe(204);
		expect(await ask(administrator, 'GET', '/people')).toMatchObject({ status: 403 });
	});

	test('PEOPLE-3 who is deactivated is signed out at once', async () => {
		expect((await ask(administrator, 'POST', `/people/${facilitator.id}/deactivate`)).status).toBe(204);
		expect(await ask(facilitator, 'GET', '/me')).toMatchObject({ status: 401 });
		expect(await ask(administrator, 'POST', `/people/${facilitator.id}/reset`, { secondFactor: false })).toMatchObject({ error: 'no-account' });
		expect(await ask(administrator, 'POST', `/people/${facilitator.id}/deactivate`)).toMatchObject({ error: 'no-account' });
		expect((await ask(administrator, 'POST', `/people/${facilitator.id}/reactivate`)).status).toBe(204);
		expect(await ask(facilitator, 'GET', '/me')).toMatchObject({ status: 401 });
	});

	test('PEOPLE-4 an administrator gets a link for a person, and never a password or a secret', async () => {
		const made = await ask(administrator, 'POST', `/people/${facilitator.id}/reset`, { secondFactor: true });
		expect(made.status).toBe(201);
		const { token, expiresAt } = made.body as { token: string; expiresAt: number };
		expect(token).toMatch(/^[\w-]{32}$/);
		expect(Math.abs(expiresAt - Date.now() - 86_400_000)).toBeLessThan(60_000);
		const seen = await ask(administrator, 'GET', `/people/${facilitator.id}`);
		expect(Object.keys(seen.body as object).filter((key) => /hash|secret|token|digest/i.test(key))).toEqual([]);
		expect((await log())[0]).toMatchObject({ kind: 'reset.made', subject: facilitator.id, details: { secondFactor: true } });
		expect(JSON.stringify(await log())).not.toContain(token);
	});

	test('PEOPLE-5 open actions are handed over to a member, and to nobody where the other is none', async () => {
		const receiver = await stage.arrive();
		const { id: other } = (await ask(administrator, 'POST', '/think-tanks', { ...draft, facilitate: false })).body as { id: string };
		await stage.database.thinkTanks.addMember(thinkTank, receiver.id, 'member');
		for (const id of [thinkTank, other]) {
			const { actions } = (await stage.database.thinkTanks.details(id))!;
			const values = { id: newId(), author: administrator.id, createdAt: 1, origin: null, what: 'کار', person: facilitator.id };
			await stage.services.live!.edit(actions, administrator.id, (doc) => createAction(doc, values));
			await stage.services.live!.projectNow(actions);
		}
		expect((await ask(administrator, 'GET', `/people/${facilitator.id}`)).body).toMatchObject({ openActionCount: 2 });
		expect(await ask(administrator, 'POST', `/people/${facilitator.id}/hand-over`, { to: newId() })).toMatchObject({ error: 'no-account' });
		expect(await ask(administrator, 'POST', `/people/${facilitator.id}/hand-over`, { to: facilitator.id })).toMatchObject({ error: 'no-account' });
		const done = await ask(administrator, 'POST', `/people/${facilitator.id}/hand-over`, { to: receiver.id });
		expect(done.body).toEqual({ handedOver: 2 });
		expect((await ask(administrator, 'GET', `/people/${facilitator.id}`)).body).toMatchObject({ openActionCount: 0 });
		expect((await ask(administrator, 'GET', `/people/${receiver.id}`)).body).toMatchObject({ openActionCount: 1 });
	});

	test('PEOPLE-6 a denial is noted once and not for every repetition; the log is read a page at a time', async () => {
		for (let i = 0; i < 5; i++) await ask(facilitator, 'GET', '/people');
		await ask(facilitator, 'POST', '/think-tanks', draft);
		const denied = (await log()).filter(({ kind }) => kind === 'access.denied');
		expect(denied.map(({ details }) => details)).toEqual([
			{ method: 'POST', path: '/api/think-tanks' },
			{ method: 'GET', path: '/api/people' }
		]);
		for (let i = 0; i < 60; i++) await stage.database.audit.add({ kind: 'person.changed', actor: administrator.id });
		const first = (await ask(administrator, 'GET', '/people/log?kind=person.changed')).body as { entries: object[]; before: number };
		expect(first.entries).toHaveLength(50);
		const second = (await ask(administrator, 'GET', `/people/log?kind=person.changed&before=${first.before}`)).body as { entries: object[]; before: null };
		expect([second.entries.length, second.before]).toEqual([10, null]);
		for (const query of ['kind=nothing', 'before=x', 'before=-1'])
			expect(await ask(administrator, 'GET', `/people/log?${query}`)).toMatchObject({ error: 'malformed' });
	});
});
