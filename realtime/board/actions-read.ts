import * as Y from 'yjs';
import { isDay } from '#realtime/meeting/days.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { actionKeys, actionRoots, actionTexts, type ActionField, type ActionOrigin, type ActionText } from './actions-schema.ts';
import { byPlace } from './place.ts';
import { lastWriterOf } from './replica.ts';
import { actionStates, type ActionState } from './schema.ts';

/** An action as it stands, with every shape that we do not know left out. */
export interface Action {
	id: Id;
	what: string;
	person: Id | null;
	office: string | null;
	due: string | null;
	state: ActionState;
	place: string;
	origin: ActionOrigin | null;
	notes: string;
	author: Id | null;
	createdAt: number | null;
	deleted: boolean;
}

export const actionsOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap(actionRoots.actions);

/** A text of an action, null if there is no such action. */
export function actionTextOf(doc: Y.Doc, action: Id, text: ActionText): Y.Text | null {
	const map = actionsOf(doc).get(action);
	const found = map instanceof Y.Map ? map.get(actionKeys[text]) : null;
	return found instanceof Y.Text ? found : null;
}

/** One action, null if there is none of that id or it is no action. Total: never throws, whatever the document holds. */
export function readAction(doc: Y.Doc, id: Id): Action | null {
	const map = actionsOf(doc).get(id);
	if (!(map instanceof Y.Map)) return null;
	const due = map.get(actionKeys.due);
	const state = map.get(actionKeys.state);
	const createdAt = map.get(actionKeys.createdAt);
	return {
		id,
		what: actionTextOf(doc, id, 'what')?.toString() ?? '',
		person: string(map.get(actionKeys.person)),
		office: string(map.get(actionKeys.office)),
		due: isDay(due) ? due : null,
		state: actionStates.find((known) => known === state) ?? 'open',
		place: string(map.get(actionKeys.place)) ?? '',
		origin: originIn(map.get(actionKeys.origin)),
		notes: actionTextOf(doc, id, 'notes')?.toString() ?? '',
		author: string(map.get(actionKeys.author)),
		createdAt: typeof createdAt === 'number' && Number.isFinite(createdAt) ? createdAt : null,
		deleted: map.get(actionKeys.deleted) === true
	};
}

/** All actions, deleted ones included. */
export function readActions(doc: Y.Doc): Map<Id, Action> {
	const actions = new Map<Id, Action>();
	for (const id of actionsOf(doc).keys()) {
		const action = readAction(doc, id);
		if (action) actions.set(id, action);
	}
	return actions;
}

/** Those that are not deleted, in order. */
export const arrangeActions = (actions: Iterable<Action>): Action[] => [...actions].filter(({ deleted }) => !deleted).sort(byPlace);

/** Is it still to be done? */
export const isOpen = ({ state }: Pick<Action, 'state'>): boolean => state === 'open' || state === 'doing';

/** May somebody who may not change everybody's actions change this one: is it theirs, or nobody's? */
export const isOwnOrNobodys = ({ author, person, office }: Pick<Action, 'author' | 'person' | 'office'>, who: Id): boolean =>
	author === who || person === who || (person === null && office === null);

/** What a transaction changed in a field of an action. */
export interface ActionChange {
	action: Id;
	field: ActionField;
	/** null: nothing there */
	before: string | null;
	after: string | null;
	/** the client id that wrote it last; null: it cannot be told */
	client: number | null;
}

/** What there is of an action before it is made. */
const blank = { what: '', notes: '', person: null, office: null, due: null, state: 'open', deleted: true } as const;

const valueOf: Record<ActionField, (action: Pick<Action, keyof typeof blank>) => string | null> = {
	what: ({ what }) => what || null,
	notes: ({ notes }) => notes || null,
	who: ({ person, office }) => person ?? office,
	due: ({ due }) => due,
	state: ({ state }) => state,
	deleted: ({ deleted }) => String(deleted)
};

/** Calls back, after each transaction, with the actions that it touched and with what it changed in them. Returns how to stop. */
export function watchActions(doc: Y.Doc, changed: (actions: ReadonlySet<Id>, changes: ActionChange[]) => void): () => void {
	const root = actionsOf(doc);
	const known = readActions(doc);
	let touched = new Set<Id>();
	/** who wrote last in a text, by action and text */
	let writers = new Map<string, number | null>();

	const gather = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => {
		for (const event of events) {
			const [id, key] = event.path.map(String);
			if (id === undefined) for (const id of event.changes.keys.keys()) touched.add(id);
			else {
				touched.add(id);
				if (event.target instanceof Y.Text) writers.set(`${id} ${key}`, lastWriter(event.target, event));
			}
		}
	};
	const flush = () => {
		if (touched.size === 0) return;
		const ids = touched;
		const texts = writers;
		touched = new Set();
		writers = new Map();
		const changes: ActionChange[] = [];
		for (const id of ids) {
			const action = readAction(doc, id);
			if (!action) continue;
			const before = known.get(id) ?? blank;
			known.set(id, action);
			for (const [field, value] of Object.entries(valueOf) as [ActionField, (typeof valueOf)[ActionField]][]) {
				if (value(before) === value(action)) continue;
				const writer = isText(field) && texts.has(`${id} ${field}`) ? texts.get(`${id} ${field}`)! : lastWriterOf(root.get(id), keyBehind(field, action));
				changes.push({ action: id, field, before: value(before), after: value(action), client: writer });
			}
		}
		changed(ids, changes);
	};
	root.observeDeep(gather);
	doc.on('afterTransaction', flush);
	return () => {
		root.unobserveDeep(gather);
		doc.off('afterTransaction', flush);
	};
}

/** The client id of the last piece of a text that an event inserted; of a deletion nobody says whose it is. */
function lastWriter(text: Y.Text, event: Y.YEvent<Y.AbstractType<unknown>>): number | null {
	let client: number | null = null;
	for (let item = text._start; item; item = item.right) if (!item.deleted && event.adds(item)) client = item.id.client;
	return client;
}

const isText = (field: ActionField): field is ActionText => (actionTexts as readonly string[]).includes(field);

/** The key of the document that a field's last change stands in. */
const keyBehind = (field: ActionField, { person, office }: Action): string =>
	field !== 'who' ? actionKeys[field] : person === null && office !== null ? actionKeys.office : actionKeys.person;

const string = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function originIn(value: unknown): ActionOrigin | null {
	if (typeof value !== 'object' || value === null) return null;
	const { meeting, ...of } = value as Record<string, unknown>;
	const idOf = (id: unknown) => (isId(id) ? id : null);
	return isId(meeting) ? { meeting, document: idOf(of['document']), card: idOf(of['card']), decision: idOf(of['decision']) } : null;
}
