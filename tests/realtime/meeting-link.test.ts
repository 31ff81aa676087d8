import { enterMeeting, type CommandAnswer, type MeetingConnection, type MeetingSocket } from '#realtime/client/meeting-link.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Present, ServerToClient } from '#realtime/protocol/control.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { idAt } from '../support/meeting-commands.ts';

/** A page's place in a meeting, over a socket whose every message is written here. */

const at = Date.UTC(2026, 10, 25, 8);
const meetingId = idAt(1, 0);
const somebody: Present[number] = { id: idAt(2, 0), name: { fa: 'کسی' }, office: null, province: null, role: 'member', since: at };

function meetingOf(version: number): Meeting {
	const first: MeetingEvent = {
		name: 'meeting.scheduled',
		meeting: meetingId,
		thinkTank: idAt(3, 0),
		number: 1,
		title: { fa: 'نشست' },
		startsAt: at,
		minutes: 60,
		place: null,
		callLink: null,
		quorum: null,
		agenda: []
	};
	const more = Array.from({ length: version - 1 }, (): MeetingEvent => ({ name: 'meeting.described', minutes: 60 }));
	return [first, ...more].reduce<Meeting | null>(evolve, null)!;
}

interface Sent {
	name: string;
	request: Record<string, unknown>;
	answer: (answer: unknown) => void;
}

/** A socket that is connected, asked and told by the test. */
class ScriptedSocket implements MeetingSocket {
	readonly sent: Sent[] = [];
	closed = false;
	readonly #listeners = new Map<string, (message: never) => void>();

	on(name: string, listener: (message: never) => void): void {
		this.#listeners.set(name, listener);
	}
	emit(name: string, ...sent: unknown[]): void {
		const [request, answer] = sent as [Sent['request'], Sent['answer']];
		this.sent.push({ name, request, answer });
	}
	connect(): void {}

	close(): void {
		this.closed = true;
	}
	say(name: 'connect' | 'disconnect'): void {
		(this.#listeners.get(name) as () => void)();
	}
	tell<Name extends keyof ServerToClient>(name: Name, ...message: Parameters<ServerToClient[Name]>): void {
		this.#listeners.get(name)!(message[0] as never);
	}
	all(name: string): Sent[] {
		return this.sent.filter((sent) => sent.name === name);
	}
	/** The last request of that name. */
	last(name: string): Sent {
		return this.all(name).at(-1)!;
	}
}

function page({ takesPart = true } = {}) {
	const socket = new ScriptedSocket();
	const seen: { meetings: Meeting[]; happened: string[]; connections: MeetingConnection[]; ended: string[] } = {
		meetings: [],
		happened: [],
		connections: [],
		ended: []
	};
	let ids = 100;
	const link = enterMeeting({
		meeting: meetingId,
		takesPart,
		changed: ({ meeting }) => seen.meetings.push(meeting),
		happened: (events) => seen.happened.push(...events.map(({ name }) => name)),
		connection: (connection) => seen.connections.push(connection),
		ended: (reason) => seen.ended.push(reason),
		connect: () => socket,
		newId: () => idAt(ids++, 0)
	});
	const entered = (version: number) => socket.last('meeting.enter').answer({ ok: true, value: { meeting: meetingOf(version), present: [somebody], now: at } });
	return { socket, seen, link, entered, now: () => seen.meetings.at(-1) };
}

const changed = (from: number, minutes: number) => ({ meeting: meetingId, from, events: [{ name: 'meeting.described', minutes } satisfies MeetingEvent] });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('MEET-30 what happens is carried out on the page, event by event', () => {
	const { socket, seen, entered, now } = page();
	socket.say('connect');
	entered(1);
	socket.tell('meeting.changed', changed(1, 90));
	socket.tell('meeting.changed', { meeting: meetingId, from: 2, events: [{ name: 'meeting.opened', at }] });
	expect(now()).toMatchObject({ version: 3, minutes: 90, state: 'live' });
	expect(seen.happened).toEqual(['meeting.described', 'meeting.opened']);
	// what is about another meeting, or known already, changes nothing
	socket.tell('meeting.changed', { ...changed(3, 10), meeting: idAt(9, 0) });
	socket.tell('meeting.changed', changed(1, 10));
	expect(now()).toMatchObject({ version: 3, minutes: 90 });
	expect(seen.connections).toEqual(['online']);
});

test('MEET-30 whoever has missed something enters anew, and takes what is told meanwhile', () => {
	const { socket, entered, now } = page();
	socket.say('connect');
	// told before the answer: it fits what the answer says, or is in it already
	socket.tell('meeting.changed', changed(1, 30));
	socket.tell('meeting.changed', changed(2, 40));
	entered(2);
	expect(now()).toMatchObject({ version: 3, minutes: 40 });
	socket.tell('meeting.changed', changed(7, 50));
	expect(now()!.version).toBe(3);
	expect(socket.all('meeting.enter')).toHaveLength(2);
	socket.tell('meeting.changed', changed(8, 55));
	entered(8);
	expect(now()).toMatchObject({ version: 9, minutes: 55 });
});

test('MEET-30 a new connection enters anew; a late answer of the old one is not taken', () => {
	const { socket, seen, entered, now } = page();
	socket.say('connect');
	const old = socket.last('meeting.enter');
	socket.say('disconnect');
	socket.say('connect');
	entered(4);
	old.answer({ ok: true, value: { meeting: meetingOf(2), present: [], now: at } });
	expect(now()!.version).toBe(4);
	expect(seen.connections).toEqual(['offline', 'online']);
});

test('MEET-31 a command is sent again under its id until it is answered', async () => {
	const { socket, link, entered } = page();
	socket.say('connect');
	entered(1);
	const answered = link.command('meeting.open', {});
	const first = socket.last('meeting.command').request;
	socket.say('disconnect');
	socket.say('connect');
	entered(1);
	// the database does not answer either: it may have been done
	socket.last('meeting.command').answer({ ok: false, refusal: 'storage-unavailable' });
	await vi.advanceTimersByTimeAsync(limits.askAgainMs);
	expect(socket.all('meeting.command').map(({ request }) => request)).toEqual([first, first, first]);
	socket.last('meeting.command').answer({ ok: true, value: { version: 2, into: null } });
	expect(await answered).toEqual({ ok: true, value: { version: 2, into: null } });
	socket.say('disconnect');
	socket.say('connect');
	expect(socket.all('meeting.command')).toHaveLength(3);
});

test('MEET-31 a refusal is an answer; without one a command is given up', async () => {
	const { socket, link, entered } = page();
	socket.say('connect');
	entered(1);
	const refused = link.command('meeting.close', {});
	socket.last('meeting.command').answer({ ok: false, refusal: 'meeting-scheduled' });
	expect(await refused).toEqual({ ok: false, refusal: 'meeting-scheduled' });

	socket.say('disconnect');
	const waiting: CommandAnswer[] = [];
	void link.command('meeting.open', {}).then((answer) => waiting.push(answer));
	await vi.advanceTimersByTimeAsync(limits.commandPatienceMs);
	expect(waiting).toEqual([{ ok: false, refusal: 'unanswered' }]);
	socket.say('connect');
	expect(socket.all('meeting.command')).toHaveLength(1);
});

test('MEET-31 whoever leaves waits for no answer', async () => {
	const { socket, link, entered } = page();
	socket.say('connect');
	entered(1);
	const waiting = link.command('meeting.open', {});
	link.leave();
	expect(await waiting).toEqual({ ok: false, refusal: 'unanswered' });
	expect(socket.closed).toBe(true);
	expect(vi.getTimerCount()).toBe(0);
});

test('MEET-32 who looks on says so, and becomes part of the meeting by entering', () => {
	const { socket, link, entered } = page({ takesPart: false });
	socket.say('connect');
	expect(socket.last('meeting.enter').request).toEqual({ meeting: meetingId, looksOn: true });
	entered(1);
	link.takePart(true);
	expect(socket.last('meeting.enter').request).toEqual({ meeting: meetingId });
	link.takePart(true);
	expect(socket.all('meeting.enter')).toHaveLength(2);
});

test.each(['signed-out', 'not-found'] as const)('MEET-30 %s ends it, once', async (reason) => {
	const { socket, seen, link } = page();
	socket.say('connect');
	socket.last('meeting.enter').answer({ ok: false, refusal: reason });
	socket.tell('signed-out');
	expect(seen.ended).toEqual([reason]);
	expect(seen.connections).toEqual(['ended']);
	expect(socket.closed).toBe(true);
	expect(await link.command('meeting.open', {})).toEqual({ ok: false, refusal: 'unanswered' });
});

test('MEET-30 an entry that the database could not answer is tried again', async () => {
	const { socket, entered, now } = page();
	socket.say('connect');
	socket.last('meeting.enter').answer({ ok: false, refusal: 'storage-unavailable' });
	await vi.advanceTimersByTimeAsync(limits.askAgainMs);
	expect(socket.all('meeting.enter')).toHaveLength(2);
	entered(5);
	expect(now()!.version).toBe(5);
});
