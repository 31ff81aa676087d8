import { createFounding } from '#db/seed/founding.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import { openVote } from '#realtime/meeting/voting.ts';
import type { Hidden, Present, Pulse, Turnout, Unconducted, Waiting } from '#realtime/protocol/control.ts';
import { InOrder } from '#realtime/server/meetings/in-order.ts';
import type { Standing } from '#realtime/server/meetings/standing.ts';
import { digestOf, newId, newToken } from '#server/auth/tokens.ts';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { addPerson, startEmbedded, type TestDatabase } from '../support/databases.ts';
import { Hub } from '../support/hub.ts';
import { serveLive, type LiveServer } from '../support/live-server.ts';

/** Meetings of people who are split over two processes, which speak over a bus that can be cut. */

interface Somebody {
	id: Id;
	cookie: string;
}

/** A page of somebody, and what it was told. */
interface Page {
	who: Somebody;
	link: MeetingLink;
	meeting: Meeting;
	present: Present;
	happened: MeetingEvent[];
	/** how often it asked how the meeting stands */
	entries: number;
	pulse: Pulse;
	hidden: Hidden[];
	waiting: Waiting[];
	unconducted: Unconducted | null;
	turnout: Turnout | null;
	gathered: number;
	late: number;
	ended: string | null;
}

let embedded: TestDatabase;
let hub: Hub;
let seats: Record<'one' | 'two', ReturnType<Hub['join']>>;
let one: LiveServer;
let two: LiveServer;
let founding: Awaited<ReturnType<typeof createFounding>>;
let facilitator: Somebody;
const open: MeetingLink[] = [];

beforeAll(async () => {
	embedded = await startEmbedded();
}, 60_000);
afterAll(() => embedded.stop());
beforeEach(async () => {
	hub = new Hub();
	seats = { one: hub.join('one'), two: hub.join('two') };
	[one, two] = await Promise.all([
		serveLive(embedded.database, { bus: seats.one, unconductedMs: 0 }),
		serveLive(embedded.database, { bus: seats.two, unconductedMs: 0 })
	]);
	facilitator = await arrive();
	founding = await createFounding(embedded.database, { facilitator: facilitator.id, language: 'fa', newId });
});
afterEach(async () => {
	for (const link of open.splice(0)) link.leave();
	await Promise.all([one.stop(), two.stop()]);
});

async function arrive(role?: MemberRole): Promise<Somebody> {
	const id = await addPerson(embedded.database);
	if (role) await embedded.database.thinkTanks.addMember(founding.thinkTank, id, role);
	return { id, cookie: await one.signIn(id) };
}

async function entered({ origin }: LiveServer, who: Somebody): Promise<Page> {
	const page = { who, happened: [], entries: 0, gathered: 0, late: 0, unconducted: null, turnout: null, ended: null } as unknown as Page;
	page.link = enterMeeting({
		meeting: founding.meeting,
		connect() {
			const socket = io(origin, { path: '/socket.io', transports: ['websocket'], extraHeaders: { cookie: who.cookie } });
			socket.onAnyOutgoing((name) => void (name === 'meeting.enter' && page.entries++));
			return socket as never;
		},
		changed: ({ meeting, present }) => Object.assign(page, { meeting, present }),
		happened: (events) => page.happened.push(...events),
		pulse: (pulse) => (page.pulse = pulse),
		hidden: (hidden) => (page.hidden = [...hidden]),
		door: (waiting) => (page.waiting = [...waiting]),
		unconducted: (unconducted) => (page.unconducted = unconducted),
		turnout: (_vote, turnout) => (page.turnout = turnout),
		gathered: () => page.gathered++,
		late: () => page.late++,
		ended: (reason) => (page.ended = reason)
	});
	open.push(page.link);
	await until(() => expect(page.meeting).toBeDefined());
	return page;
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 8_000, interval: 10 });
const stored = () => embedded.database.meetings.find(founding.meeting);
const done = async (answer: ReturnType<MeetingLink['command']>) => {
	const given = await answer;
	return given.ok ? 'done' : given.refusal;
};
const idsOf = (present: Present) => present.map(({ id }) => id).sort();

describe('what is decided', () => {
	test('PROCESS-20 what either process decides, pages of both carry out in one order, and none has to enter anew', async () => {
		const other = await arrive('facilitator');
		const pages = [
			await entered(one, facilitator),
			await entered(two, other),
			await entered(one, await arrive('member')),
			await entered(two, await arrive('observer'))
		];
		const [a, b] = pages as [Page, Page];
		const from = a.meeting.version;
		const ids = a.meeting.agenda.map(({ id }) => id);
		const asked = Array.from({ length: 30 }, (_, n) => [
			a.link.command('agenda.change', { item: ids[n % ids.length]!, minutes: 5 + n }),
			b.link.command('meeting.describe', { place: `تالار ${n}` })
		]).flat();
		expect(new Set(await Promise.all(asked.map(done)))).toEqual(new Set(['done']));
		const now = await stored();
		for (const page of pages) await until(() => expect(page.meeting).toEqual(now));
		const events = await embedded.database.meetings.eventsBetween(founding.meeting, from, now!.version);
		for (const { happened, entries } of pages) {
			expect(happened.slice(-events.length)).toEqual(events);
			expect(entries).toBe(1);
		}
	});

	test('PROCESS-20 what was decided while nothing can be told comes out of the database, in order, and nobody enters anew', async () => {
		const other = await arrive('facilitator');
		const [a, b] = [await entered(one, facilitator), await entered(two, other)];
		hub.cut();
		expect(await done(a.link.command('meeting.describe', { place: 'یک' }))).toBe('done');
		// decided after what this process has not heard of
		expect(await done(b.link.command('meeting.describe', { place: 'دو' }))).toBe('done');
		expect(await done(a.link.command('meeting.describe', { place: 'سه' }))).toBe('done');
		for (const page of [a, b]) await until(() => expect(page.happened).toMatchObject([{ place: 'یک' }, { place: 'دو' }, { place: 'سه' }]));
		hub.heal();
		expect(await done(b.link.command('meeting.describe', { place: 'چهار' }))).toBe('done');
		for (const page of [a, b]) await until(() => expect(page.happened).toHaveLength(4));
		expect(a.meeting).toEqual(b.meeting);
		expect([a.entries, b.entries]).toEqual([1, 1]);
	});

	test('PROCESS-20 events that come out of order, twice or not at all are told once and in order', async () => {
		const events = Array.from({ length: 9 }, (_, n): MeetingEvent => ({ name: 'facilitator.named', person: `person ${n}` }));
		const now = (version: number): Standing => ({ meeting: 'm', version, state: 'live', coFacilitators: [], secret: false });
		const told: { from: number; people: string[] }[] = [];
		let lost = false;
		let committed = 9;
		const inOrder = new InOrder({
			meetings: {
				find: async () => ({ id: 'm', version: committed, state: 'live', coFacilitators: [], agenda: [], point: null }) as unknown as Meeting,
				versions: async () => new Map([['m', committed]]),
				async eventsBetween(_meeting, from, to) {
					if (lost) throw new Error('away');
					return events.slice(from, to);
				}
			},
			isHere: () => true,
			tell: async ({ from, events }) => void told.push({ from, people: events.map((event) => (event as { person: string }).person) }),
			log: { info() {}, warn() {}, error() {} }
		});
		const happened = (from: number, to: number) => inOrder.happened({ from, events: events.slice(from, to), now: now(to) });
		await inOrder.read('m', 2);
		committed = 5;
		await Promise.all([happened(4, 5), happened(2, 4), happened(4, 5)]);
		committed = 6;
		await Promise.all([happened(5, 6), happened(3, 6)]);
		// what lies between cannot be read: pages find out by themselves
		lost = true;
		committed = 8;
		await happened(7, 8);
		lost = false;
		committed = 9;
		await inOrder.lookUp();
		await inOrder.lookUp();
		expect(told).toEqual([
			{ from: 2, people: ['person 2', 'person 3', 'person 4'] },
			{ from: 5, people: ['person 5'] },
			{ from: 7, people: ['person 7'] },
			{ from: 8, people: ['person 8'] }
		]);
	});

	test('PROCESS-20 a document may be written, or no longer, on both processes before anybody is told', async () => {
		const [a, b] = [await entered(one, facilitator), await entered(two, await arrive('member'))];
		expect(await done(a.link.command('meeting.close', {}))).toBe('done');
		await until(() => expect(b.meeting.state).toBe('closed'));
		expect(await done(b.link.command('meeting.describe', { place: 'x' }))).toBe('not-allowed');
	});
});

describe('what is of the moment', () => {
	test('PROCESS-21 who is in a meeting is everybody, each once, whichever process they came to, and a process that is gone takes its people with it', async () => {
		const [member, observer] = [await arrive('member'), await arrive('observer')];
		const a = await entered(one, facilitator);
		const pages = [a, await entered(two, member), await entered(one, member), await entered(two, observer)];
		const all = [facilitator.id, member.id, observer.id].sort();
		for (const page of pages) await until(() => expect(idsOf(page.present)).toEqual(all));
		for (const page of pages.slice(1)) expect(page.present).toEqual(a.present);
		pages[3]!.link.leave();
		for (const page of pages.slice(0, 3)) await until(() => expect(idsOf(page.present)).toEqual([facilitator.id, member.id].sort()));
		// who has a page on another process is still there
		pages[2]!.link.leave();
		await entered(two, observer);
		await until(() => expect(idsOf(a.present)).toEqual(all));
		seats.two.kill();
		await until(() => expect(idsOf(a.present)).toEqual([facilitator.id]));
	});

	test('PROCESS-21 a facilitator on another process is in the meeting: a chair may not conduct it meanwhile', async () => {
		const a = await entered(one, facilitator);
		const chair = await entered(two, await arrive('chair'));
		await until(() => expect(chair.present).toHaveLength(2));
		const turn = () => done(chair.link.command('meeting.turn', { item: chair.meeting.agenda.find(({ id }) => id !== chair.meeting.point)!.id }));
		expect(two.live.facilitated(founding.meeting)).toBe(true);
		expect(await turn()).toBe('not-allowed');
		a.link.leave();
		await until(() => expect(two.live.facilitated(founding.meeting)).toBe(false));
		expect(await turn()).toBe('done');
	});

	test('PROCESS-21 a process that comes, and one that could hear nothing, learn who is there', async () => {
		const a = await entered(one, facilitator);
		const third = await serveLive(embedded.database, { bus: hub.join('three') });
		try {
			const c = await entered(third, await arrive('member'));
			await until(() => expect(c.present).toHaveLength(2));
			hub.cut();
			const b = await entered(two, await arrive('member'));
			c.link.leave();
			hub.heal();
			for (const page of [a, b]) await until(() => expect(idsOf(page.present)).toEqual([facilitator.id, b.who.id].sort()));
		} finally {
			await third.stop();
		}
	});

	test('PROCESS-21 while nobody can be heard others are taken to be there as they were; then whoever does not speak again is gone', async () => {
		const [a, b, c] = [await entered(one, facilitator), await entered(two, await arrive('member')), await entered(two, await arrive('member'))];
		for (const page of [a, b, c]) await until(() => expect(page.present).toHaveLength(3));
		hub.cut();
		seats.two.kill();
		await a.link.command('meeting.describe', { place: 'x' });
		await until(() => expect(b.meeting.place).toBe('x'));
		expect(a.present).toHaveLength(3);
		hub.heal();
		await until(() => expect(idsOf(a.present)).toEqual([facilitator.id]));
	});

	test('PROCESS-22 who writes and who is ready is counted over all processes, for the step at hand alone', async () => {
		const [a, b, c] = [await entered(one, facilitator), await entered(two, await arrive('member')), await entered(one, await arrive('member'))];
		b.link.signal({ ready: true, writing: true });
		c.link.signal({ ready: true });
		await until(() => expect(a.pulse).toMatchObject({ writing: 1, ready: 2, who: { writing: [b.who.id] } }));
		await until(() => expect(b.pulse).toEqual({ writing: 1, ready: 2, who: null, mine: true }));
		const again = await entered(one, b.who);
		// said last, on whichever process
		again.link.signal({ ready: false });
		for (const page of [a, b, c]) await until(() => expect(page.pulse.ready).toBe(1));
		expect(b.pulse.mine).toBe(false);
		const told: number[] = [];
		const point = a.meeting.agenda.find(({ id }) => id !== a.meeting.point)!.id;
		expect(await done(a.link.command('meeting.turn', { item: point }))).toBe('done');
		for (const page of [a, b, c]) await until(() => (told.push(page.pulse.ready), expect(page.pulse.ready).toBe(0)));
		b.link.signal({ ready: true });
		for (const page of [a, c]) await until(() => expect(page.pulse.ready).toBe(1));
	});

	test('PROCESS-23 a meeting that nobody conducts is taken over by consent of those who are there, on both processes', async () => {
		const people = [await arrive('member'), await arrive('member'), await arrive('member')] as const;
		const desk = await entered(one, facilitator);
		const [a, b, c] = [await entered(one, people[0]), await entered(two, people[1]), await entered(two, people[2])];
		const pages = [a, b, c];
		for (const page of pages) await until(() => expect(page.present).toHaveLength(4));
		const take = (page: Page) => done(page.link.command('conduct.take', {}));
		const asked = (page: Page) => page.unconducted?.asked.map(({ person, agreed }) => [person, ...agreed.toSorted()]);
		expect(await take(b)).toBe('conducted');
		desk.link.leave();
		for (const page of pages) await until(() => expect(page.unconducted).toMatchObject({ asked: [] }));
		for (const page of pages) await until(() => expect(page.unconducted).toEqual(a.unconducted));
		a.link.consent(people[0].id, true);
		for (const page of pages) await until(() => expect(asked(page)).toEqual([[people[0].id]]));
		expect(await take(a)).toBe('no-consent');
		b.link.consent(people[0].id, true);
		await until(() => expect(asked(a)).toEqual([[people[0].id, people[1].id]]));
		expect(await take(a)).toBe('no-consent');
		c.link.consent(people[0].id, true);
		for (const page of pages) await until(() => expect(asked(page)).toEqual([[people[0].id, ...[people[1].id, people[2].id].sort()]]));
		expect(await take(a)).toBe('done');
		for (const page of pages) await until(() => expect(page).toMatchObject({ unconducted: null, meeting: { coFacilitators: [people[0].id] } }));
	});

	test('PROCESS-23 who asks again asks another question, and who conducts on another process is not taken over from while nothing can be told', async () => {
		const [x, y] = [await arrive('member'), await arrive('member')];
		const [a, b] = [await entered(one, x), await entered(two, y)];
		for (const page of [a, b]) await until(() => expect(page.unconducted).not.toBeNull());
		a.link.consent(x.id, true);
		await until(() => expect(b.unconducted!.asked).toEqual([{ person: x.id, agreed: [] }]));
		b.link.consent(x.id, true);
		await until(() => expect(a.unconducted!.asked).toEqual([{ person: x.id, agreed: [y.id] }]));
		a.link.consent(x.id, false);
		for (const page of [a, b]) await until(() => expect(page.unconducted!.asked).toEqual([]));
		a.link.consent(x.id, true);
		for (const page of [a, b]) await until(() => expect(page.unconducted!.asked).toEqual([{ person: x.id, agreed: [] }]));
		const desk = await entered(two, facilitator);
		for (const page of [a, b]) await until(() => expect(page.unconducted).toBeNull());
		hub.cut();
		expect(await done(a.link.command('conduct.take', {}))).toBe('conducted');
		desk.link.leave();
		hub.heal();
		for (const page of [a, b]) await until(() => expect(page.unconducted?.asked).toEqual([]));
	});

	test('PROCESS-24 the door, what is hidden, turnouts, late words and calls to gather reach both processes', async () => {
		const [a, b] = [await entered(one, facilitator), await entered(two, await arrive('facilitator'))];
		a.link.gather();
		for (const page of [a, b]) await until(() => expect(page.gathered).toBe(1));
		for (const page of [a, b]) await until(() => expect(page.waiting).toEqual([]));
		const knocking = async () => {
			const [token, id] = [newToken(), await addPerson(embedded.database)];
			const link = { id: newId(), digest: digestOf(token), approval: true, meeting: founding.meeting, thinkTank: founding.thinkTank, label: null };
			await embedded.database.guests.addLink({ ...link, expiresAt: Date.now() + 3_600_000, createdBy: facilitator.id }, Date.now(), 10);
			await embedded.database.guests.come(digestOf(token), id, Date.now(), 10);
			one.live.doorChanged(founding.meeting);
			return id;
		};
		const first = await knocking();
		for (const page of [a, b]) await until(() => expect(page.waiting.map(({ id }) => id)).toEqual([first]));
		const point = a.meeting.agenda[0]!;
		const level = 'open' as const;
		expect(await done(a.link.command('vote.open', { item: point.id, level, rule: { kind: 'choice' }, guests: false, options: { texts: ['پیشنهاد'] } }))).toBe(
			'done'
		);
		await until(() => expect(openVote(b.meeting)).not.toBeNull());
		const vote = openVote(b.meeting)!;
		const cast = (page: Page) => page.link.ask('ballot.cast', { vote: vote.id, id: newId(), marks: { [vote.options[0]!.id]: 1 } });
		expect(await cast(b)).toMatchObject({ ok: true });
		for (const page of [a, b]) await until(() => expect(page.turnout).toMatchObject({ voted: 1 }));
		hub.cut();
		const second = await knocking();
		for (const page of [a, b]) await until(() => expect(page.waiting.map(({ id }) => id)).toEqual([first, second]));
		expect(await cast(a)).toMatchObject({ ok: true });
		for (const page of [a, b]) await until(() => expect(page.turnout).toMatchObject({ voted: 2 }));
		expect(await done(b.link.command('vote.close', { vote: vote.id }))).toBe('done');
		const late = b.late;
		hub.heal();
		// what came late may have been missed
		await until(() => expect(b.late).toBeGreaterThan(late));
		for (const page of [a, b]) await until(() => expect(page.meeting.votes[0]).toMatchObject({ state: 'closed', result: { voted: 2 } }));
	});

	test('PROCESS-25 somebody with pages on two processes was there once', async () => {
		const member = await arrive('member');
		await Promise.all([entered(one, member), entered(two, member)]);
		const attendance = async () => (await embedded.database.meetings.attendance(founding.meeting)).map(({ id, stretches }) => [id, stretches.length]);
		await until(async () => expect(await attendance()).toEqual([[member.id, 1]]));
	});
});

describe('what somebody may', () => {
	test('PROCESS-26 an ended session and a removal act on both processes within two seconds, with nothing told', async () => {
		const member = await arrive('member');
		const [a, b, c] = [await entered(one, member), await entered(two, member), await entered(two, await arrive('member'))];
		hub.cut();
		await embedded.database.connection.run(({ sql }) => sql`delete from memberships where person_id = ${c.who.id}`);
		await embedded.database.connection.run(({ sql }) => sql`delete from sessions where person_id = ${member.id}`);
		const within = (check: () => void) => vi.waitFor(check, { timeout: 2_000, interval: 10 });
		await within(() => expect([a.ended, b.ended, c.ended]).toEqual(['signed-out', 'signed-out', 'removed']));
	});
});
