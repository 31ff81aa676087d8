import type { Card, Group } from '#realtime/board/read.ts';
import type { Other } from '#realtime/client/presence-link.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { BoardColumn } from '#realtime/meeting/meetings.ts';

/** What a card and a group have in common on the screen. One object a thing, for as long as the page lives. */
class ItemView {
	readonly id: Id;
	/** who else is in it */
	others = $state.raw<readonly Other[]>([]);
	/** this page's person writes in it */
	writing = $state(false);
	/** where the Tab key enters the board */
	current = $state(false);

	constructor(id: Id) {
		this.id = id;
	}
}

export class CardView extends ItemView {
	text = $state('');
	author = $state.raw<Id | null>(null);
	evidence = $state.raw<Card['evidence']>([]);
	group = $state.raw<Id | null>(null);

	/** Takes over what the document says now. */
	show(card: Card): void {
		this.text = card.text;
		this.author = card.author;
		this.group = card.group;
		if (JSON.stringify(this.evidence) !== JSON.stringify(card.evidence)) this.evidence = card.evidence;
	}
}

export class GroupView extends ItemView {
	title = $state('');
	cards = $state.raw<readonly CardView[]>([]);

	/** Takes over what the document says now. */
	show(group: Group): void {
		this.title = group.title;
	}
}

/** What lies in a column. */
export type EntryView = { kind: 'card'; id: Id; card: CardView } | { kind: 'group'; id: Id; group: GroupView };

export class ColumnView {
	readonly id: string;
	/** as its facilitator named it; null: the product's own name */
	title = $state.raw<string | null>(null);
	entries = $state.raw<readonly EntryView[]>([]);
	/** cards, those in groups included */
	count = $state(0);

	constructor({ id, title }: BoardColumn) {
		this.id = id;
		this.title = title;
	}
}
