import * as Y from 'yjs';
import { limits } from '#realtime/meeting/limits.ts';
import { headingLevels, notesBlocks, notesMarks, notesNodes, notesRoot, type NotesMark } from './schema.ts';

/** Letters of one format. */
export interface Run {
	text: string;
	marks: readonly Exclude<NotesMark, 'link'>[];
	/** of the web; null: no link, or one that leads elsewhere */
	href: string | null;
}

/** What notes are made of, one under the other. A paragraph's lines are texts between hard breaks. */
export type Block =
	| { kind: 'paragraph'; lines: Run[][] }
	| { kind: 'heading'; level: (typeof headingLevels)[number]; lines: Run[][] }
	| { kind: 'bulletList'; items: Block[][] }
	| { kind: 'orderedList'; start: number; items: Block[][] }
	| { kind: 'blockquote'; blocks: Block[] };

export interface Notes {
	blocks: Block[];
	/** there is something in it that is not ours: its words are read, and an editor must not touch it */
	foreign: boolean;
}

/** What an editor of notes is tied to. */
export const notesOf = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment(notesRoot);

/** Notes as they stand. Total: never throws, whatever the document holds, and no word of it is left out. */
export function readNotes(doc: Y.Doc): Notes {
	const reading = { foreign: false };
	return { blocks: blocksIn(notesOf(doc), reading, 1), foreign: reading.foreign };
}

/** Notes as lines of text, for copies, search and minutes. Total, as {@link readNotes}. */
export function plainNotes(doc: Y.Doc): string {
	return linesOf(readNotes(doc).blocks).join('\n');
}

/** Is there a word in it? */
export const isEmptyNotes = ({ blocks }: Notes): boolean => blocks.every((block) => wordsOf(block).trim() === '');

/** The words of a block, without what gives them their form. */
export function wordsOf(block: Block): string {
	switch (block.kind) {
		case 'paragraph':
		case 'heading':
			return block.lines.map((line) => line.map(({ text }) => text).join('')).join(' ');
		case 'blockquote':
			return block.blocks.map(wordsOf).join(' ');
		default:
			return block.items.flat().map(wordsOf).join(' ');
	}
}

/** Calls back when anything in the notes changed, before an editor that is tied to them later. Returns how to stop. */
export function watchNotes(doc: Y.Doc, changed: () => void): () => void {
	const fragment = notesOf(doc);
	fragment.observeDeep(changed);
	return () => fragment.unobserveDeep(changed);
}

interface Reading {
	foreign: boolean;
}

function blocksIn(parent: Y.XmlFragment, reading: Reading, depth: number): Block[] {
	const blocks: Block[] = [];
	for (const child of childrenOf(parent)) {
		if (child instanceof Y.XmlElement && isBlock(child.nodeName) && depth < limits.notesDepth) {
			const block = blockOf(child, reading, depth);
			if (block) blocks.push(block);
		} else {
			reading.foreign = true;
			const lines = looseLines(child);
			if (lines.length > 0) blocks.push({ kind: 'paragraph', lines });
		}
	}
	return blocks;
}

function blockOf(element: Y.XmlElement, reading: Reading, depth: number): Block | null {
	switch (element.nodeName) {
		case 'paragraph':
			return { kind: 'paragraph', lines: runsIn(element, reading) };
		case 'heading': {
			const asked = attribute(element, 'level');
			return { kind: 'heading', level: headingLevels.find((level) => level === asked) ?? headingLevels[0], lines: runsIn(element, reading) };
		}
		case 'bulletList':
			return { kind: 'bulletList', items: itemsIn(element, reading, depth) };
		case 'orderedList': {
			const start = attribute(element, 'start');
			return { kind: 'orderedList', start: Number.isSafeInteger(start) ? (start as number) : 1, items: itemsIn(element, reading, depth) };
		}
		default:
			return { kind: 'blockquote', blocks: blocksIn(element, reading, depth + 1) };
	}
}

function itemsIn(list: Y.XmlElement, reading: Reading, depth: number): Block[][] {
	const items: Block[][] = [];
	for (const child of childrenOf(list)) {
		if (child instanceof Y.XmlElement && child.nodeName === 'listItem') items.push(blocksIn(child, reading, depth + 2));
		else {
			reading.foreign = true;
			const lines = looseLines(child);
			if (lines.length > 0) items.push([{ kind: 'paragraph', lines }]);
		}
	}
	return items;
}

/** The letters of a paragraph, in lines. */
function runsIn(element: Y.XmlElement, reading: Reading): Run[][] {
	const lines: Run[][] = [[]];
	for (const child of childrenOf(element)) {
		if (child instanceof Y.XmlText) lines.at(-1)!.push(...runsOf(child, reading));
		else if (child instanceof Y.XmlElement && child.nodeName === 'hardBreak' && child.length === 0) lines.push([]);
		else {
			reading.foreign = true;
			for (const line of looseLines(child)) lines.at(-1)!.push(...line);
		}
	}
	return lines;
}

function runsOf(text: Y.XmlText, reading: Reading): Run[] {
	const runs: Run[] = [];
	for (const { insert, attributes = {} } of text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]) {
		if (typeof insert !== 'string') {
			reading.foreign = true;
			continue;
		}
		const names = Object.keys(attributes);
		if (names.some((name) => !notesMarks.includes(name as NotesMark) || !isObject(attributes[name]))) reading.foreign = true;
		const marks = notesMarks.filter((mark): mark is Run['marks'][number] => mark !== 'link' && Object.hasOwn(attributes, mark));
		const link = Object.hasOwn(attributes, 'link') ? attributes['link'] : null;
		const run = { text: insert, marks, href: isObject(link) ? webAddress(link['href']) : null };
		const before = runs.at(-1);
		// a format that ends where it began parts nothing that is to be seen
		if (before && isOfOneFormat(before, run)) before.text += run.text;
		else runs.push(run);
	}
	return runs;
}

// both in the order of the schema
const isOfOneFormat = (a: Run, b: Run): boolean => a.href === b.href && a.marks.join() === b.marks.join();

/** All words of something that is not ours, one line for each piece of text: without descending, so that no depth is too much. */
function looseLines(type: unknown): Run[][] {
	const lines: Run[][] = [];
	const waiting = [type];
	while (waiting.length > 0) {
		const next = waiting.pop();
		if (next instanceof Y.XmlText) {
			const runs = runsOf(next, { foreign: true });
			if (runs.some(({ text }) => text.trim() !== '')) lines.push(runs.map(({ text }) => ({ text, marks: [], href: null })));
		} else if (typeof next === 'string') lines.push([{ text: next, marks: [], href: null }]);
		else if (next instanceof Y.XmlFragment) waiting.push(...childrenOf(next).reverse());
	}
	return lines;
}

function linesOf(blocks: readonly Block[], indent = ''): string[] {
	return blocks.flatMap((block): string[] => {
		switch (block.kind) {
			case 'paragraph':
			case 'heading':
				return block.lines.map((line) => indent + line.map(({ text }) => text).join(''));
			case 'blockquote':
				return linesOf(block.blocks, `${indent}> `);
			default:
				return block.items.flatMap((item, at) => {
					const sign = block.kind === 'bulletList' ? '• ' : `${block.start + at}. `;
					const [first = '', ...more] = linesOf(item);
					return [indent + sign + first, ...more.map((line) => indent + ' '.repeat(sign.length) + line)];
				});
		}
	});
}

/** What is placed in an element one after another, whatever it is. */
function childrenOf(parent: Y.XmlFragment): unknown[] {
	return parent.toArray();
}

const isBlock = (name: string): boolean => (notesBlocks as readonly string[]).includes(name);
const attribute = (element: Y.XmlElement, name: (typeof notesNodes)['heading' | 'orderedList']['attributes'][number]): unknown =>
	(element.getAttributes() as Record<string, unknown>)[name];
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** An address of the web; null for whatever else stands there. */
export function webAddress(value: unknown): string | null {
	if (typeof value !== 'string' || value.length > limits.addressUnits) return null;
	const url = URL.parse(value);
	return url && (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== '' ? url.href : null;
}
