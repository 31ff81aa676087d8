import type { CommandBody } from './commands.ts';
import type { Context } from './decide.ts';
import type { MeetingEvent } from './events.ts';
import type { Id } from './ids.ts';
import { firstColumn, surfaceOf, type AgendaItem, type BoardColumn, type Meeting } from './meetings.ts';
import { samePattern } from './recipes.ts';
import type { Refusal } from './refusals.ts';
import { isPrivate, openStep, presentStep, type Step } from './steps.ts';

/** The points of an agenda: what is refused of them, and how they are made. */

const minuteMs = 60_000;

export const itemOf = (meeting: Meeting, id: Id): AgendaItem | null => meeting.agenda.find((item) => item.id === id) ?? null;

/** The points that somebody has agreed to: those that the meeting goes through. */
export const agreed = ({ agenda }: Pick<Meeting, 'agenda'>): AgendaItem[] => agenda.filter(({ proposedBy }) => proposedBy === null);

/** The point that a live meeting is at; null: there is none, or the meeting is not live. */
export const presentPoint = (meeting: Meeting): AgendaItem | null =>
	meeting.state === 'live' && meeting.point !== null ? itemOf(meeting, meeting.point) : null;

/** The point that whoever comes is led to: where a live meeting is, else the first. */
export const wayIn = (meeting: Meeting): AgendaItem | null => presentPoint(meeting) ?? agreed(meeting)[0] ?? null;

/** The agreed points before and behind the one that a live meeting is at; null: there is none. */
export function pointsBeside(meeting: Meeting): { before: AgendaItem | null; behind: AgendaItem | null } {
	const points = agreed(meeting);
	const at = points.findIndex(({ id }) => id === meeting.point);
	return { before: points[at - 1] ?? null, behind: points[at + 1] ?? null };
}

/** How long the meeting has been at a point by then, in milliseconds, without the steps that stay open until a date: nobody sits in those. */
export const usedMsOf = (item: AgendaItem, { point, pointSince }: Meeting, now: number): number =>
	item.usedMs + (item.id === point && pointSince !== null && presentStep(item).until === null ? Math.max(0, now - pointSince) : 0);

/** When a live meeting ends if what is left of its point, and every agreed one behind it, takes as long as planned; null: it is not live, or at a step that stays open until a date. */
export function endsAt(meeting: Meeting, now: number): number | null {
	const point = presentPoint(meeting);
	if (!point || presentStep(point).until !== null) return null;
	const points = agreed(meeting);
	const left = points.slice(points.indexOf(point)).map((item) => Math.max(0, item.minutes * minuteMs - usedMsOf(item, meeting, now)));
	return left.reduce((sum, ms) => sum + ms, now);
}

type Draft = CommandBody<'agenda.propose'>;
type People = Pick<Context, 'thinkTank' | 'newId'>;

/** A new point out of what somebody asked for, with a new document, or why there is none. `from`: the point that it goes on from. */
export function agendaItem(
	{ kind, title, minutes, owner, mandate, columns, steps }: Draft,
	{ thinkTank, newId }: People,
	proposedBy: Id | null,
	from: AgendaItem | null = null
): AgendaItem | Refusal {
	const refusal = refusalOf({ owner, mandate }, thinkTank);
	if (refusal) return refusal;
	if (columns && kind !== 'brainstorm') return 'no-columns';
	if (steps && !takesSteps(kind, steps)) return 'no-private-steps';
	if (from && from.kind !== kind) return 'other-kind';
	const own = kind === 'brainstorm' ? (columns ?? from?.columns ?? [firstColumn]) : [];
	return {
		id: newId(),
		kind,
		title,
		minutes,
		usedMs: 0,
		owner,
		mandate,
		document: newId(),
		columns: own,
		steps: steps ?? from?.steps ?? [openStep],
		step: steps ? null : (from?.step ?? null),
		reveals: 0,
		proposedBy
	};
}

/** What changes of a point, or why nothing does. */
export function changedItem(item: AgendaItem, asked: CommandBody<'agenda.change'>, { thinkTank }: Pick<Context, 'thinkTank'>): MeetingEvent[] | Refusal {
	const { title, minutes, owner, mandate, columns } = asked;
	const steps = asked.steps && keptSteps(item, asked.steps);
	if (typeof steps === 'string') return steps;
	// what it has already may stay, also when the person has left since
	const refusal = refusalOf({ owner: owner === item.owner ? null : owner, mandate: mandate === item.mandate ? null : mandate }, thinkTank);
	if (refusal) return refusal;
	if (columns && item.kind !== 'brainstorm') return 'no-columns';
	const changes = {
		...(title !== undefined && (title.fa !== item.title.fa || title.en !== item.title.en) && { title }),
		...(minutes !== undefined && minutes !== item.minutes && { minutes }),
		...(owner !== undefined && owner !== item.owner && { owner }),
		...(mandate !== undefined && mandate !== item.mandate && { mandate }),
		...(columns !== undefined && !sameColumns(columns, item.columns) && { columns }),
		...(steps !== undefined && !sameSteps(steps, item.steps) && { steps })
	};
	return Object.keys(changes).length === 0 ? [] : [{ name: 'agenda.changed', item: item.id, ...changes }];
}

function refusalOf({ owner, mandate }: { owner?: Id | null | undefined; mandate?: Id | null | undefined }, thinkTank: Context['thinkTank']): Refusal | null {
	if (owner != null && !thinkTank.members.has(owner)) return 'no-such-person';
	if (mandate != null && !thinkTank.mandate.has(mandate)) return 'no-such-mandate';
	return null;
}

const sameColumns = (a: readonly BoardColumn[], b: readonly BoardColumn[]): boolean =>
	a.length === b.length && a.every(({ id, title }, i) => id === b[i]!.id && title === b[i]!.title);

/** The steps that an activity gets. The one that it is at stays as it is now, but for its name: what is going on there is not changed from outside. */
function keptSteps(item: AgendaItem, asked: readonly Step[]): Step[] | Refusal {
	if (!takesSteps(item.kind, asked)) return 'no-private-steps';
	if (item.step === null) return [...asked];
	const present = presentStep(item);
	if (!asked.some(({ id, kind }) => id === present.id && kind === present.kind)) return 'step-present';
	return asked.map((step) => (step.id === present.id ? { ...present, title: step.title } : step));
}

/** Cards alone are written in private. */
const takesSteps = (kind: AgendaItem['kind'], steps: readonly Step[]): boolean => surfaceOf[kind] === 'board' || !steps.some(isPrivate);

/** Are these the same steps, as they are turned? */
export const sameSteps = (a: readonly Step[], b: readonly Step[]): boolean =>
	samePattern(a, b) && a.every(({ id, until }, i) => id === b[i]!.id && until === b[i]!.until);
