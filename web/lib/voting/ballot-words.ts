import { number } from '#lib/i18n/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';

/** What a ballot says, in words. */
export function ballotWords({ rule, options }: Pick<Vote, 'rule' | 'options'>, marks: Marks): string {
	const marked = options.filter(({ id }) => marks[id] !== undefined);
	switch (rule.kind) {
		case 'choice': {
			const value = marks[options[0]!.id];
			return value === 1 ? m.vote_yes() : value === -1 ? m.vote_no() : m.vote_abstain();
		}
		case 'rank':
			return marked
				.sort((a, b) => marks[a.id]! - marks[b.id]!)
				.map(({ id, text }) => m.vote_rank_place({ place: number(marks[id]!), title: text }))
				.join(m.list_separator());
		case 'approve':
			return marked.length === 0 ? m.vote_none_of_them() : marked.map(({ text }) => text).join(m.list_separator());
		default:
			return marked.map(({ id, text }) => `${text} (${number(marks[id]!)})`).join(m.list_separator());
	}
}
