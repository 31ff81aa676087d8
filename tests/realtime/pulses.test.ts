import { evolve } from '#realtime/meeting/evolve.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import { Pulses } from '#realtime/server/meetings/pulses.ts';
import { standingOf } from '#realtime/server/meetings/standing.ts';
import { expect, test } from 'vitest';
import { commandFor, contextOf, counted, people } from '../support/meeting-commands.ts';
import { decide } from '#realtime/meeting/decide.ts';

/** Who is told who is writing and who is ready. */

const [a, b] = people as [string, string];
const here = new Set([a, b]);

function meetingAt(...places: number[]): Meeting[] {
	const ask = (meeting: Meeting | null, name: string, body: object): Meeting => {
		const answer = decide(meeting, commandFor({ name: name as never, body }, meeting), contextOf({ newId: counted(meeting ? 20 + meeting.version : 20) }));
		if (typeof answer === 'string') throw new Error(answer);
		return answer.reduce<Meeting | null>(evolve, meeting)!;
	};
	const agenda = [{ kind: 'swot', title: { en: 'a' }, minutes: 5, steps: stepsOf('anonymous', counted(10)) }];
	let meeting = ask(ask(null, 'meeting.schedule', { title: { en: 'm' }, startsAt: 0, minutes: 10, agenda }), 'meeting.open', {});
	const all = [meeting];
	for (const place of places) {
		const [item] = meeting.agenda;
		all.push((meeting = ask(meeting, 'step.turn', { item: item!.id, step: item!.steps[place]!.id })));
	}
	return all;
}

test('STEP-5 DRAFT-4 who is writing is told to nobody where anything is written without a name, also after the reveal', () => {
	const [writing, revealed] = meetingAt(1) as [Meeting, Meeting];
	const pulses = new Pulses();
	const pulse = () => pulses.of(writing.id, here, new Set([a]))(b, true);
	// before it is known how the meeting stands, too
	expect(pulse().who).toMatchObject({ writing: null });
	for (const meeting of [writing, revealed]) {
		pulses.follow(standingOf(meeting), null);
		expect(pulse()).toMatchObject({ writing: 1, who: { writing: null } });
	}
	pulses.follow(standingOf({ ...revealed, version: 99, agenda: [{ ...revealed.agenda[0]!, steps: revealed.agenda[0]!.steps.slice(1) }] }), null);
	expect(pulse().who).toEqual({ writing: [a], ready: [] });
	// whoever does not take the meeting on is told no names
	expect(pulses.of(writing.id, here, new Set([a]))(b, false)).toMatchObject({ writing: 1, who: null });
	// a meeting that was read before it went on changes nothing
	pulses.follow(standingOf(writing), null);
	expect(pulse().who).toMatchObject({ writing: [a] });
});

test('STEP-5 who is ready is so at this step, while they are there', () => {
	const [first, second] = meetingAt(1) as [Meeting, Meeting];
	const pulses = new Pulses();
	const of = (present = here) => pulses.of(first.id, present, new Set())(a, true);
	pulses.follow(standingOf(first), null);
	pulses.say(first.id, a, true);
	pulses.say(first.id, b, true);
	pulses.say(first.id, b, false);
	expect(of()).toEqual({ writing: 0, ready: 1, who: { writing: null, ready: [a] }, mine: true });
	expect(of(new Set([b]))).toMatchObject({ ready: 0, mine: false });
	pulses.follow(standingOf(second), second.version);
	expect(of()).toMatchObject({ ready: 0, mine: false });
});
