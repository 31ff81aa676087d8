import type { LiveDocument } from '#lib/document/live-document.svelte.ts';
import type { OwnDrafts } from '#lib/drafts/own-drafts.svelte.ts';
import type { MeetingAnswer } from '#lib/api.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { AgendaItem, Participant } from '#realtime/meeting/meetings.ts';

/** What the live meeting gives to the stage of the activity at hand. */
export interface StageProps {
	answer: MeetingAnswer;
	activity: AgendaItem;
	/** the document is what this person writes for themself; null: it is everybody's */
	alone: OwnDrafts | null;
	/** null until it has been opened on this device */
	document: LiveDocument | null;
	/** it could not even be begun: neither the network nor this device has what it takes */
	unreachable: boolean;
	/** everybody who is known by name here */
	people: ReadonlyMap<Id, Participant>;
}

/** What the live meeting asks of a stage. */
export interface StagePart {
	/** Hands the person what this page has of the document: what is left to them whom the server has turned away. */
	exportCopy(): void;
	/** Turns the person to a card. Answers whether it is here, and there is none where there are no cards. */
	show?(card: Id): boolean;
}
