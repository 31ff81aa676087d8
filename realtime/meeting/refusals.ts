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
	/** somebody is there who may conduct the meeting */
	'conducted',
	/** nobody has conducted it for too short a time: they may only be coming back */
	'too-soon',
	/** too few of those who are there agree */
	'no-consent',
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
	/** a vote is open: it is closed or cancelled first */
	'vote-open',
	/** no such vote in this meeting */
	'no-such-vote',
	/** it is not open any more */
	'vote-over',
	'votes-full',
	/** a vote has two options or more, and no more than can be weighed; a motion is one; a card may have been deleted meanwhile */
	'vote-options',
	/** the rule does not fit these options, or this level */
	'vote-rule',
	/** this person does not vote here */
	'not-entitled',
	/** the ballot says more, or something else, than its vote lets it */
	'ballot-unfit',
	/** nobody votes for their own cards here */
	'own-card',
	/** another token of this person's was signed, or another ballot cast under this one */
	'ballot-cast',
	/** no token that this vote has signed */
	'token-unsigned',
	/** the wording of a decision is not, or no longer, what somebody was about to adopt */
	'wording-changed',
	/** it is adopted already */
	'decision-adopted',
	'decisions-full',
	/** no such decision in this meeting */
	'no-such-decision',
	/** the vote that a decision was to rest on was not carried, had no quorum, or nobody voted */
	'vote-lost',
	/** others kept deciding about the same meeting at the same moment */
	'clash'
] as const;
export type Refusal = (typeof refusals)[number];
