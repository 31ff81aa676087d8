import { attachEvidence, createCard, groupCards, moveCard, moveGroup, removeEvidence, setDeleted, splice, ungroup } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { clockOf } from '#realtime/board/replica.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { undoOf, type Undo } from '#realtime/board/undo.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import type { BoardStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Random } from '../random.ts';
import type { LineQuality } from './network.ts';

/** One page: a replica, and the person at it. */
export interface Page {
	readonly link: BoardLink;
	readonly undo: Undo;
	readonly clientId: number;
}

/** A person's device: what it keeps, and the pages that are open on it. */
export class Device {
	readonly person: Id;
	readonly storage: BoardStorage;
	/** has a network */
	reachable = true;
	line: LineQuality = {};
	pages: Page[] = [];
	/** client ids that were this device's, with pages that are closed too */
	readonly clientIds: number[] = [];
	readonly #open: (clientId: number) => BoardLink;

	constructor(options: { person: Id; storage: BoardStorage; open: (device: Device, clientId: number) => BoardLink }) {
		this.person = options.person;
		this.storage = options.storage;
		this.#open = (clientId) => options.open(this, clientId);
	}

	openPage(clientId: number): void {
		const link = this.#open(clientId);
		this.clientIds.push(clientId);
		this.pages.push({ link, clientId, undo: undoOf(link.doc) });
	}

	closePage(page: Page): void {
		this.pages = this.pages.filter((other) => other !== page);
		page.undo.destroy();
		page.link.close();
	}
}

/** Each thing that somebody may do to a board, done at random. Answers its name, null if there was nothing to do it to. */
export function act(random: Random, { link: { doc }, undo }: Page, person: Id): string | null {
	const board = readBoard(doc);
	const cards = [...board.cards.values()].filter(({ deleted }) => !deleted);
	const groups = [...board.groups.keys()];
	const column = random.pick(quadrants);
	const name = random.pick([
		'write',
		'write',
		'write',
		'create',
		'move',
		'move',
		'group',
		'group',
		'ungroup',
		'moveGroup',
		'title',
		'delete',
		'bringBack',
		'attach',
		'detach',
		'undo',
		'undo',
		'redo'
	] as const);
	if (name === 'create' || cards.length === 0) {
		const id = random.id();
		createCard(doc, {
			id,
			author: person,
			createdAt: Date.now(),
			column,
			group: null,
			before: random.chance(0.5) && cards.length > 0 ? random.pick(cards).id : null
		});
		splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'ایده ' });
		return 'create';
	}
	const card = random.pick(cards);
	switch (name) {
		case 'write': {
			const at = random.integer(0, card.text.length);
			const removed = random.chance(0.25) ? Math.min(random.integer(1, 4), card.text.length - at) : 0;
			splice(
				doc,
				{ card: card.id },
				{ at, removed, inserted: removed > 0 && random.chance(0.5) ? '' : random.pick(['تعاون', 'قانون ', 'a', 'ی', ' ', '۱۲', '👍']) }
			);
			return name;
		}
		case 'move':
			moveCard(doc, card.id, {
				column,
				group: random.chance(0.2) && groups.length > 0 ? random.pick(groups) : null,
				before: random.chance(0.7) ? random.pick(cards).id : null
			});
			return name;
		case 'group': {
			const onto = random.pick(cards).id;
			if (onto === card.id) return null;
			groupCards(doc, card.id, onto, random.id());
			return name;
		}
		case 'ungroup':
		case 'moveGroup':
		case 'title': {
			if (groups.length === 0) return null;
			const group = random.pick(groups);
			if (name === 'ungroup') ungroup(doc, group);
			else if (name === 'moveGroup') moveGroup(doc, group, { column, before: random.pick(cards).id });
			else splice(doc, { group }, { at: 0, removed: 0, inserted: random.pick(['موانع', 'A', '۲ ']) });
			return name;
		}
		case 'delete':
			setDeleted(doc, card.id, true);
			return name;
		case 'bringBack': {
			const deleted = [...board.cards.values()].filter((other) => other.deleted);
			if (deleted.length === 0) return null;
			setDeleted(doc, random.pick(deleted).id, false);
			return name;
		}
		case 'attach':
			attachEvidence(doc, card.id, random.id(), { kind: 'note', text: 'آمار ۱۴۰۴' });
			return name;
		case 'detach': {
			const [evidence] = card.evidence;
			if (!evidence) return null;
			removeEvidence(doc, card.id, evidence.id);
			return name;
		}
		case 'undo':
		case 'redo':
			undo[name]();
			return name;
	}
}

/** How far a page's document has come in the edits of a client id. */
export const reached = (page: Page, clientId: number): number => clockOf(page.link.doc, clientId);
