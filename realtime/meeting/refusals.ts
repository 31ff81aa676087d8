/** Why a command is refused. The state is as it was; a page has a sentence for each. */
export const refusals = [
	/** no such meeting, or none for this person: the two look alike */
	'not-found',
	/** this role may not, or not in this state */
	'not-allowed',
	/** not of the shape that it has to have */
	'malformed',
	'meeting-exists',
	'meeting-scheduled',
	'meeting-live',
	'meeting-closed',
	'meeting-cancelled',
	/** the think tank is archived, and everything in it read-only */
	'archived',
	/** no such point on this agenda: somebody may have removed it meanwhile */
	'no-such-item',
	/** it is only proposed, and not yet a point that the meeting can be at */
	'item-proposed',
	/** what is written at a point cannot be gone on with at one of another kind */
	'other-kind',
	/** its document cannot be copied: not all of it is there, or it is too much */
	'no-copy',
	/** nobody of that id is in the think tank */
	'no-such-person',
	/** no such mandate item in the think tank */
	'no-such-mandate',
	'agenda-empty',
	'agenda-full',
	/** steps are gone through where the meeting is */
	'item-elsewhere',
	/** no such step of this activity: somebody may have taken it out meanwhile */
	'no-such-step',
	/** the step that an activity is at stays one of its steps */
	'step-present',
	/** nobody writes in private where there are no cards */
	'no-private-steps',
	/** what is written in private is put onto the board when the step ends */
	'step-private',
	/** without names, and so few that everybody would know whose they are */
	'too-few',
	/** only a brainstorm has columns of its own */
	'no-columns',
	/** there is no timer to do that with: somebody may have stopped it, or taken the meeting on */
	'no-timer',
	/** as many have asked for the floor as the list holds */
	'queue-full',
	/** others kept deciding about the same meeting at the same moment */
	'clash'
] as const;
export type Refusal = (typeof refusals)[number];
