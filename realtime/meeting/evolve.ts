import type { MeetingEvent } from './events.ts';
import type { Id } from './ids.ts';
import type { AgendaItem, Meeting } from './meetings.ts';

/**
 * What an event makes of a meeting: the only way its state changes, on the server and in the browser. Pure and
 * total: an event that does not fit changes nothing but the version.
 */
export function evolve(meeting: Meeting | null, event: MeetingEvent): Meeting | null {
	if (event.name === 'meeting.scheduled') {
		const { name: _, meeting: id, ...rest } = event;
		return meeting ?? { id, ...rest, state: 'scheduled', coFacilitators: [], openedAt: null, closedAt: null, version: 1 };
	}
	return meeting && { ...meeting, ...changed(meeting, event), version: meeting.version + 1 };
}

function changed(meeting: Meeting, event: Exclude<MeetingEvent, { name: 'meeting.scheduled' }>): Partial<Meeting> {
	switch (event.name) {
		case 'meeting.described':
		case 'meeting.postponed': {
			const { name: _, ...changes } = event;
			return changes;
		}
		case 'meeting.cancelled':
			return { state: 'cancelled' };
		case 'meeting.duplicated':
			return {};
		case 'meeting.opened':
			return { state: 'live', openedAt: meeting.openedAt ?? event.at };
		case 'meeting.closed':
			return { state: 'closed', closedAt: event.at };
		case 'meeting.reopened':
			return { state: meeting.state === 'cancelled' ? 'scheduled' : 'live' };
		case 'agenda.added':
			return { agenda: put(meeting.agenda, event.item, event.before) };
		case 'agenda.accepted':
			return { agenda: meeting.agenda.map((item) => (item.id === event.item ? { ...item, proposedBy: null } : item)) };
		case 'agenda.changed': {
			const { name: _, item: id, ...changes } = event;
			return { agenda: meeting.agenda.map((item) => (item.id === id ? { ...item, ...changes } : item)) };
		}
		case 'agenda.moved': {
			const item = meeting.agenda.find(({ id }) => id === event.item);
			return item
				? {
						agenda: put(
							meeting.agenda.filter(({ id }) => id !== item.id),
							item,
							event.before
						)
					}
				: {};
		}
		case 'agenda.removed':
			return { agenda: meeting.agenda.filter(({ id }) => id !== event.item) };
		case 'facilitator.named':
			return { coFacilitators: [...meeting.coFacilitators.filter((person) => person !== event.person), event.person] };
		case 'facilitator.released':
			return { coFacilitators: meeting.coFacilitators.filter((person) => person !== event.person) };
	}
}

function put(agenda: readonly AgendaItem[], item: AgendaItem, before: Id | null): AgendaItem[] {
	const at = before === null ? -1 : agenda.findIndex(({ id }) => id === before);
	return at < 0 ? [...agenda, item] : [...agenda.slice(0, at), item, ...agenda.slice(at)];
}
