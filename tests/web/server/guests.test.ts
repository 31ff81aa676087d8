import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { provincesInOrder } from '#lib/guests/way-in.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { countKnocks } from '#server/auth/knocks.ts';
import { digestOf, newId, newToken } from '#server/auth/tokens.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let founding: Awaited<ReturnType<Stage['found']>>;
let facilitator: { id: string; cookie: string };
beforeAll(async () => {
	stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
	await stage.clear();
	stage.doorsChanged.length = 0;
	facilitator = await stage.arrive();
	founding = await stage.found(facilitator.id);
});

const who = { name: 'ناهید کریمی', province: 'IR-21', office: null };

/** Makes a link as a page would. */
async function makeLink(body: Record<string, unknown> = {}): Promise<{ id: string; token: string }> {
	const answer = await stage.ask('POST', `/api/meetings/${founding.meeting}/guest-links`, {
		cookie: facilitator.cookie,
		body: { label: null, approval: false, hours: 24, ...body }
	});
	expect(answer.status).toBe(201);
	return (await answer.json()) as { id: string; token: string };
}

interface Opened {
	standing: string;
	into: { meeting: string; activity: string } | null;
	me: { id: string } | null;
}
async function enter(token: string, options: { cookie?: string; body?: unknown } = {}) {
	const { cookie, body = { who } } = options;
	const response = await stage.ask('POST', `/api/guest/${token}/enter`, {
		...(cookie !== undefined && { cookie }),
		body
	});
	const answer = (await response.json()) as Opened & { error?: { code: string } };
	return { status: response.status, code: answer.error?.code ?? null, opened: answer, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? null };
}
const look = async (token: string, cookie?: string) =>
	(await (await stage.ask('GET', `/api/guest/${token}`, cookie === undefined ? {} : { cookie })).json()) as Opened & { error?: { code: string } };

test('GUEST-1 the token is answered once, and its digest is all that is kept', async () => {
	const { token, id } = await makeLink({ label: 'دفتر یزد', approval: true });
	expect(Buffer.from(token, 'base64url')).toHaveLength(24);
	const [link] = await stage.database.guests.linksOf(founding.meeting);
	expect(link).toMatchObject({ id, label: 'دفتر یزد', approval: true });
	const listed = await stage.ask('GET', `/api/meetings/${founding.meeting}/guests`, { cookie: facilitator.cookie });
	expect(await listed.text()).not.toContain(token);
	const kept = await stage.database.connection.run(({ sql }) => sql<{ row: string }[]>`select row_to_json(links)::text as row from links`);
	expect(JSON.stringify(kept)).toContain(digestOf(token));
	expect(JSON.stringify(kept)).not.toContain(token);
	expect(stage.logLines.join('')).not.toContain(token);
});

test('GUEST-1 a link says which meeting of which think tank it is, and nothing more', async () => {
	const { token } = await makeLink();
	expect(await look(token)).toEqual({
		meeting: { number: 1, title: expect.anything() as unknown, state: 'live', startsAt: expect.any(Number) as number, minutes: expect.any(Number) as number },
		thinkTank: expect.anything() as unknown,
		approval: false,
		me: null,
		standing: 'none',
		into: null
	});
	for (const unknown of [newToken(), 'x', digestOf(token)]) expect((await look(unknown)).error?.code).toBe('link-unknown');
});

test('GUEST-1 no link is made for a meeting that is over, or of another meeting revoked', async () => {
	const { id } = await makeLink();
	const other = await stage.found(facilitator.id);
	expect((await stage.ask('DELETE', `/api/meetings/${other.meeting}/guest-links/${id}`, { cookie: facilitator.cookie })).status).toBe(404);
	await stage.database.connection.run(({ sql }) => sql`update meetings set state = 'closed'`);
	const refused = await stage.ask('POST', `/api/meetings/${founding.meeting}/guest-links`, {
		cookie: facilitator.cookie,
		body: { label: null, approval: true, hours: 1 }
	});
	expect(await refused.json()).toEqual({ error: { code: 'meeting-closed' } });
	// and what was open can still be revoked
	expect((await stage.ask('DELETE', `/api/meetings/${founding.meeting}/guest-links/${id}`, { cookie: facilitator.cookie })).status).toBe(204);
});

test('GUEST-2 a name and a province are exchanged once for a session, which is the same guest from then on', async () => {
	const { token } = await makeLink();
	const came = await enter(token);
	expect(came.opened).toMatchObject({ standing: 'admitted', into: { meeting: founding.meeting } });
	const cookie = came.cookie!;
	const me = (await (await stage.ask('GET', '/api/me', { cookie })).json()) as { person: { id: string }; guest: boolean };
	expect(me).toMatchObject({ person: { name: { fa: who.name }, province: 'IR-21', office: null }, guest: true, administrator: false });
	const again = await enter(token, { cookie, body: { who: { ...who, name: 'کسی دیگر' } } });
	expect(again).toMatchObject({ status: 200, cookie: null, opened: { me: { id: me.person.id }, standing: 'admitted' } });
	expect(await stage.database.guests.of(founding.meeting)).toHaveLength(1);
	expect((await enter(token, { body: { who: null } })).code).toBe('signed-out');
});

test('FOLLOW-4 a link leads to where the meeting is', async () => {
	const { token } = await makeLink();
	const point = founding.activities.brainstorm;
	const command = { name: 'meeting.turn', body: { item: point } };
	const turned = await stage.ask('POST', `/api/meetings/${founding.meeting}/commands`, { cookie: facilitator.cookie, body: { id: newId(), command } });
	expect(turned.status).toBe(200);
	expect((await enter(token)).opened.into).toMatchObject({ meeting: founding.meeting, activity: point });
});

test('GUEST-2 members go in as members, whatever became of the link, and people of elsewhere under their own name', async () => {
	const { token, id } = await makeLink({ approval: true });
	const stranger = await stage.arrive();
	expect(await enter(token, { cookie: stranger.cookie, body: { who: null } })).toMatchObject({ cookie: null, opened: { standing: 'waiting', into: null } });
	expect(await stage.database.people.find(stranger.id)).toMatchObject({ guest: false });
	await stage.ask('DELETE', `/api/meetings/${founding.meeting}/guest-links/${id}`, { cookie: facilitator.cookie });
	expect((await enter(token, { cookie: facilitator.cookie, body: { who: null } })).opened).toMatchObject({
		standing: 'member',
		into: { meeting: founding.meeting }
	});
	expect((await stage.database.guests.of(founding.meeting)).map((guest) => guest.id)).toEqual([stranger.id]);
	expect((await look(token)).error?.code).toBe('link-revoked');
	expect((await look(token, stranger.cookie)).error?.code).toBe('link-revoked');
});

test('GUEST-3 somebody at the door sees nothing, and what they are told changes with the decision', async () => {
	const { token } = await makeLink({ approval: true });
	const { cookie, opened } = await enter(token);
	expect(opened).toMatchObject({ standing: 'waiting', into: null });
	expect(stage.doorsChanged).toEqual([founding.meeting]);
	const waiting = async () => (await stage.ask('GET', `/api/meetings/${founding.meeting}`, { cookie: cookie! })).status;
	expect(await waiting()).toBe(404);
	const decide = (state: string) =>
		stage.ask('POST', `/api/meetings/${founding.meeting}/guests/${opened.me!.id}`, { cookie: facilitator.cookie, body: { state } });
	expect((await decide('admitted')).status).toBe(204);
	expect(stage.doorsChanged).toEqual([founding.meeting, founding.meeting]);
	expect(await look(token, cookie!)).toMatchObject({ standing: 'admitted', into: { meeting: founding.meeting } });
	expect(await waiting()).toBe(200);
	expect((await decide('refused')).status).toBe(204);
	expect(await look(token, cookie!)).toMatchObject({ standing: 'refused', into: null });
	expect(await waiting()).toBe(404);
});

test('GUEST-3 who is let in before the meeting begins has to wait for it', async () => {
	await stage.database.connection.run(({ sql }) => sql`update meetings set state = 'scheduled'`);
	const { token } = await makeLink();
	const { cookie, opened } = await enter(token);
	expect(opened).toMatchObject({ standing: 'admitted', into: null, meeting: { state: 'scheduled' } });
	await stage.database.connection.run(({ sql }) => sql`update meetings set state = 'live'`);
	expect((await look(token, cookie!)).into).toMatchObject({ meeting: founding.meeting });
});

test('GUEST-4 a guest’s own pages are only the meetings that they came to', async () => {
	const { token } = await makeLink();
	const { cookie } = await enter(token);
	const of = async (path: string) => (await stage.ask('GET', path, { cookie: cookie! })).json();
	expect(await of('/api/home')).toMatchObject({ thinkTanks: [], sampleOffered: false });
	expect(await of('/api/me/guest-meetings')).toMatchObject({ meetings: [{ id: founding.meeting, guest: 'admitted' }] });
	const other = await stage.found(facilitator.id);
	for (const path of [`/api/meetings/${other.meeting}`, `/api/documents/${other.documents.swot}/people`, `/api/documents/${other.documents.swot}/factors`])
		expect((await stage.ask('GET', path, { cookie: cookie! })).status).toBe(404);
});

describe('GUEST-7 a link cannot be flooded', () => {
	test('GUEST-7 one address has its limit, others are not in it, and who is a guest comes back', async () => {
		const knocks = countKnocks(stage.database);
		const outcomes = [];
		for (let i = 0; i < limits.knocksPerAddress + 1; i++) outcomes.push(await knocks.admit('link', '192.0.2.1'));
		expect([outcomes.filter(Boolean).length, outcomes.at(-1)]).toEqual([limits.knocksPerAddress, false]);
		expect(await knocks.admit('other link', '192.0.2.1')).toBe(false);
		expect(await knocks.admit('link', '192.0.2.2')).toBe(true);
		const fromEverywhere = [];
		for (let i = 0; i < limits.knocksPerLink; i++) fromEverywhere.push(await knocks.admit('link', `198.51.100.${i % 250}`));
		// the refused ones of the first address did not count
		expect(fromEverywhere.filter(Boolean)).toHaveLength(limits.knocksPerLink - limits.knocksPerAddress - 1);
	});

	test('GUEST-7 the route counts those who come, and not those who come back', async () => {
		const admit = vi.spyOn(stage.services.knocks, 'admit');
		const { token } = await makeLink();
		const { cookie } = await enter(token);
		await enter(token, { cookie: cookie! });
		expect(admit.mock.calls).toEqual([[digestOf(token), null]]);
		admit.mockResolvedValueOnce(false);
		expect(await enter(token)).toMatchObject({ status: 429, code: 'too-many-guests', cookie: null });
		expect(await stage.database.guests.of(founding.meeting)).toHaveLength(1);
		admit.mockRestore();
	});
});

test('GUEST-9 links and guests stand in the audit log, and no token does', async () => {
	const { token, id } = await makeLink({ approval: true });
	const { opened } = await enter(token);
	const guest = opened.me!.id;
	for (const state of ['admitted', 'refused'])
		await stage.ask('POST', `/api/meetings/${founding.meeting}/guests/${guest}`, { cookie: facilitator.cookie, body: { state } });
	await stage.ask('DELETE', `/api/meetings/${founding.meeting}/guest-links/${id}`, { cookie: facilitator.cookie });
	const direct = await makeLink();
	const straight = await enter(direct.token);
	const entries = await stage.database.audit.list(null, 20);
	expect(entries.map(({ kind, actor, subject }) => [kind, actor, subject]).reverse()).toEqual([
		['guest-link.made', facilitator.id, id],
		['guest.admitted', facilitator.id, guest],
		['guest.refused', facilitator.id, guest],
		['guest-link.revoked', facilitator.id, id],
		['guest-link.made', facilitator.id, direct.id],
		['guest.admitted', straight.opened.me!.id, straight.opened.me!.id]
	]);
	expect(new Set(entries.map(({ thinkTank }) => thinkTank))).toEqual(new Set([founding.thinkTank]));
	for (const secret of [token, digestOf(token)]) expect(JSON.stringify(entries)).not.toContain(secret);
});

test('no guest is decided about who is none', async () => {
	const decided = await stage.ask('POST', `/api/meetings/${founding.meeting}/guests/${newId()}`, { cookie: facilitator.cookie, body: { state: 'admitted' } });
	expect(decided.status).toBe(404);
	expect(await stage.database.audit.list(null, 5)).toEqual([]);
});

test('provinces stand in the order of the reader’s alphabet', () => {
	const persian = provincesInOrder('fa').map(({ name }) => name);
	expect(persian).toHaveLength(31);
	expect(persian.slice(0, 5)).toEqual(['آذربایجان شرقی', 'آذربایجان غربی', 'اردبیل', 'اصفهان', 'البرز']);
	// after ک comes گ, and پ چ ژ گ stand where the Persian alphabet has them
	expect(persian.indexOf('گلستان')).toBeGreaterThan(persian.indexOf('کهگیلویه و بویراحمد'));
	expect(persian.indexOf('گیلان')).toBeLessThan(persian.indexOf('لرستان'));
	expect(persian.at(-1)).toBe('یزد');
	expect(provincesInOrder('en').map(({ name }) => name)[0]).toBe('Alborz');
});
