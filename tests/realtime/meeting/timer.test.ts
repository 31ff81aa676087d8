import { commands, type CommandName } from '#realtime/meeting/commands.ts';
import { decide } from '#realtime/meeting/decide.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { leftMsOf } from '#realtime/meeting/timer.ts';
import { expect, test } from 'vitest';
import { commandFor, contextOf, people } from '../../support/meeting-commands.ts';

const minute = 60_000;

/** A live meeting of three points, and what is asked of it, minutes after it began. */
function liveMeeting() {
	const item = { kind: 'discussion', title: { en: 'a' }, minutes: 10 };
	const begin = commandFor({ name: 'meeting.schedule', body: { title: { en: 'a' }, startsAt: 0, minutes: 30, agenda: [item, item, item] } }, null);
	let now = (decide(null, begin, contextOf()) as MeetingEvent[]).reduce<Meeting | null>(evolve, null)!;
	const ask = (at: number, name: CommandName, body: object = {}) => decide(now, commandFor({ name, body }, now), contextOf({ now: at * minute }));
	const take = (at: number, name: CommandName, body: object = {}) => {
		const answer = ask(at, name, body);
		if (typeof answer === 'string') throw new Error(answer);
		return (now = answer.reduce<Meeting | null>(evolve, now)!);
	};
	take(0, 'meeting.open');
	return { ask, take, left: (at: number) => now.timer && leftMsOf(now.timer, at * minute) / minute, meeting: () => now };
}

test('TIMER-1 a meeting has one timer: another takes its place, and it ends with the point and with the meeting', () => {
	const { ask, take, left, meeting } = liveMeeting();
	expect(meeting().timer).toBeNull();
	take(1, 'timer.start', { minutes: 5 });
	expect([left(1), left(4)]).toEqual([5, 2]);
	take(2, 'timer.start', { minutes: 10 });
	expect(left(2)).toBe(10);
	expect(take(3, 'meeting.turn', { item: { pick: 1 } }).timer).toBeNull();
	for (const name of ['timer.pause', 'timer.resume'] as const) expect(ask(3, name)).toBe('no-timer');
	expect(ask(3, 'timer.extend', { minutes: 1 })).toBe('no-timer');
	expect(ask(3, 'timer.stop')).toEqual([]);
	take(4, 'timer.start', { minutes: 5 });
	expect(take(5, 'timer.stop').timer).toBeNull();
	take(6, 'timer.start', { minutes: 5 });
	expect(take(7, 'meeting.close').timer).toBeNull();
	expect(take(8, 'meeting.reopen').timer).toBeNull();
	// its point taken off, the meeting goes to another
	take(9, 'timer.start', { minutes: 5 });
	expect(take(10, 'agenda.remove', { item: { pick: 1 } }).timer).toBeNull();
});

test('TIMER-2 what is left stays while it is paused, and is more by what it is extended by', () => {
	const { ask, take, left, meeting } = liveMeeting();
	take(0, 'timer.start', { minutes: 5 });
	expect(ask(1, 'timer.resume')).toEqual([]);
	take(2, 'timer.pause');
	expect(ask(3, 'timer.pause')).toEqual([]);
	expect([left(2), left(90)]).toEqual([3, 3]);
	take(90, 'timer.extend', { minutes: 1 });
	expect([left(95), meeting().timer!.plannedMs]).toEqual([4, 6 * minute]);
	take(100, 'timer.resume');
	expect(left(101)).toBe(3);
	take(101, 'timer.extend', { minutes: 1 });
	expect(left(101)).toBe(4);
	// a clock that went back gives no time
	expect(left(50)).toBe(4);
	take(50, 'timer.pause');
	expect(left(50)).toBe(4);
});

test('TIMER-3 one that has run out goes on to count, is paused and resumed, and is extended from then on', () => {
	const { take, left } = liveMeeting();
	take(0, 'timer.start', { minutes: 5 });
	expect(left(7)).toBe(-2);
	take(7, 'timer.pause');
	take(20, 'timer.resume');
	expect(left(21)).toBe(-3);
	take(21, 'timer.extend', { minutes: 1 });
	expect(left(21)).toBe(1);
});

test('TIMER-2 it never has more left than the longest', () => {
	const { ask, take, left } = liveMeeting();
	for (const minutes of [0, limits.timerMinutes + 1, 1.5, Number.NaN])
		for (const name of ['timer.start', 'timer.extend'] as const) expect(commands[name].safeParse({ minutes }).success, `${name} ${minutes}`).toBe(false);
	take(0, 'timer.start', { minutes: limits.timerMinutes });
	expect(ask(0, 'timer.extend', { minutes: 1 })).toEqual([]);
	take(2, 'timer.extend', { minutes: 60 });
	expect(left(2)).toBe(limits.timerMinutes);
});

test('TIMER-4 whoever conducts the meeting works it, and nobody else', () => {
	const { meeting, take } = liveMeeting();
	take(0, 'timer.start', { minutes: 5 });
	for (const name of ['timer.start', 'timer.pause', 'timer.resume', 'timer.extend', 'timer.stop'] as const) {
		const ask = (role: 'co-facilitator' | 'chair' | 'member' | 'observer' | 'guest', facilitated = true) =>
			decide(
				meeting(),
				commandFor({ name, body: /start|extend/.test(name) ? { minutes: 1 } : {} }, null),
				contextOf({ actor: { role, administrator: false, person: people[2]! }, facilitated })
			);
		for (const role of ['chair', 'member', 'observer', 'guest'] as const) expect(ask(role)).toBe('not-allowed');
		expect(ask('co-facilitator')).toBeInstanceOf(Array);
		expect(ask('chair', false)).toBeInstanceOf(Array);
	}
});

test('TIMER-1 an event of a timer that is not there makes none', () => {
	const { meeting } = liveMeeting();
	for (const event of [
		{ name: 'timer.paused', at: 1 },
		{ name: 'timer.resumed', at: 1 },
		{ name: 'timer.extended', byMs: 1, at: 1 },
		{ name: 'timer.stopped' }
	] satisfies MeetingEvent[])
		expect(evolve(meeting(), event), event.name).toEqual({ ...meeting(), version: meeting().version + 1 });
});
