import { longDate, timeOfDay, type Calendar } from '#lib/i18n/dates.ts';
import { m } from '#lib/paraglide/messages.js';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';

/** What has happened to a meeting, in a sentence. `meeting`: as it stands since. */
export function sentenceOf(event: MeetingEvent, meeting: Meeting, { language, calendar }: { language: Language; calendar: Calendar }): string {
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
		case 'agenda.removed':
			return m.happened_removed();
		case 'facilitator.named':
		case 'facilitator.released':
			return m.happened_helpers();
		case 'vote.opened':
			return m.happened_vote_opened();
		case 'vote.closed':
			return m.happened_vote_closed();
		case 'vote.cancelled':
			return m.happened_vote_cancelled();
		// of these the meeting itself shows nothing
		case 'meeting.scheduled':
		case 'meeting.duplicated':
			return '';
	}
}
