import { answerOf, api } from '#lib/api.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { AgendaChange, AgendaDesk, AgendaDraft } from './agenda-desk.ts';
import { failureOf } from './asking.ts';
import type { FollowedMeeting } from './followed-meeting.svelte.ts';
import { OwnRecipes } from './own-recipes.svelte.ts';

/** The agenda of a meeting: whatever is done to it is asked of the server, and shown to everybody. */
export class MeetingAgenda implements AgendaDesk {
	readonly #followed: FollowedMeeting;
	readonly recipes: OwnRecipes;

	constructor(followed: FollowedMeeting) {
		this.#followed = followed;
		this.recipes = new OwnRecipes(followed.thinkTank.id);
	}

	get items() {
		return this.#followed.meeting.agenda;
	}
	get startsAt() {
		return this.#followed.meeting.openedAt ?? this.#followed.meeting.startsAt;
	}
	get minutes() {
		return this.#followed.meeting.minutes;
	}
	get addressOf() {
		const { id } = this.#followed.meeting;
		return (item: { id: Id }) => `/meetings/${id}/${item.id}`;
	}
	get mayChange() {
		return this.#open && this.#followed.may('agenda.change');
	}
	get mayPropose() {
		return this.#open && this.#followed.may('agenda.propose');
	}
	get members() {
		return this.#followed.members;
	}
	get mandate() {
		return this.#followed.mandate;
	}
	get mayKeepRecipes() {
		return this.#followed.may('think-tank.change');
	}
	get #open() {
		return this.#followed.meeting.state === 'scheduled' || this.#followed.meeting.state === 'live';
	}

	nameOf(person: Id) {
		return this.#followed.people.get(person)?.name ?? null;
	}
	add(draft: AgendaDraft, before: Id | null) {
		return failureOf(this.#followed.command('agenda.add', { ...draft, before }));
	}
	propose(draft: AgendaDraft) {
		return failureOf(this.#followed.command('agenda.propose', draft));
	}
	change(item: Id, change: AgendaChange) {
		return failureOf(this.#followed.command('agenda.change', { ...change, item }));
	}
	move(item: Id, before: Id | null) {
		return failureOf(this.#followed.command('agenda.move', { item, before }));
	}
	remove(item: Id) {
		return failureOf(this.#followed.command('agenda.remove', { item }));
	}
	accept(item: Id) {
		return failureOf(this.#followed.command('agenda.accept', { item }));
	}
	async isWritten(item: Id) {
		const answer = await answerOf(api(fetch).meetings[':id'].$get({ param: { id: this.#followed.meeting.id } }));
		// who cannot say asks first
		return !answer.ok || answer.value.written.includes(item);
	}
}
