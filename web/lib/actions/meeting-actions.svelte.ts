import { createContext } from 'svelte';
import { LiveDocument } from '#lib/document/live-document.svelte.ts';
import { openOnThisDevice } from '#lib/document/opened-document.ts';
import type { Decision } from '#realtime/meeting/decisions.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { LiveActions, type ActionRights } from './live-actions.svelte.ts';

/** The actions beside a meeting: opened with it, seen in its panel, and made of its cards. */
export class MeetingActions {
	readonly meeting: Id;
	/** null until they have been opened on this device */
	live = $state.raw<LiveActions | null>(null);
	unreachable = $state(false);
	/** the panel is in view */
	shown = $state(false);
	/** the action that the panel turns to next */
	sought = $state.raw<Id | null>(null);
	#left = false;

	readonly #options: { document: Id; me: Id } & ActionRights;

	constructor({ meeting, ...options }: { meeting: Id; document: Id; me: Id } & ActionRights) {
		this.meeting = meeting;
		this.#options = options;
	}

	/** Begins again with what the server has: what it would not take is given up. */
	async openAnew(): Promise<void> {
		const former = this.live;
		this.live = null;
		former?.destroy();
		former?.document.close();
		await former?.document.forget();
		await this.open();
	}

	/** Closes the document. */
	leave(): void {
		this.#left = true;
		this.live?.destroy();
		this.live?.document.close();
	}

	/** Opens the actions on this device. */
	async open(): Promise<void> {
		try {
			const opened = await openOnThisDevice(this.#options.document, this.#options.me);
			if (this.#left) opened.link.close();
			else this.live = new LiveActions(new LiveDocument(opened), this.#options);
		} catch {
			this.unreachable = true;
		}
	}

	/** The actions that were made of a card. */
	of(card: Id): readonly Id[] {
		return this.live?.ofCards.get(card) ?? [];
	}

	/** The actions that were made of an adopted decision. */
	ofDecision(decision: Id): readonly Id[] {
		return this.live?.ofDecisions.get(decision) ?? [];
	}

	/** Turns the panel to an action. */
	seek(action: Id): void {
		this.shown = true;
		this.sought = action;
	}

	/** Makes an action of a card, and answers its id; null: they may not, or it is not open yet. */
	makeOf(card: { id: Id; text: string; document: Id }): Id | null {
		if (!this.live?.mayWrite) return null;
		return this.live.create({
			what: inOneLine(card.text),
			origin: { meeting: this.meeting, document: card.document, card: card.id, decision: null }
		});
	}

	/** Makes an action of an adopted decision: whoever answers for that is to do it, by the same day. Answers its id, as {@link makeOf}. */
	makeOfDecision({ id, text, document, card, person, office, due }: Decision): Id | null {
		if (!this.live?.mayWrite) return null;
		return this.live.create({ what: inOneLine(text), person, office, due, origin: { meeting: this.meeting, document, card, decision: id } });
	}
}

/** As much as an action says. */
const inOneLine = (text: string): string =>
	text
		.trim()
		.replace(/\s*\n\s*/g, ' ')
		.slice(0, limits.actionUnits);

/** null: this meeting is looked at without its actions */
export const [meetingActions, setMeetingActions] = createContext<MeetingActions | null>();
