import { m } from '#lib/paraglide/messages.js';
import { surfaceOf } from '#realtime/meeting/meetings.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import { rightsAt, spokenRights, type Moment, type SpokenRight } from '#realtime/meeting/spoken-rights.ts';
import { openVote } from '#realtime/meeting/voting.ts';

type Sentence = () => string;

/** What is said of a right: to whoever has it, and where it has to be said, to whoever has not. */
interface Words {
	has: Sentence;
	not?: Sentence;
}

/** A sentence about a right that somebody has, or has not. */
export interface RightSentence {
	right: SpokenRight;
	has: boolean;
	text: string;
}

const words: Record<Exclude<SpokenRight, 'see' | 'write' | 'vote'>, Sentence> = {
	'write-alone': m.right_write_alone,
	speak: m.right_speak,
	'be-ready': m.right_be_ready,
	propose: m.right_propose,
	'word-decisions': m.right_word_decisions,
	'make-actions': m.right_make_actions,
	'change-actions': m.right_change_actions,
	'go-on': m.right_go_on,
	'run-timer': m.right_run_timer,
	'give-floor': m.right_give_floor,
	'open-vote': m.right_open_vote,
	adopt: m.right_adopt,
	'let-in': m.right_let_in,
	close: m.right_close
};

function wordsOf(right: SpokenRight, { item, meeting }: Moment): Words {
	const board = surfaceOf[item.kind] === 'board';
	switch (right) {
		case 'see':
			return board ? { has: m.right_see_board, not: m.right_see_not } : { has: m.right_see_notes };
		case 'write':
			return board ? { has: m.right_write_board, not: m.right_write_board_not } : { has: m.right_write_notes, not: m.right_write_notes_not };
		case 'vote':
			return { has: m.right_vote, ...(openVote(meeting) && { not: m.right_vote_not }) };
		default:
			return { has: words[right] };
	}
}

/** What people of a role may do now, and what they might expect to and may not, in sentences that can be read out. */
export function sentencesOf(role: Role, moment: Moment): RightSentence[] {
	const rights = rightsAt(role, moment);
	return spokenRights.flatMap((right): RightSentence[] => {
		const { has, not } = wordsOf(right, moment);
		if (rights.includes(right)) return [{ right, has: true, text: has() }];
		return not ? [{ right, has: false, text: not() }] : [];
	});
}
