import { getSchema } from '@tiptap/core';
import { setBlockType, splitBlock, toggleMark, wrapIn } from '@tiptap/pm/commands';
import { Slice, type Fragment, type Node } from '@tiptap/pm/model';
import { liftListItem, sinkListItem, splitListItem, wrapInList } from '@tiptap/pm/schema-list';
import { EditorState, TextSelection, type Command } from '@tiptap/pm/state';
import { initProseMirrorDoc, updateYFragment, ySyncPluginKey } from '@tiptap/y-tiptap';
import * as Y from 'yjs';
import { changeAction, createAction, moveAction, setActionDeleted, writeAction } from '#realtime/board/actions-edits.ts';
import { readActions } from '#realtime/board/actions-read.ts';
import { changeDecision, createDecision, moveDecision, setDecisionDeleted, spliceDecision } from '#realtime/board/decisions-edits.ts';
import { readDecisions } from '#realtime/board/decisions-read.ts';
import { attachEvidence, createCard, groupCards, moveCard, moveGroup, removeEvidence, setDeleted, splice, ungroup } from '#realtime/board/edits.ts';
import { notesOf } from '#realtime/board/notes.ts';
import { readBoard } from '#realtime/board/read.ts';
import { applyBatch, fromElsewhere, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { actionStates, quadrants, type DocumentKind } from '#realtime/board/schema.ts';
import { undoOf, undoOfActions, undoOfDecisions } from '#realtime/board/undo.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { notesKit } from '#lib/notes/kit.ts';
import type { Random } from './random.ts';

/** What people do who use the product as it is meant to be used, and what their pages send of it. */
export const honestKinds = ['board', 'notes', 'actions', 'decisions'] as const;
export type HonestKind = (typeof honestKinds)[number];
/** Where each is done. */
export const documentOf = { board: 'board', notes: 'notes', actions: 'actions', decisions: 'board' } as const satisfies Record<HonestKind, DocumentKind>;

const schema = getSchema([notesKit]);
const words = ['می‌نویسم', 'قانونِ ', 'نشست', ' ', 'طرح ۲', 'x', '😀', '، ', 'a\u0301'];

interface Undoable {
	undo(): void;
	redo(): void;
	settle(): void;
	destroy(): void;
}

/** One page of one person, on a device that stays when the page is loaded anew. */
class Page {
	readonly person: Id;
	doc = new Y.Doc();
	online = true;
	/** own edits that were not sent yet */
	unsent: Uint8Array[] = [];
	/** what others did, on the way */
	readonly coming: Uint8Array[] = [];
	/** every client id that the person ever had */
	readonly clients = new Set<number>();
	#undo: Undoable;
	readonly #kind: HonestKind;
	readonly #random: Random;

	constructor(kind: HonestKind, random: Random) {
		this.#kind = kind;
		this.#random = random;
		this.person = random.id();
		this.#undo = this.#begin();
	}

	/** The page is loaded anew from what the device has. */
	reload(): void {
		const kept = stateOf(this.doc);
		this.#undo.destroy();
		this.doc = new Y.Doc();
		applyBatch(this.doc, [kept]);
		this.#undo = this.#begin();
	}

	act(): void {
		if (this.#random.chance(0.06)) return this.#undo.undo();
		if (this.#random.chance(0.05)) return this.#undo.redo();
		if (this.#random.chance(0.2)) this.#undo.settle();
		if (this.#kind === 'board') editBoard(this.doc, this.person, this.#random);
		else if (this.#kind === 'actions') editActions(this.doc, this.person, this.#random);
		else if (this.#kind === 'decisions') editDecisions(this.doc, this.person, this.#random);
		else editNotes(this.doc, this.#random);
	}

	#begin(): Undoable {
		this.doc.clientID = this.#random.integer(2, 2 ** 32 - 1);
		this.clients.add(this.doc.clientID);
		this.doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (origin !== fromElsewhere) this.unsent.push(update);
		});
		if (this.#kind === 'board') return undoOf(this.doc);
		if (this.#kind === 'actions') return undoOfActions(this.doc);
		if (this.#kind === 'decisions') return undoOfDecisions(this.doc);
		const manager = new Y.UndoManager(notesOf(this.doc), { trackedOrigins: new Set([ySyncPluginKey]) });
		return {
			undo: () => unlessCollected(() => manager.undo()),
			redo: () => unlessCollected(() => manager.redo()),
			settle: () => manager.stopCapturing(),
			destroy: () => manager.destroy()
		};
	}
}

/** Yjs 13.6 throws where what an undo had brought back is deleted and collected by now (`redoItem` on a parent without `redone`). To a person the key does nothing, and the next one goes on. */
function unlessCollected(step: () => void): void {
	try {
		step();
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
	}
}

/** Pages that write in one document, come and go; `take` stands for the server, and answers what it shows to the others. */
export function honestTraffic(
	kind: HonestKind,
	random: Random,
	actions: number,
	server: Y.Doc,
	take: (update: Uint8Array, clients: ReadonlySet<number>) => Uint8Array | null
): void {
	const pages = Array.from({ length: 4 }, () => new Page(kind, random));
	const send = (page: Page, update: Uint8Array) => {
		const shown = take(update, page.clients);
		if (shown) for (const other of pages) if (other !== page && other.online) other.coming.push(shown);
	};
	const sendAll = (page: Page) => page.unsent.splice(0).forEach((update) => send(page, update));
	const comeBack = (page: Page) => {
		const has = stateVectorOf(page.doc);
		const asked = stateVectorOf(server);
		applyBatch(page.doc, [stateOf(server, has)]);
		page.online = true;
		const unsent = page.unsent.splice(0);
		// as our page and the stock provider answer; as a provider of another make; as one that got no acknowledgement
		if (random.chance(0.6)) return send(page, stateOf(page.doc, asked));
		if (random.chance(0.3)) return send(page, stateOf(page.doc));
		if (unsent.length === 0) return;
		if (random.chance(0.5)) return send(page, Y.mergeUpdates(unsent));
		for (const update of unsent) send(page, update);
		if (random.chance(0.5)) for (const update of unsent) send(page, update);
	};
	for (let done = 0; done < actions;) {
		const page = random.pick(pages);
		if (page.online && random.chance(0.02)) {
			page.online = false;
			// what is on the way when a line breaks is not received
			page.coming.length = 0;
		} else if (!page.online && random.chance(0.06)) comeBack(page);
		else if (random.chance(0.005)) {
			const { online } = page;
			page.reload();
			if (online) comeBack(page);
		} else if (page.coming.length > 0 && random.chance(0.5)) {
			applyBatch(page.doc, page.coming.splice(0, random.integer(1, page.coming.length)));
		} else {
			page.act();
			done++;
			if (page.online && random.chance(0.9)) sendAll(page);
		}
	}
	for (const page of pages) comeBack(page);
	for (const page of pages) comeBack(page);
}

const text = (random: Random): string => Array.from({ length: random.integer(1, 4) }, () => random.pick(words)).join('');

/** A piece of a text of this length to be replaced: no half of a character, as no caret stands in one. */
function pieceOf(written: string, random: Random): { at: number; removed: number; inserted: string } {
	const letters = [...written];
	const from = random.integer(0, letters.length);
	const to = Math.min(letters.length, from + (random.chance(0.4) ? random.integer(0, 5) : 0));
	const at = letters.slice(0, from).join('').length;
	return { at, removed: letters.slice(from, to).join('').length, inserted: random.chance(0.8) ? text(random) : '' };
}

function editBoard(doc: Y.Doc, author: Id, random: Random): void {
	const board = readBoard(doc);
	const cards = [...board.cards.values()];
	const groups = [...board.groups.values()];
	const spot = () => ({ column: random.pick(quadrants), group: null, before: random.chance(0.5) && cards.length > 0 ? random.pick(cards).id : null });
	if (cards.length === 0 || (cards.length < 60 && random.chance(0.1))) return createCard(doc, { id: random.id(), author, createdAt: 1, ...spot() });
	const card = random.pick(cards);
	const group = groups.length > 0 ? random.pick(groups) : null;
	const does = random.next();
	if (does < 0.55) splice(doc, { card: card.id }, pieceOf(card.text, random));
	else if (does < 0.65) moveCard(doc, card.id, group && random.chance(0.3) ? { column: group.column, group: group.id, before: null } : spot());
	else if (does < 0.72) groupCards(doc, card.id, random.pick(cards).id, random.id());
	else if (does < 0.78) setDeleted(doc, card.id, random.chance(0.5));
	else if (does < 0.84)
		attachEvidence(doc, card.id, random.id(), random.chance(0.5) ? { kind: 'note', text: text(random) } : { kind: 'link', url: 'https://a.ir/', title: '' });
	else if (does < 0.87) for (const { id } of card.evidence.slice(0, 1)) removeEvidence(doc, card.id, id);
	else if (group && does < 0.9) ungroup(doc, group.id);
	else if (group && does < 0.94) moveGroup(doc, group.id, spot());
	else if (group) splice(doc, { group: group.id }, pieceOf(group.title, random));
}

function editActions(doc: Y.Doc, author: Id, random: Random): void {
	const actions = [...readActions(doc).values()];
	const origin = () =>
		random.chance(0.5) ? { meeting: random.id(), document: random.id(), card: null, decision: random.chance(0.5) ? random.id() : null } : null;
	if (actions.length === 0 || (actions.length < 60 && random.chance(0.1)))
		return createAction(doc, { id: random.id(), author, createdAt: 1, origin: origin(), what: text(random) });
	const action = random.pick(actions);
	const does = random.next();
	if (does < 0.4) writeAction(doc, action.id, 'what', action.what.slice(0, 100) + text(random));
	else if (does < 0.6) writeAction(doc, action.id, 'notes', text(random) + action.notes.slice(0, 200));
	else if (does < 0.7) changeAction(doc, action.id, random.chance(0.5) ? { person: random.id() } : { office: text(random) });
	else if (does < 0.8) changeAction(doc, action.id, { due: random.chance(0.5) ? '2026-11-27' : null, state: random.pick(actionStates) });
	else if (does < 0.9) moveAction(doc, action.id, random.pick(actions).id);
	else setActionDeleted(doc, action.id, random.chance(0.5));
}

function editDecisions(doc: Y.Doc, author: Id, random: Random): void {
	const decisions = [...readDecisions(doc).values()];
	const idOrNull = () => (random.chance(0.5) ? random.id() : null);
	if (decisions.length === 0 || (decisions.length < 60 && random.chance(0.1)))
		return createDecision(doc, { id: random.id(), author, createdAt: 1, card: idOrNull(), mandate: idOrNull(), text: text(random) });
	const decision = random.pick(decisions);
	const does = random.next();
	if (does < 0.6) spliceDecision(doc, decision.id, pieceOf(decision.text, random));
	else if (does < 0.7) changeDecision(doc, decision.id, random.chance(0.5) ? { person: random.id() } : { office: text(random) });
	else if (does < 0.8) changeDecision(doc, decision.id, { due: random.chance(0.5) ? '2026-11-27' : null, mandate: idOrNull() });
	else if (does < 0.9) moveDecision(doc, decision.id, random.pick(decisions).id);
	else setDecisionDeleted(doc, decision.id, random.chance(0.5));
}

/** As the editor's own binding does it: reads what is there, lets ProseMirror change it, and writes the difference. */
function editNotes(doc: Y.Doc, random: Random): void {
	const fragment = notesOf(doc);
	if (fragment.length === 0) {
		doc.transact(() => fragment.insert(0, [new Y.XmlElement('paragraph')]), ySyncPluginKey);
	}
	const { doc: written, meta } = initProseMirrorDoc(fragment, schema);
	// no caret stands within a character
	const resolve = (position: number) => {
		const found = written.resolve(Math.min(written.content.size, position));
		const unit = found.parent.isTextblock ? (found.nodeBefore?.text ?? '').slice(-1).charCodeAt(0) : 0;
		return unit >= 0xd800 && unit < 0xdc00 ? written.resolve(found.pos + 1) : found;
	};
	const place = () => resolve(random.integer(0, written.content.size));
	const from = place();
	const to = random.chance(0.5) ? from : resolve(from.pos + random.integer(0, 12));
	let state = EditorState.create({ doc: written, selection: TextSelection.between(from, to) });
	const run = (command: Command) => void command(state, (transaction) => (state = state.apply(transaction)));
	const does = random.next();
	if (written.content.size > 3_000 && does < 0.2) state = state.apply(state.tr.delete(0, 2_000));
	else if (does < 0.5) state = state.apply(state.tr.insertText(text(random)));
	else if (does < 0.6) run(toggleMark(schema.marks[random.pick(['bold', 'italic', 'underline', 'strike'])]!));
	else if (does < 0.64) run(toggleMark(schema.marks['link']!, { href: 'https://example.org/طرح' }));
	else if (does < 0.7) run(random.chance(0.5) ? splitBlock : splitListItem(schema.nodes['listItem']!));
	else if (does < 0.75) run(setBlockType(schema.nodes[random.pick(['paragraph', 'heading'])]!, {}));
	else if (does < 0.8) run(wrapInList(schema.nodes[random.pick(['bulletList', 'orderedList'])]!));
	else if (does < 0.83) run(wrapIn(schema.nodes['blockquote']!));
	else if (does < 0.87) run(sinkListItem(schema.nodes['listItem']!));
	else if (does < 0.9) run(liftListItem(schema.nodes['listItem']!));
	else if (does < 0.92) state = state.apply(state.tr.replaceSelectionWith(schema.nodes['hardBreak']!.create()));
	else if (does < 0.95) state = state.apply(state.tr.replaceSelection(pasted(random)));
	else if (does < 0.951) state = state.apply(state.tr.delete(0, written.content.size));
	else state = state.apply(state.tr.deleteSelection());
	if (!state.doc.eq(written)) doc.transact(() => updateYFragment(doc, fragment, state.doc, meta), ySyncPluginKey);
}

function pasted(random: Random): Slice {
	const paragraph = (): Node => schema.node('paragraph', null, [schema.text(text(random), random.chance(0.3) ? [schema.mark('bold')] : [])]);
	const list = schema.node('orderedList', { start: random.integer(1, 4) }, [
		schema.node('listItem', null, [paragraph(), schema.node('blockquote', null, [paragraph()])])
	]);
	const content: Fragment = schema.node('doc', null, [schema.node('heading', { level: 3 }, [schema.text(text(random))]), list, paragraph()]).content;
	return new Slice(content, 0, 0);
}
