import { stepName } from '#lib/i18n/names.ts';
import { duration, longDate, timeOfDay, type Calendar } from '#lib/i18n/dates.ts';
import { number } from '#lib/i18n/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';

interface Reader {
	language: Language;
	calendar: Calendar;
	me: Id;
	nameOf: (person: Id) => string;
}

/** What has happened to a meeting, in a sentence; empty: nothing that this reader has to be told. `meeting`: as it stands since. */
export function sentenceOf(event: MeetingEvent, meeting: Meeting, { language, calendar, me, nameOf }: Reader): string {
	const titleOf = (item: Id) => inLanguage(meeting.agenda.find(({ id }) => id === item)?.title ?? {}, language);
	switch (event.name) {
		case 'meeting.opened':
			return m.happened_opened();
		case 'meeting.closed':
			return m.happened_closed();
		case 'meeting.reopened':
			return meeting.state === 'scheduled' ? m.happened_restored() : m.happened_reopened();
		case 'meeting.cancelled':
			return m.happened_cancelled();
		case 'meeting.postponed':
			return m.happened_postponed({ date: longDate(event.startsAt, calendar, language), time: timeOfDay(event.startsAt, language) });
		case 'meeting.described':
			return m.happened_described();
		case 'agenda.added': {
			const title = inLanguage(event.item.title, language);
			return event.item.proposedBy === null ? m.happened_added({ title }) : m.happened_proposed({ title });
		}
		case 'agenda.accepted':
			return m.happened_accepted({ title: titleOf(event.item) });
		case 'agenda.changed':
			return m.happened_changed({ title: titleOf(event.item) });
		case 'agenda.moved':
			return m.happened_moved({ title: titleOf(event.item) });
		case 'meeting.turned':
			return m.happened_turned({ title: titleOf(event.item) });
		case 'step.turned':
		case 'step.switched': {
			const item = meeting.agenda.find(({ id }) => id === event.item);
			const step = item?.steps.find(({ id }) => id === (event.name === 'step.turned' ? event.step : item.step));
			if (!step) return '';
			return event.name === 'step.turned'
				? m.happened_step({ title: titleOf(event.item), step: stepName(step) })
				: m.happened_switched({ step: stepName(step) });
		}
		case 'drafts.revealed':
			return m.happened_revealed({ title: titleOf(event.item) });
		case 'agenda.removed':
			return m.happened_removed();
		case 'facilitator.named':
			return event.person === me ? m.happened_named_you() : m.happened_helpers();
		case 'facilitator.released':
			return m.happened_helpers();
		case 'timer.started':
			return m.happened_timer_started({ length: duration(Math.round(event.plannedMs / 60_000), language) });
		case 'timer.paused':
			return m.happened_timer_paused();
		case 'timer.resumed':
			return m.happened_timer_resumed();
		case 'timer.extended':
			return m.happened_timer_extended({ length: duration(Math.round(event.byMs / 60_000), language) });
		case 'timer.stopped':
			return m.happened_timer_stopped();
		case 'turns.given':
			return event.person === me ? m.floor_yours() : m.happened_turn_given({ name: nameOf(event.person) });
		case 'turns.dropped':
			return event.person === me ? m.happened_turn_dropped() : '';
		// the list tells whoever wants to know: two hundred who ask are not said one by one
		case 'turns.asked':
		case 'turns.withdrawn':
		case 'turns.ended':
		case 'turns.arranged':
			return '';
		case 'vote.opened':
			return m.happened_vote_opened();
		case 'vote.closed':
			return m.happened_vote_closed();
		case 'vote.cancelled':
			return m.happened_vote_cancelled();
		case 'decision.adopted':
			return m.happened_decision_adopted({ number: number(event.decision.number, language) });
		case 'decision.withdrawn': {
			const withdrawn = meeting.decisions.find(({ id }) => id === event.decision);
			return withdrawn ? m.happened_decision_withdrawn({ number: number(withdrawn.number, language) }) : '';
		}
		// of these the meeting itself shows nothing
		case 'meeting.scheduled':
		case 'meeting.duplicated':
			return '';
	}
}
