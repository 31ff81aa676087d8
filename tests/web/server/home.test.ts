import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '#realtime/meeting/limits.ts';
import { openStage, type Stage } from './stage.ts';

interface Answer {
	now: number;
	since: number;
	meetings: { id: string; state: string; role: string }[];
	openActions: number;
	news: { about: string; what: string }[];
	thinkTanks: { id: string; role: string }[];
}

let stage: Stage;
let founding: Awaited<ReturnType<Stage['found']>>;
beforeAll(async () => {
	stage = await openStage();
	founding = await stage.found((await stage.arrive()).id);
	// the newest seconds before a look stay new after it, and what happened here is older than those
	await stage.database.connection.run(({ sql }) => sql`update meeting_events set at = at - interval '1 hour'`);
}, 60_000);
afterAll(() => stage.close());

const home = async (cookie: string): Promise<Answer> => (await (await stage.ask('GET', '/api/home', { cookie })).json()) as Answer;
const look = (cookie: string, at: number) => stage.ask('POST', '/api/home/seen', { cookie, body: { at } });

/** A member who came two days ago and has never looked at their home. */
async function member() {
	const somebody = await stage.arrive();
	await stage.database.thinkTanks.addMember(founding.thinkTank, somebody.id, 'member');
	const ago = new Date(Date.now() - 2 * 86_400_000).toISOString();
	await stage.database.connection.run(async ({ sql }) => {
		await sql`update people set created_at = ${ago} where id = ${somebody.id}`;
		await sql`update memberships set created_at = ${ago} where person_id = ${somebody.id}`;
	});
	return somebody;
}

test('HOME-1 HOME-3 a member finds the live meeting, what happened since they came, and their think tank', async () => {
	const { cookie } = await member();
	const found = await home(cookie);
	expect(found).toMatchObject({
		meetings: [{ id: founding.meeting, state: 'live', role: 'member' }],
		openActions: 0,
		actions: [],
		thinkTanks: [{ id: founding.thinkTank, role: 'member' }],
		sampleOffered: false
	});
	expect(found.news).toContainEqual(expect.objectContaining({ about: 'meeting', what: 'opened' }));
	expect(Math.abs(found.now - found.since - 2 * 86_400_000)).toBeLessThan(60_000);
	const stranger = await stage.arrive();
	expect(await home(stranger.cookie)).toMatchObject({ meetings: [], actions: [], news: [], thinkTanks: [] });
});

test('HOME-4 what was new stays so for a while in the browser that looked at it, and is old everywhere else', async () => {
	const { cookie } = await member();
	const first = await home(cookie);
	expect(first.news.length).toBeGreaterThan(0);
	// reading alone changes nothing
	expect((await home(cookie)).since).toBe(first.since);

	const seen = await look(cookie, first.now);
	expect(seen.status).toBe(204);
	const set = seen.headers.get('set-cookie')!;
	expect(set).toMatch(/HttpOnly/);
	expect(set).toMatch(new RegExp(`Max-Age=${limits.homeStaysMs / 1_000};`));
	const kept = `${cookie}; ${set.split(';')[0]!}`;

	const again = await home(kept);
	expect([again.since, again.news]).toEqual([first.since, first.news]);
	// looking once more keeps it for longer
	expect((await look(kept, again.now)).headers.get('set-cookie')!.split(';')[0]).toBe(set.split(';')[0]);
	expect((await home(kept)).since).toBe(first.since);
	// on another device, or later
	const later = await home(cookie);
	expect([later.since, later.news]).toEqual([again.now - limits.newsOverlapMs, []]);
	// what somebody else saw in this browser is nothing to whoever comes after them
	const other = await member();
	const theirs = await home(other.cookie);
	expect((await home(`${other.cookie}; ${set.split(';')[0]!}`)).since).toBe(theirs.since);
});

test('HOME-4 a cookie of one’s own making shows no more than two months', async () => {
	const { id, cookie } = await member();
	await look(cookie, Date.now());
	for (const value of ['0', '-1', '1e3', 'x', '9'.repeat(40), String(Date.now() * 2)]) {
		const { now, since } = await home(`${cookie}; hamandish-home=${id}.${value}`);
		expect(now - since, value).toBeLessThanOrEqual(limits.homeNewsMs);
		expect(since, value).toBeLessThanOrEqual(now);
	}
});

test.each([{}, { at: -1 }, { at: 1.5 }, { at: '1' }, { at: 1e300 }, { at: 1, more: 1 }])('a look of %o is malformed', async (body) => {
	const { cookie } = await stage.arrive();
	expect((await stage.ask('POST', '/api/home/seen', { cookie, body })).status).toBe(400);
});
