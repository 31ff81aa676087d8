import { arrange, readBoard, type Entry } from '#realtime/board/read.ts';
import { placed } from '#realtime/meeting/ballots.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Vote } from '#realtime/meeting/voting.ts';

/** Something that a decision can be worded of. */
export interface TopCard {
	/** of the card, the group, or the option of a vote that is neither */
	id: Id;
	/** is it to be seen on the board? */
	isCard: boolean;
	text: string;
	/** what came of the vote on it; null: there was none */
	place: number | null;
}

/** What lies on a board, as a vote on it put it in order, and what the vote was not about behind that; without a vote, as it lies. */
export function topCards(doc: Parameters<typeof readBoard>[0], columns: readonly string[], vote: Vote | null): TopCard[] {
	const lying = Object.values(arrange(readBoard(doc), columns, columns[0] ?? null)).flat();
	const cards = new Map(lying.map((entry): [Id, TopCard] => [entry.id, { id: entry.id, isCard: true, text: textOf(entry), place: null }]));
	const voted = (vote?.result ? placed(vote.result.tallies) : []).flatMap(({ option, place }): TopCard[] => {
		const text = vote!.options.find(({ id }) => id === option)?.text;
		// a card may have been deleted since it was voted on
		return cards.has(option) ? [{ ...cards.get(option)!, place }] : text === undefined ? [] : [{ id: option, isCard: false, text, place }];
	});
	const isVoted = new Set(voted.map(({ id }) => id));
	return [...voted, ...[...cards.values()].filter(({ id }) => !isVoted.has(id))].filter(({ text }) => text !== '');
}

const textOf = (entry: Entry): string =>
	(entry.kind === 'card' ? entry.card.text : entry.group.title.trim() || (entry.cards.find(({ text }) => text.trim() !== '')?.text ?? '')).trim();
