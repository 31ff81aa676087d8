import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { decodeCursor, encodeCursor } from '#realtime/board/awareness.ts';
import { isEmptyNotes, notesOf, plainNotes, readNotes, watchNotes } from '#realtime/board/notes.ts';
import { stateOf } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { randomFrom } from '../support/random.ts';

const element = (name: string, children: (Y.XmlElement | Y.XmlText)[] = [], attributes: Record<string, unknown> = {}): Y.XmlElement => {
	const made = new Y.XmlElement(name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
	made.insert(0, children);
	return made;
};
const text = (words: string, formats?: Record<string, object>): Y.XmlText => {
	const made = new Y.XmlText();
	made.insert(0, words, formats);
	return made;
};
const paragraph = (words: string) => element('paragraph', [text(words)]);

function notes(...children: (Y.XmlElement | Y.XmlText)[]): Y.Doc {
	const doc = new Y.Doc();
	notesOf(doc).insert(0, children);
	return doc;
}

describe('reading', () => {
	test('what an editor writes is read as it is', () => {
		const doc = notes(
			element('heading', [text('جمع‌بندی')], { level: 3 }),
			element('paragraph', [text('یک'), element('hardBreak'), text('دو', { bold: {}, link: { href: 'https://example.org/a' } })]),
			element('orderedList', [element('listItem', [paragraph('الف'), element('bulletList', [element('listItem', [paragraph('ب')])])])], { start: 3 }),
			element('blockquote', [paragraph('گفت')])
		);
		expect(readNotes(doc)).toEqual({
			foreign: false,
			blocks: [
				{ kind: 'heading', level: 3, lines: [[{ text: 'جمع‌بندی', marks: [], href: null }]] },
				{
					kind: 'paragraph',
					lines: [[{ text: 'یک', marks: [], href: null }], [{ text: 'دو', marks: ['bold'], href: 'https://example.org/a' }]]
				},
				{
					kind: 'orderedList',
					start: 3,
					items: [
						[
							{ kind: 'paragraph', lines: [[{ text: 'الف', marks: [], href: null }]] },
							{ kind: 'bulletList', items: [[{ kind: 'paragraph', lines: [[{ text: 'ب', marks: [], href: null }]] }]] }
						]
					]
				},
				{ kind: 'blockquote', blocks: [{ kind: 'paragraph', lines: [[{ text: 'گفت', marks: [], href: null }]] }] }
			]
		});
		expect(plainNotes(doc)).toBe('جمع‌بندی\nیک\nدو\n3. الف\n   • ب\n> گفت');
	});

	test('notes without a word are empty, whatever lies in them', () => {
		expect(isEmptyNotes(readNotes(new Y.Doc()))).toBe(true);
		expect(isEmptyNotes(readNotes(notes(paragraph('  '), element('bulletList', [element('listItem', [element('paragraph')])]))))).toBe(true);
		expect(isEmptyNotes(readNotes(notes(paragraph('یک'))))).toBe(false);
	});

	test('what concurrent editors may leave behind is no stranger', () => {
		const doc = notes(element('bulletList'), element('orderedList', [element('listItem')]), element('blockquote'), element('paragraph'));
		expect(readNotes(doc).foreign).toBe(false);
		expect(readNotes(notes(element('bulletList', [element('listItem', [element('bulletList', [element('listItem', [paragraph('x')])])])]))).foreign).toBe(
			false
		);
	});
});

describe('NOTES-2 hostile content', () => {
	const links = [
		'javascript:alert(1)',
		'JaVaScRiPt:alert(1)',
		' javascript:alert(1)',
		'data:text/html,x',
		'vbscript:x',
		'//example.org',
		'ftp://example.org',
		5,
		null,
		{}
	];
	test.each(links)('a link to %j is no link, and its word stays', (href) => {
		const { blocks } = readNotes(notes(element('paragraph', [text('کلیک', { link: { href } })])));
		expect(blocks).toEqual([{ kind: 'paragraph', lines: [[{ text: 'کلیک', marks: [], href: null }]] }]);
	});

	test.each<[string, Y.XmlElement | Y.XmlText, string]>([
		['an unknown element', element('script', [text('alert(1)')], { src: 'https://evil.example' }), 'alert(1)'],
		['a known one within an unknown', element('table', [element('row', [paragraph('خانه')])]), 'خانه'],
		['letters without a paragraph', text('آزاد'), 'آزاد'],
		['a paragraph within a paragraph', element('paragraph', [element('paragraph', [text('درون')])]), 'درون'],
		['a paragraph right in a list', element('bulletList', [paragraph('بی‌بند')]), 'بی‌بند'],
		['a list item without a list', element('listItem', [paragraph('آواره')]), 'آواره'],
		['an unknown format', element('paragraph', [text('رنگی', { colour: { value: 'red' } })]), 'رنگی'],
		['a name from the prototype', element('constructor', [text('نما')]), 'نما'],
		['an element without a name', element('', [text('بی‌نام')]), 'بی‌نام']
	])('%s: its words are read, and it is called foreign', (_name, child, words) => {
		const doc = notes(paragraph('پیش'), child, paragraph('پس'));
		expect(readNotes(doc).foreign).toBe(true);
		expect(plainNotes(doc).split('\n')).toEqual(['پیش', expect.stringContaining(words), 'پس']);
	});

	test('attributes that nobody asked for, and values of other kinds, change nothing', () => {
		const doc = notes(
			element('heading', [text('الف')], { level: '2;alert(1)', onclick: 'alert(1)', style: 'position:fixed' }),
			element('orderedList', [element('listItem', [paragraph('ب')])], { start: 'NaN' })
		);
		expect(readNotes(doc)).toMatchObject({
			foreign: false,
			blocks: [
				{ kind: 'heading', level: 2 },
				{ kind: 'orderedList', start: 1 }
			]
		});
	});

	test('depth without end', () => {
		const nested = (depth: number): Y.Doc => {
			const doc = new Y.Doc();
			let within: Y.XmlFragment = notesOf(doc);
			for (let i = 0; i < depth; i++) {
				const quote = new Y.XmlElement('blockquote');
				within.insert(0, [quote]);
				within = quote;
			}
			within.insert(0, [paragraph('ته')]);
			return doc;
		};
		const deep = nested(2_000);
		expect(readNotes(deep).foreign).toBe(true);
		expect(plainNotes(deep)).toContain('ته');
		expect(readNotes(nested(limits.notesDepth - 2)).foreign).toBe(false);
	});

	test('things that are no elements, and things embedded among letters', () => {
		const doc = new Y.Doc();
		const fragment = notesOf(doc);
		const letters = new Y.XmlText();
		fragment.insert(0, [new Y.XmlHook('hook') as never, element('paragraph', [letters])]);
		letters.insertEmbed(0, { image: 'https://evil.example/x.png' });
		letters.insert(1, 'پس از آن');
		expect(readNotes(doc).foreign).toBe(true);
		expect(plainNotes(doc)).toContain('پس از آن');
	});

	test('a root of another type', () => {
		const other = new Y.Doc();
		other.getMap('notes').set('x', 'y');
		other.getMap('notes').set('z', new Y.Map());
		const doc = new Y.Doc();
		Y.applyUpdate(doc, stateOf(other));
		expect(readNotes(doc)).toEqual({ blocks: [], foreign: false });
		const letters = new Y.Doc();
		letters.getText('notes').insert(0, 'نوشته');
		const second = new Y.Doc();
		Y.applyUpdate(second, stateOf(letters));
		expect(readNotes(second).foreign).toBe(true);
		expect(plainNotes(second).replaceAll('\n', '')).toBe('نوشته');
	});

	test('whatever lies in whatever', () => {
		const names = ['paragraph', 'heading', 'bulletList', 'orderedList', 'listItem', 'blockquote', 'hardBreak', 'image', '__proto__'];
		for (let seed = 0; seed < 300; seed++) {
			const random = randomFrom(seed);
			const words: string[] = [];
			const grow = (depth: number): Y.XmlElement | Y.XmlText => {
				if (depth === 0 || random.chance(0.3)) {
					words.push(`w${words.length}.`);
					return text(words.at(-1)!, random.chance(0.3) ? { [random.pick(names)]: {} } : undefined);
				}
				return element(
					random.pick(names),
					Array.from({ length: random.integer(0, 3) }, () => grow(depth - 1))
				);
			};
			const doc = notes(...Array.from({ length: 4 }, () => grow(5)));
			const plain = plainNotes(doc);
			for (const word of words) expect(plain, `seed ${seed}`).toContain(word);
		}
	});
});

test('NOTES-3 whoever watches is told before an editor that is tied to the notes later', () => {
	const doc = notes(paragraph('یک'));
	const told: string[] = [];
	const stop = watchNotes(doc, () => told.push(readNotes(doc).foreign ? 'foreign' : 'ours'));
	notesOf(doc).observeDeep(() => told.push('editor'));
	notesOf(doc).push([element('image')]);
	expect(told).toEqual(['foreign', 'editor']);
	stop();
	notesOf(doc).push([paragraph('دو')]);
	expect(told.filter((who) => who !== 'editor')).toHaveLength(1);
});

describe('cursors', () => {
	test('what is sent arrives', () => {
		const doc = notes(paragraph('سلام'));
		const letters = (notesOf(doc).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		const [from, to] = [1, 3].map((index) => Y.createRelativePositionFromTypeIndex(letters, index)) as [Y.RelativePosition, Y.RelativePosition];
		const sent: unknown = JSON.parse(JSON.stringify(encodeCursor(from, to)));
		expect(JSON.stringify(sent).length).toBeLessThan(limits.presenceBytes / 4);
		letters.insert(0, 'و ');
		const { anchor, head } = decodeCursor(sent)!;
		expect(Y.createAbsolutePositionFromRelativePosition(anchor, doc)?.index).toBe(3);
		expect(Y.createAbsolutePositionFromRelativePosition(head, doc)?.index).toBe(5);
	});

	test.each([null, undefined, 5, 'x', {}, { anchor: null, head: null }, { anchor: 1 }])('what is none is none: %j', (cursor) => {
		expect(decodeCursor(cursor)).toBeNull();
	});
});
