import { createFounding } from '#db/seed/founding.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import { prepareBallot, unblind } from '#realtime/client/secret-ballot.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { Marks, VoteLevel } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import type { Turnout } from '#realtime/protocol/control.ts';
import { createApi } from '#server/api/api.ts';
import type { Services } from '#server/api/services.ts';
import { newId } from '#server/auth/tokens.ts';
import { openLog } from '#server/log.ts';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startEmbedded, type TestDatabase } from '../support/databases.ts';
import { serveLive, type LiveServer } from '../support/live-server.ts';

/** Votes over real sockets, and secret ballots over the API, on a real database. */

let embedded: TestDatabase;
let server: LiveServer;
let api: ReturnType<typeof createApi>;
let founding: Awaited<ReturnType<typeof createFounding>>;
let facilitator: Somebody;
let logged = '';
const open: { leave(): void }[] = [];

interface Somebody {
	id: Id;
	cookie: string;
}

interface Page {
	link: MeetingLink;
	meeting: Meeting;
	turnout: Turnout | null;
}

beforeAll(async () => {
	embedded = await startEmbedded();
	const { database } = embedded;
	// everything that there is to write down
	const log = openLog('debug', { write: (line: string) => void (logged += line) });
	server = await serveLive(database, { log });
	const { sessions, access, live } = server;
	api = createApi(async () => ({ database, sessions, access, log, live, metrics: { count() {} } }) as unknown as Services);
}, 60_000);
afterAll(async () => {
	await server.stop();
	await embedded.stop();
});

beforeEach(async () => {
	logged = '';
	facilitator = await arrive();
	founding = await createFounding(embedded.database, { facilitator: facilitator.id, language: 'fa', newId });
});
afterEach(() => {
	for (const link of open.splice(0)) link.leave();
});

async function arrive(role?: MemberRole): Promise<Somebody> {
	const id = newId();
	await embedded.database.people.create({ id, name: { fa: 'کسی' }, province: 'IR-21' });
	if (role) await embedded.database.thinkTanks.addMember(founding.thinkTank, id, role);
	return { id, cookie: await server.signIn(id) };
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 10 });

async function entered({ cookie }: Somebody): Promise<Page> {
	const page = { turnout: null } as unknown as Page;
	page.link = enterMeeting({
		url: server.origin,
		meeting: founding.meeting,
		cookie,
		changed: ({ meeting }) => (page.meeting = meeting),
		turnout: (_vote, turnout) => (page.turnout = turnout),
		ended: () => {}
	});
	open.push(page.link);
	await until(() => expect(page.meeting).toBeDefined());
	return page;
}

/** Everything that a socket of somebody in the meeting is sent, as text. */
async function overheard({ cookie }: Somebody): Promise<string[]> {
	const socket = io(server.origin, { path: '/socket.io', transports: ['websocket'], extraHeaders: { cookie }, reconnection: false });
	const sent: string[] = [];
	socket.onAny((name: string, message: unknown) => sent.push(`${name} ${JSON.stringify(message)}`));
	open.push({ leave: () => socket.close() });
	await new Promise<void>((resolve) => socket.on('connect', () => socket.emit('meeting.enter', { meeting: founding.meeting }, () => resolve())));
	return sent;
}

async function opened(desk: Page, level: VoteLevel, change: object = {}): Promise<Vote> {
	const swot = desk.meeting.agenda.find(({ kind }) => kind === 'swot')!;
	const body = { item: swot.id, rule: { kind: 'dots', budget: 5, perCard: 3 }, level, options: { cards: null }, ...change } as never;
	expect(await desk.link.command('vote.open', body)).toMatchObject({ ok: true });
	await until(() => expect(desk.meeting.votes.at(-1)?.state).toBe('open'));
	return desk.meeting.votes.at(-1)!;
}

const cast = (page: Page, vote: Vote, marks: Marks, id = newId()) => page.link.ask('ballot.cast', { vote: vote.id, id, marks });

const post = (body: object, headers: Record<string, string> = {}) =>
	api.request('/api/ballots', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });

test('VOTE-1 the cards that are on the board are voted on, as they are committed', async () => {
	const desk = await entered(facilitator);
	const vote = await opened(desk, 'open');
	const cards = await embedded.database.votes.candidates(founding.documents.swot);
	expect(vote.options.map(({ id, text }) => [id, text])).toEqual(cards.map(({ id, text }) => [id, text]));
	expect(vote.options.length).toBeGreaterThan(5);
	expect((await embedded.database.meetings.find(founding.meeting))!.votes).toEqual([vote]);
});

test('VOTE-8 while a vote is open everybody is told how many have voted, and nobody anything else', async () => {
	const desk = await entered(facilitator);
	const [one, two] = [await entered(await arrive('member')), await entered(await arrive('member'))];
	const observer = await arrive('observer');
	const heard = await overheard(observer);
	const vote = await opened(desk, 'open');
	const [a, b] = vote.options.map(({ id }) => id) as [Id, Id];
	expect(await cast(one, vote, { [a]: 3, [b]: 2 })).toEqual({ ok: true, value: null });
	await until(() => expect(desk.turnout).toEqual({ voted: 1, entitled: 3 }));
	expect(await cast(two, vote, { [b]: 1 })).toEqual({ ok: true, value: null });
	for (const page of [desk, one, two]) await until(() => expect(page.turnout).toEqual({ voted: 2, entitled: 3 }));
	// one's own after a reload, and nobody else's
	expect(await (await entered(facilitator)).link.ask('ballot.own', { vote: vote.id })).toMatchObject({ ok: true, value: { marks: null, voted: 2 } });
	expect(await one.link.ask('ballot.own', { vote: vote.id })).toMatchObject({ ok: true, value: { marks: { [a]: 3, [b]: 2 } } });
	expect(await desk.link.ask('ballot.list', { vote: vote.id })).toEqual({ ok: true, value: { ballots: [] } });
	await until(() => expect(heard.some((message) => message.startsWith('vote.turnout') && message.includes('"voted":2'))).toBe(true));
	expect(heard.filter((message) => /"marks"|"points"/.test(message))).toEqual([]);
	expect((await desk.link.command('vote.close', { vote: vote.id })).ok).toBe(true);
	await until(() => expect(two.meeting.votes[0]!.state).toBe('closed'));
	expect(two.meeting.votes[0]!.result!.tallies.slice(0, 2).map(({ points }) => points)).toEqual([3, 3]);
	expect(two.meeting).toEqual(await embedded.database.meetings.find(founding.meeting));
});

test('VOTE-8 an observer and whoever is over the budget are refused over the wire, and what they had stays', async () => {
	const desk = await entered(facilitator);
	const [member, observer] = [await entered(await arrive('member')), await entered(await arrive('observer'))];
	const vote = await opened(desk, 'unnamed');
	const [a, b] = vote.options.map(({ id }) => id) as [Id, Id];
	expect(await cast(observer, vote, { [a]: 1 })).toEqual({ ok: false, refusal: 'not-entitled' });
	expect(await cast(member, vote, { [a]: 1 })).toMatchObject({ ok: true });
	expect(await cast(member, vote, { [a]: 3, [b]: 3 })).toEqual({ ok: false, refusal: 'ballot-unfit' });
	expect(await member.link.ask('ballot.own', { vote: vote.id })).toMatchObject({ value: { marks: { [a]: 1 }, voted: 1 } });
	expect((await member.link.command('vote.close', { vote: vote.id })).ok).toBe(false);
	expect((await desk.link.command('meeting.close', {})) as object).toEqual({ ok: false, refusal: 'vote-open' });
});

test('VOTE-10 after the closing, no message and no line that was written down links a voter and a choice', async () => {
	const desk = await entered(facilitator);
	const people = await Promise.all(Array.from({ length: 6 }, () => arrive('member')));
	const pages = await Promise.all(people.map(entered));
	const heard = await overheard(await arrive('observer'));
	for (const level of ['unnamed', 'secret'] as const) {
		const vote = await opened(desk, level, { rule: { kind: 'choice' }, options: { texts: ['It is so.'] } });
		const { id } = vote.options[0]!;
		for (const [n, page] of pages.entries()) {
			const marks = { [id]: (n % 3) - 1 };
			if (level === 'unnamed') {
				expect(await cast(page, vote, marks)).toMatchObject({ ok: true });
				continue;
			}
			const ballot = await prepareBallot(vote.id, vote.key!, marks);
			const signed = await page.link.ask('ballot.sign', { vote: vote.id, blinded: ballot.blinded });
			if (!signed.ok) throw new Error(signed.refusal);
			const { token, signature } = await unblind(ballot, vote.key!, signed.value.signature);
			const written = logged.length;
			// a page of ours sends no cookie; whoever sends one all the same is not looked at
			const answer = await post({ vote: vote.id, token, signature, marks }, n === 0 ? { cookie: people[n]!.cookie } : {});
			expect(answer.status).toBe(200);
			expect(answer.headers.get('set-cookie')).toBeNull();
			expect(logged.slice(written)).toBe('');
		}
		expect((await desk.link.command('vote.close', { vote: vote.id })).ok).toBe(true);
		await until(() => expect(pages[0]!.meeting.votes.at(-1)!.state).toBe('closed'));
		const list = await desk.link.ask('ballot.list', { vote: vote.id });
		expect(list.ok && list.value.ballots.length).toBe(level === 'secret' ? 6 : 0);
		for (const { id } of people) expect(JSON.stringify(list)).not.toContain(id);
		await until(() => expect(heard.some((message) => message.includes('vote.closed') && message.includes(vote.id))).toBe(true));
	}
	const aboutVotes = heard.filter((message) => message.includes('vote.'));
	for (const message of aboutVotes) for (const { id } of people) expect(message).not.toContain(id);
	expect(aboutVotes.length).toBeGreaterThan(4);
	// what is refused is not written down either
	expect((await post({ vote: newId(), token: 'AAAA', signature: 'AAAA', marks: {} })).status).toBe(404);
	expect((await post({ vote: 'x' })).status).toBe(400);
	expect(logged.split('\n').filter((line) => /ballot/.test(line))).toEqual([]);
});
