import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { StorageError } from '#realtime/server/ports.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterAll(() => stage.close());

test('the sample is offered to an administrator of an empty installation, and made once by however many clicks', async () => {
	const { cookie } = await stage.arrive({ administrator: true });
	const other = await stage.arrive();
	const home = async (cookie: string) => (await stage.ask('GET', '/api/home', { cookie })).json();
	expect(await home(cookie)).toMatchObject({ thinkTanks: [], sampleOffered: true });
	expect(await home(other.cookie)).toMatchObject({ thinkTanks: [], sampleOffered: false });

	const made = await Promise.all(Array.from({ length: 5 }, () => stage.ask('POST', '/api/sample', { cookie, body: { language: 'fa' } })));
	expect(made.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404, 404]);
	const sample = (await made.find(({ status }) => status === 201)!.json()) as { thinkTank: string; meeting: string; activity: string };

	expect(await home(cookie)).toMatchObject({
		sampleOffered: false,
		thinkTanks: [{ id: sample.thinkTank, role: 'facilitator' }],
		meetings: [{ id: sample.meeting, number: 1, state: 'live' }]
	});
	const { meeting } = (await (await stage.ask('GET', `/api/meetings/${sample.meeting}`, { cookie })).json()) as {
		meeting: { agenda: { id: string; kind: string }[] };
	};
	expect(meeting.agenda.find(({ id }) => id === sample.activity)?.kind).toBe('swot');
});

test.each([
	[false, 503, 'storage-unavailable'],
	[true, 507, 'storage-full']
])('a database that fails (full: %s) answers %i, and is in the log', async (full, status, code) => {
	const { cookie } = await stage.arrive();
	const failing = vi.spyOn(stage.database.people, 'change').mockRejectedValueOnce(new StorageError('down', { full }));
	const response = await stage.ask('PATCH', '/api/me', { cookie, body: { theme: 'dark' } });
	expect([response.status, await response.json()]).toEqual([status, { error: { code } }]);
	expect(stage.logLines.at(-2)).toContain(code);
	failing.mockRestore();
});

test('an error nobody foresaw says nothing of itself', async () => {
	const { cookie } = await stage.arrive();
	const failing = vi.spyOn(stage.database.people, 'change').mockRejectedValueOnce(new Error('a secret at /srv/app'));
	const response = await stage.ask('PATCH', '/api/me', { cookie, body: { theme: 'dark' } });
	expect([response.status, await response.text()]).toEqual([500, '{"error":{"code":"unexpected"}}']);
	failing.mockRestore();
});

test('outside the demo no link signs anybody in with one click', async () => {
	expect((await stage.ask('GET', `/api/demo/enter/${'a'.repeat(32)}`)).status).toBe(404);
});
