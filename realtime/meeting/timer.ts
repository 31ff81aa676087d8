import type { Command } from './commands.ts';
import type { MeetingEvent } from './events.ts';
import { limits } from './limits.ts';
import type { Refusal } from './refusals.ts';

/** A meeting's timer. It is soft: when it has run out, everything goes on, and pages show by how much it is over. */

const minuteMs = 60_000;

export interface Timer {
	/** how long it runs altogether, with what it was extended by */
	plannedMs: number;
	/** what was left when it was last started, paused, resumed or extended; below zero: it was over by so much */
	leftMs: number;
	/** when it runs out or has run out, in milliseconds since 1970 by the server's clock; null: it is paused */
	endsAt: number | null;
}

/** What is left by then, in milliseconds; below zero: it is over by so much. A clock that went back gives no time. */
export const leftMsOf = ({ leftMs, endsAt }: Timer, now: number): number => (endsAt === null ? leftMs : Math.min(leftMs, endsAt - now));

type TimerCommand = Extract<Command, { name: `timer.${string}` }>;
type TimerEvent = Extract<MeetingEvent, { name: `timer.${string}` }>;

/** What becomes of the timer. Whoever asks for more than the longest gets the longest. */
export function decidedTimer(timer: Timer | null, { name, body }: TimerCommand, now: number): TimerEvent[] | Refusal {
	if (name === 'timer.start') return [{ name: 'timer.started', plannedMs: body.minutes * minuteMs, at: now }];
	if (name === 'timer.stop') return timer ? [{ name: 'timer.stopped' }] : [];
	if (!timer) return 'no-timer';
	switch (name) {
		case 'timer.pause':
			return timer.endsAt === null ? [] : [{ name: 'timer.paused', at: now }];
		case 'timer.resume':
			return timer.endsAt === null ? [{ name: 'timer.resumed', at: now }] : [];
		case 'timer.extend': {
			const byMs = Math.min(body.minutes * minuteMs, limits.timerMinutes * minuteMs - Math.max(0, leftMsOf(timer, now)));
			return byMs <= 0 ? [] : [{ name: 'timer.extended', byMs, at: now }];
		}
	}
}

/** What an event makes of the timer. One that does not fit changes nothing. */
export function timerAfter(timer: Timer | null, event: TimerEvent): Timer | null {
	if (event.name === 'timer.started') return { plannedMs: event.plannedMs, leftMs: event.plannedMs, endsAt: event.at + event.plannedMs };
	if (event.name === 'timer.stopped' || !timer) return null;
	const leftMs = leftMsOf(timer, event.at);
	switch (event.name) {
		case 'timer.paused':
			return { ...timer, leftMs, endsAt: null };
		case 'timer.resumed':
			return timer.endsAt === null ? { ...timer, endsAt: event.at + leftMs } : timer;
		case 'timer.extended': {
			// what it was over by is gone: it is extended from now on
			const now = Math.max(0, leftMs) + event.byMs;
			return { plannedMs: timer.plannedMs + event.byMs, leftMs: now, endsAt: timer.endsAt === null ? null : event.at + now };
		}
	}
}
