import type * as Y from 'yjs';
import { encodeCaret } from '#realtime/board/awareness.ts';
import { createCard, groupCards, moveCard, splice, writingOf, type Writing } from '#realtime/board/edits.ts';
import { arrange, readBoard, readCard } from '#realtime/board/read.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { enterMeeting } from '#realtime/client/meeting-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';
import { newId } from '../auth/tokens.ts';
import { themes, type Idea, type Theme } from './ideas.ts';
import { pause, sometimes } from './pace.ts';

/** What a bot needs to take part: the addresses and the session of anybody else. */
export interface Seat {
	/** such as http://127.0.0.1:3000 */
	origin: string;
	meeting: Id;
	board: Id;
	person: Id;
	cookie: string;
	clientId: number;
	language: Language;
	ideas: readonly Idea[];
	/** what the bots tell each other: which cards belong together */
	themed: Map<Theme, Id[]>;
}

/** Beyond this many cards nobody reads a board any more: the bots add none. */
const fullBoardCards = 40;

/** Takes part in the meeting as a person would, over the same sockets, until the signal says stop. Rejects then, and never otherwise. */
export async function takePart(seat: Seat, signal: AbortSignal): Promise<void> {
	const meeting = enterMeeting({ url: seat.origin, meeting: seat.meeting, cookie: seat.cookie, changed: () => {}, ended: () => {} });
	const link = openBoard({
		url: `${seat.origin.replace(/^http/, 'ws')}/yjs`,
		document: seat.board,
		clientId: seat.clientId,
		storage: memoryStorage(),
		socket: socketWith(seat.cookie)
	});
	signal.addEventListener('abort', () => {
		link.close();
		meeting.leave();
	});
	await online(link, signal);
	for (const [nth, idea] of seat.ideas.entries()) {
		await pause(nth === 0 ? 'thinking' : 'pondering', signal);
		if (arrangedCards(link.doc) >= fullBoardCards) break;
		await contribute(seat, link, idea, signal);
	}
	for (;;) {
		await pause('looking', signal);
		await lookAround(link, signal);
	}
}

/** Node's own WebSocket, which can carry a cookie where a browser adds its own. */
function socketWith(cookie: string): typeof WebSocket {
	return class extends WebSocket {
		constructor(url: string | URL, protocols: string | string[] = []) {
			super(url, { protocols, headers: { cookie } } as unknown as string[]);
		}
	};
}

function online(link: BoardLink, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const look = () => {
			if (link.status.connection !== 'online') return;
			stop();
			resolve();
		};
		const stop = link.watch(look);
		signal.addEventListener('abort', () => reject(signal.reason));
		look();
	});
}

/** Writes an idea on a new card; then, perhaps, moves it where it belongs, or groups it with its like. */
async function contribute({ person, language, themed }: Seat, link: BoardLink, idea: Idea, signal: AbortSignal): Promise<void> {
	const { doc } = link;
	const id = newId();
	createCard(doc, { id, author: person, createdAt: Date.now(), column: idea.first ?? idea.quadrant, group: null, before: null });
	await write(link, { card: id }, inLanguage(idea.text, language), signal);
	if (idea.first !== undefined) {
		await pause('hesitating', signal);
		moveCard(doc, id, { column: idea.quadrant, group: null, before: null });
	}
	if (idea.theme !== undefined) await groupWithLike(link, { id, theme: idea.theme, themed, language }, signal);
	link.presence.set({ card: null, caret: null });
}

async function groupWithLike(
	link: BoardLink,
	{ id, theme, themed, language }: { id: Id; theme: Theme; themed: Map<Theme, Id[]>; language: Language },
	signal: AbortSignal
): Promise<void> {
	const { doc } = link;
	const column = readCard(doc, id)?.column;
	const like = (themed.get(theme) ?? []).find((other) => {
		const card = readCard(doc, other);
		return card !== null && !card.deleted && card.column === column;
	});
	themed.set(theme, [...(themed.get(theme) ?? []), id]);
	if (like === undefined) return;
	await pause('hesitating', signal);
	const group = newId();
	groupCards(doc, id, like, group);
	// it joined a group that has its title already
	if (writingOf(doc, { group }) !== null) await write(link, { group }, inLanguage(themes[theme], language), signal);
}

/** Types a text letter by letter, with a slip now and then, the caret where it is. */
async function write(link: BoardLink, writing: Writing, text: string, signal: AbortSignal): Promise<void> {
	const { doc, presence } = link;
	const card = 'card' in writing ? writing.card : null;
	const put = (inserted: string, removed = 0): boolean => {
		const at = writingOf(doc, writing)?.length;
		if (at === undefined) return false;
		splice(doc, writing, { at: at - removed, removed, inserted });
		if (card !== null) presence.set({ card, caret: encodeCaret(doc, card, at - removed + inserted.length) });
		return true;
	};
	for (const letter of text) {
		if (sometimes(0.015) && letter !== ' ') {
			put(letter);
			await pause('word', signal);
			put('', letter.length);
		}
		// somebody took the group apart or the card away: there is nothing left to write in
		if (!put(letter)) return;
		await pause(letter === ' ' ? 'word' : letter === '،' || letter === ',' ? 'hesitating' : 'letter', signal);
	}
}

/** Looks at a card, and once in a while puts one of the column's cards first. */
async function lookAround({ doc, presence }: BoardLink, signal: AbortSignal): Promise<void> {
	const column = quadrants[Math.floor(Math.random() * quadrants.length)]!;
	const cards = arrange(readBoard(doc), [column])[column].filter((entry) => entry.kind === 'card');
	const seen = cards[Math.floor(Math.random() * cards.length)];
	if (!seen) return;
	presence.set({ card: seen.id, caret: null });
	await pause('thinking', signal);
	if (sometimes(0.2)) moveCard(doc, seen.id, { column, group: null, before: cards[0]!.id });
	presence.set({ card: null, caret: null });
}

const arrangedCards = (doc: Y.Doc): number => [...readBoard(doc).cards.values()].filter(({ deleted }) => !deleted).length;
