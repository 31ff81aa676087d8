import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { createDecision } from '#realtime/board/decisions-edits.ts';
import { decisionsOf } from '#realtime/board/decisions-read.ts';
import { attachEvidence, createCard, groupCards, splice } from '#realtime/board/edits.ts';
import { notesOf } from '#realtime/board/notes.ts';
import { cardsOf } from '#realtime/board/read.ts';
import { shapes } from '#realtime/board/shapes.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { bringsOf, Gate } from '#realtime/server/boards/gate/gate.ts';
import { readUpdate } from '#realtime/server/boards/gate/read-update.ts';
import type { Because } from '#realtime/server/boards/gate/refusal.ts';
import type { Random } from './random.ts';

/** Updates that no page of ours could have sent: a generator for each class, and the rule that each breaks. */

type Unit = readonly [client: number, clock: number];
type Write = (encoder: encoding.Encoder) => void;

interface Struct {
	left?: Unit;
	right?: Unit;
	parent?: string | Unit;
	key?: string;
	content: Write;
	ref: number;
}

interface Update {
	sections?: { client: number; clock?: number; announced?: number; structs: readonly (Struct | Write)[] }[];
	deletions?: { client: number; announced?: number; ranges: readonly Unit[] }[];
	tail?: number[];
}

const uint = (encoder: encoding.Encoder, ...numbers: number[]) => numbers.forEach((number) => encoding.writeVarUint(encoder, number));
/** The same number in more bytes than it needs. */
const long = (encoder: encoding.Encoder, number: number) => encoding.writeUint8Array(encoder, Uint8Array.of(number | 0x80, 0));
const bytes =
	(...all: number[]): Write =>
	(encoder) =>
		encoding.writeUint8Array(encoder, Uint8Array.from(all));
const string =
	(text: string): Write =>
	(encoder) =>
		encoding.writeVarString(encoder, text);
const value =
	(content: unknown): Write =>
	(encoder) => (uint(encoder, 1), encoding.writeAny(encoder, content as string));
const raw =
	(...all: number[]): Write =>
	(encoder) => (uint(encoder, 1), bytes(...all)(encoder));
const type =
	(number: number, name?: string): Write =>
	(encoder) => (uint(encoder, number), name === undefined || encoding.writeVarString(encoder, name));
const format =
	(key: string, json: string): Write =>
	(encoder) => (encoding.writeVarString(encoder, key), encoding.writeVarString(encoder, json));
const gc =
	(length: number): Write =>
	(encoder) =>
		uint(encoder, 0, length);

const written = (write: Write): Uint8Array => {
	const encoder = encoding.createEncoder();
	write(encoder);
	return encoding.toUint8Array(encoder);
};

/** An update as it is asked for, whatever sense it makes. */
const update = ({ sections = [], deletions = [], tail = [] }: Update): Uint8Array =>
	written((encoder) => {
		uint(encoder, sections.length);
		for (const { client, clock = 0, structs, announced = structs.length } of sections) {
			uint(encoder, announced, client, clock);
			for (const struct of structs) {
				if (typeof struct === 'function') {
					struct(encoder);
					continue;
				}
				const { left, right, parent, key, ref, content } = struct;
				encoding.writeUint8(encoder, ref | (left ? 0x80 : 0) | (right ? 0x40 : 0) | (key === undefined ? 0 : 0x20));
				if (left) uint(encoder, ...left);
				if (right) uint(encoder, ...right);
				if (!left && !right) {
					uint(encoder, typeof parent === 'string' ? 1 : 0);
					if (typeof parent === 'string') encoding.writeVarString(encoder, parent);
					else uint(encoder, ...parent!);
					if (key !== undefined) encoding.writeVarString(encoder, key);
				}
				content(encoder);
			}
		}
		uint(encoder, deletions.length);
		for (const { client, ranges, announced = ranges.length } of deletions) {
			uint(encoder, client, announced);
			for (const range of ranges) uint(encoder, ...range);
		}
		bytes(...tail)(encoder);
	});

/** A document in which somebody has written, and an attacker who may write in it too. */
export interface Scene {
	kind: 'board' | 'notes';
	doc: Y.Doc;
	gate: Gate;
	/** the attacker's client ids, of which the document has nothing yet */
	me: number;
	also: number;
	/** somebody else, and the next clock of theirs */
	victim: number;
	reached: number;
	/** what a message of the attacker's is refused for; null: it is taken */
	verdict: (update: Uint8Array) => Because | null;
	random: Random;
	/** of the board: the id of a card, and the types in it */
	card: string;
	/** the card, or of notes a paragraph */
	thing: Unit;
	text: Unit;
	/** the text of another card, or a list */
	other: Unit;
	evidence: Unit;
	/** a decision, and its id */
	decision: Unit;
	decisionId: string;
	/** the first of at least forty letters in a row in its text */
	letters: Unit;
}

export function scene(kind: Scene['kind'], random: Random): Scene {
	const doc = new Y.Doc();
	const [me, also, victim] = [random.integer(2, 2 ** 20), random.integer(2 ** 20, 2 ** 30), random.integer(2 ** 30, 2 ** 32 - 1)];
	doc.clientID = victim;
	const idOf = ({ _item }: { _item: Y.Item | null }): Unit => [_item!.id.client, _item!.id.clock];
	const [card, second, decisionId] = [random.id(), random.id(), random.id()];
	const nowhere: Unit = [victim, 0];
	let found: Pick<Scene, 'thing' | 'text' | 'other' | 'evidence' | 'letters'> = {
		text: nowhere,
		other: nowhere,
		evidence: nowhere,
		letters: nowhere,
		thing: nowhere
	};
	const run = `${'نوشته‌ای '.repeat(8)}😀`;
	if (kind === 'board') {
		for (const id of [card, second]) {
			createCard(doc, { id, author: card, createdAt: 1, column: 'strengths', group: null, before: null });
			splice(doc, { card: id }, { at: 0, removed: 0, inserted: run });
		}
		groupCards(doc, card, second, random.id());
		attachEvidence(doc, card, random.id(), { kind: 'note', text: 'x' });
		const keys = (id: string) => cardsOf(doc).get(id) as Y.Map<Y.AbstractType<unknown>>;
		const text = keys(card).get('text')!;
		found = {
			...found,
			thing: idOf(cardsOf(doc).get(card) as Y.Map<unknown>),
			text: idOf(text),
			other: idOf(keys(second).get('text')!),
			evidence: idOf(keys(card).get('evidence')!),
			letters: [victim, text._start!.id.clock]
		};
	} else {
		const paragraph = new Y.XmlElement('paragraph');
		const text = new Y.XmlText(run);
		paragraph.insert(0, [text]);
		const list = new Y.XmlElement('bulletList');
		notesOf(doc).insert(0, [paragraph, list]);
		found = { ...found, thing: idOf(paragraph), text: idOf(text), other: idOf(list), letters: [victim, text._start!.id.clock] };
	}
	createDecision(doc, { id: decisionId, author: card, createdAt: 1, card, text: run });
	const decision = idOf(decisionsOf(doc).get(decisionId) as Y.Map<unknown>);
	const gate = new Gate(doc, shapes[kind]);
	const own = new Set([me, also]);
	const verdict = (bytes: Uint8Array): Because | null => {
		const read = readUpdate(bytes);
		if ('because' in read) return read.because;
		const brings = bringsOf(doc, read);
		if (brings.some((client) => !own.has(client))) return 'of-another';
		const weighed = gate.weigh(read);
		return 'because' in weighed ? weighed.because : null;
	};
	return { kind, doc, gate, me, also, victim, reached: Y.getState(doc.store, victim), verdict, random, card, decision, decisionId, ...found };
}

const letter = { content: string('x'), ref: 4 } as const;
/** One struct of the attacker's. */
const one = (s: Scene, struct: Struct | Write, more: Omit<Update, 'sections'> = {}) => update({ ...more, sections: [{ client: s.me, structs: [struct] }] });
const inKey = (s: Scene, key: string, write: Write, ref = 8) => one(s, { parent: s.thing, key, content: write, ref });
const inDecision = (s: Scene, key: string, write: Write) => one(s, { parent: s.decision, key, content: write, ref: 8 });
const inEvidence = (s: Scene, write: Write) => one(s, { parent: s.evidence, key: s.random.id(), content: write, ref: 8 });
const inText = (s: Scene, write: Write, ref = 4) => one(s, { parent: s.text, content: write, ref });
const after = ([client, clock]: Unit, by: number): Unit => [client, clock + by];
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

interface Class {
	because: Because;
	in?: Scene['kind'];
	make: (scene: Scene) => Uint8Array;
}

export const hostileClasses: Record<string, Class> = {
	nothing: { because: 'cut-short', make: () => new Uint8Array() },
	'an update that is cut short': { because: 'cut-short', make: (s) => inText(s, string('سلام')).slice(0, -s.random.integer(1, 3)) },
	'the claim of 2^25 structs': { because: 'more-announced-than-sent', make: (s) => update({ sections: [{ client: s.me, announced: 2 ** 25, structs: [] }] }) },
	'the claim of 2^30 clients': { because: 'cut-short', make: (s) => written((encoder) => uint(encoder, 2 ** 30, 1, s.me)) },
	'the claim of 2^40 deletions': { because: 'huge-run', make: (s) => update({ deletions: [{ client: s.victim, announced: 2 ** 40, ranges: [[0, 1]] }] }) },
	'the claim of 2^31 values': { because: 'more-announced-than-sent', make: (s) => inKey(s, 'column', (encoder) => uint(encoder, 2 ** 31)) },
	'an object that claims 2^30 keys': {
		because: 'more-announced-than-sent',
		make: (s) => inEvidence(s, (encoder) => (uint(encoder, 1, 118), uint(encoder, 2 ** 30)))
	},
	'an array that claims 2^30 values': {
		because: 'more-announced-than-sent',
		make: (s) => inEvidence(s, (encoder) => (uint(encoder, 1, 117), uint(encoder, 2 ** 30)))
	},
	'a text that claims a gigabyte': { because: 'cut-short', make: (s) => inText(s, (encoder) => uint(encoder, 2 ** 30)) },
	'a client without structs': { because: 'nothing-announced', make: (s) => update({ sections: [{ client: s.me, structs: [] }] }) },
	'a client that deletes nothing': { because: 'nothing-announced', make: (s) => update({ deletions: [{ client: s.victim, ranges: [] }] }) },
	'a number in more bytes than it needs': { because: 'number-not-shortest', make: (s) => inText(s, (encoder) => (long(encoder, 1), bytes(120)(encoder))) },
	'a number without end': { because: 'number-out-of-range', make: (s) => one(s, bytes(0, ...Array<number>(40).fill(0x80), 1)) },
	'an integer value without end': { because: 'number-out-of-range', make: (s) => inKey(s, 'createdAt', raw(125, ...Array<number>(40).fill(0x81), 1)) },
	'a clock near 2^53': { because: 'number-out-of-range', make: (s) => update({ deletions: [{ client: s.victim, ranges: [[2 ** 52, 2 ** 52]] }] }) },
	'a GC struct of 2^52 units': { because: 'number-out-of-range', make: (s) => one(s, gc(2 ** 52)) },
	'a huge run of deleted units': {
		because: 'huge-run',
		make: (s) => inText(s, (encoder) => uint(encoder, limits.clockUnitsPerUpdate + s.random.integer(1, 2 ** 20)), 1)
	},
	'a huge GC struct': { because: 'huge-run', make: (s) => one(s, gc(2 ** s.random.integer(23, 31))) },
	'huge runs of two clients': {
		because: 'huge-run',
		make: (s) => update({ sections: [s.me, s.also].map((client) => ({ client, structs: [gc(limits.clockUnitsPerUpdate - 1)] })) })
	},
	'more deletions than a document has room between': {
		because: 'huge-run',
		make: (s) =>
			update({
				deletions: [
					{
						client: s.victim,
						ranges: Array.from({ length: limits.documentStructs / 2 + limits.documentClientIds + 2 }, (_, i): Unit => [2 * i, 1])
					}
				]
			})
	},
	'client 0': { because: 'no-client', make: (s) => update({ sections: [{ ...{ client: 0 }, structs: [{ parent: s.text, ...letter }] }] }) },
	'a client beyond 32 bits': {
		because: 'no-client',
		make: (s) => update({ sections: [{ client: 2 ** 32 + s.me, structs: [{ parent: s.text, ...letter }] }] })
	},
	'a neighbour of a client beyond 32 bits': { because: 'no-client', make: (s) => one(s, { left: [2 ** 40, 0], ...letter }) },
	'the same client twice': {
		because: 'client-twice',
		make: (s) => update({ sections: [0, 1].map((clock) => ({ client: s.me, clock, structs: [{ parent: s.text, ...letter }] })) })
	},
	'deletions of the same client twice': {
		because: 'client-twice',
		make: (s) => update({ deletions: [0, 1].map((clock) => ({ client: s.victim, ranges: [[clock, 1] as const] })) })
	},
	'bytes after the end': { because: 'bytes-after-the-end', make: (s) => one(s, { parent: s.text, ...letter }, { tail: [0, s.random.integer(0, 255)] }) },
	'an update in the second encoding': { because: 'bytes-after-the-end', make: () => Y.encodeStateAsUpdateV2(new Y.Doc()) },
	'a text of no letter': { because: 'of-no-length', make: (s) => inText(s, string('')) },
	'a GC struct of no length': { because: 'of-no-length', make: (s) => one(s, gc(0)) },
	'nothing deleted': { because: 'of-no-length', make: (s) => inText(s, (encoder) => uint(encoder, 0), 1) },
	'no values': { because: 'of-no-length', make: (s) => inKey(s, 'column', (encoder) => uint(encoder, 0)) },
	'a deletion of no length': { because: 'of-no-length', make: (s) => update({ deletions: [{ client: s.victim, ranges: [[0, 0]] }] }) },
	'a Skip': { because: 'skip', make: (s) => one(s, bytes(10, 5)) },
	'a Skip with other bits, which poisons compaction': { because: 'skip', make: (s) => one(s, bytes(s.random.pick([0x2a, 0x4a, 0x8a, 0xea]), 5)) },
	'a GC struct with other bits': {
		because: 'foreign-content',
		make: (s) => one(s, { parent: s.text, ref: 0, key: 'x', content: (encoder) => uint(encoder, 5) })
	},
	'a parent that is neither name nor unit': { because: 'unknown-struct', make: (s) => one(s, bytes(4, 2, 0, 1, 120)) },
	'a type that Yjs does not have': { because: 'unknown-struct', make: (s) => inKey(s, 'text', type(s.random.integer(7, 120)), 7) },
	...Object.fromEntries(
		(
			[
				['JSON of an old version', 2, (encoder: encoding.Encoder) => (uint(encoder, 1), string('{}')(encoder))],
				['bytes', 3, bytes(2, 1, 1)],
				['something embedded', 5, string('{"image":1}')],
				['a document within the document', 9, (encoder: encoding.Encoder) => (string('guid')(encoder), encoding.writeAny(encoder, { autoLoad: true }))],
				['content that Yjs does not have', 11, bytes(1)],
				['content of number 31', 31, bytes(1)]
			] as const
		).map(([name, ref, content]): [string, Class] => [name, { because: 'foreign-content', make: (s) => inText(s, content, ref) }])
	),
	'deletions out of order': {
		because: 'deletions-out-of-order',
		make: (s) =>
			update({
				deletions: [
					{
						client: s.victim,
						ranges: [
							[5, 1],
							[1, 1]
						]
					}
				]
			})
	},
	'deletions that overlap': {
		because: 'deletions-out-of-order',
		make: (s) =>
			update({
				deletions: [
					{
						client: s.victim,
						ranges: [
							[0, 9],
							[4, 2]
						]
					}
				]
			})
	},
	'deletions of what is not there yet': {
		because: 'deletes-the-unknown',
		make: (s) => update({ deletions: [{ client: s.victim, ranges: [[s.reached, s.random.integer(1, 2 ** 40)]] }] })
	},
	'deletions beyond what is there': {
		because: 'deletes-the-unknown',
		make: (s) => update({ deletions: [{ client: s.victim, ranges: [[s.letters[1], s.reached]] }] })
	},
	'deletions of a client that nobody knows': { because: 'deletes-the-unknown', make: (s) => update({ deletions: [{ client: s.also + 1, ranges: [[0, 1]] }] }) },
	'U+0000 in a text': { because: 'nul-in-text', make: (s) => inText(s, string('a\0b')) },
	'U+0000 in a value': { because: 'nul-in-text', make: (s) => inKey(s, 'column', value('\0')) },
	'U+0000 in JSON': { because: 'nul-in-text', in: 'notes', make: (s) => inText(s, format('link', '{"href":"\\u0000"}'), 6) },
	'a lone surrogate in a text': { because: 'no-unicode', make: (s) => inText(s, bytes(3, 0xed, 0xa0, 0x80 + s.random.integer(0, 31))) },
	'a lone surrogate in JSON': { because: 'no-unicode', in: 'notes', make: (s) => inText(s, format('link', '{"href":"\\ud800"}'), 6) },
	'a text that is no UTF-8': { because: 'no-unicode', make: (s) => inText(s, bytes(2, 0xff, 0xfe)) },
	'a letter in more bytes than it needs': { because: 'no-unicode', make: (s) => inText(s, bytes(2, 0xc1, 0x81)) },
	undefined: { because: 'unknown-value', make: (s) => inKey(s, 'column', raw(127)) },
	'a BigInt': { because: 'unknown-value', make: (s) => inKey(s, 'createdAt', raw(122, 0, 0, 0, 0, 0, 0, 0, 1)) },
	'bytes as a value': { because: 'unknown-value', make: (s) => inEvidence(s, raw(116, 1, 1)) },
	'a value of no kind': { because: 'unknown-value', make: (s) => inKey(s, 'column', raw(s.random.pick([0, 50, 115, 128, 255]))) },
	'JSON that is none': { because: 'unknown-value', in: 'notes', make: (s) => inText(s, format('bold', '{'), 6) },
	'JSON with a number twice': { because: 'json-not-shortest', in: 'notes', make: (s) => inText(s, format('link', '{"href":"a","href":"b"}'), 6) },
	'JSON with a number over all': { because: 'json-not-shortest', in: 'notes', make: (s) => inText(s, format('link', '{"href":1e999}'), 6) },
	'not a number': { because: 'number-out-of-range', make: (s) => inKey(s, 'createdAt', raw(123, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0)) },
	infinity: { because: 'number-out-of-range', make: (s) => inKey(s, 'createdAt', raw(124, 0x7f, 0x80, 0, 0)) },
	'values too deep in each other': { because: 'nested-value', make: (s) => inEvidence(s, value(nested(s.random.integer(7, 900)))) },
	'JSON too deep in itself': {
		because: 'nested-value',
		in: 'notes',
		make: (s) => inText(s, format('link', JSON.stringify(nested(s.random.integer(7, 900)))), 6)
	},
	'a key that is a prototype': {
		because: 'forbidden-key',
		make: (s) =>
			inEvidence(
				s,
				(encoder) => (uint(encoder, 1, 118, 1), string(s.random.pick(['__proto__', 'constructor', 'prototype']))(encoder), encoding.writeAny(encoder, 1))
			)
	},
	'a key twice in an object': {
		because: 'forbidden-key',
		make: (s) => inEvidence(s, (encoder) => (uint(encoder, 1, 118, 2), [1, 2].forEach(() => (string('kind')(encoder), encoding.writeAny(encoder, 'note')))))
	},
	'a prototype in JSON': { because: 'forbidden-key', in: 'notes', make: (s) => inText(s, format('link', '{"__proto__":{"href":"x"}}'), 6) },
	'a gap': {
		because: 'gap',
		make: (s) => update({ sections: [{ client: s.me, clock: s.random.integer(1, 2 ** 40), structs: [{ parent: s.text, ...letter }] }] })
	},
	'an edit under the id of somebody else': {
		because: 'of-another',
		make: (s) => update({ sections: [{ client: s.victim, clock: s.reached, structs: [{ parent: s.text, ...letter }] }] })
	},
	'a GC struct under the id of somebody else': {
		because: 'of-another',
		make: (s) => update({ sections: [{ client: s.victim, clock: s.reached, structs: [gc(s.random.integer(1, 2 ** 21))] }] })
	},
	'a gap under the id of somebody else': {
		because: 'of-another',
		make: (s) => update({ sections: [{ client: s.victim, clock: s.reached + 9, structs: [gc(1)] }] })
	},
	'a neighbour in its own future': {
		because: 'own-future',
		make: (s) =>
			update({
				sections: [
					{
						client: s.me,
						structs: [
							{ parent: s.text, ...letter },
							{ left: [s.me, 5], ...letter }
						]
					}
				]
			})
	},
	'a right neighbour in its own future': { because: 'own-future', make: (s) => one(s, { left: s.letters, right: [s.me, 0], ...letter }) },
	'a parent in its own future': { because: 'own-future', make: (s) => one(s, { parent: [s.me, 3], ...letter }) },
	'a neighbour that nobody has': { because: 'unknown-neighbour', make: (s) => one(s, { left: [s.victim, s.reached + s.random.integer(0, 9)], ...letter }) },
	'a right neighbour of nobody': { because: 'unknown-neighbour', make: (s) => one(s, { right: [s.also + 1, 0], ...letter }) },
	'a parent that nobody has': { because: 'unknown-neighbour', make: (s) => one(s, { parent: [s.victim, s.reached], ...letter }) },
	'two clients that wait for each other': {
		because: 'in-a-circle',
		make: (s) =>
			update({
				sections: [
					{ client: s.also, structs: [{ left: [s.me, 0], ...letter }] },
					{ client: s.me, structs: [{ left: [s.also, 0], ...letter }] }
				]
			})
	},
	'a parent that is a letter': { because: 'parent-is-no-type', make: (s) => one(s, { parent: s.letters, ...letter }) },
	'a parent that is a letter of its own': {
		because: 'parent-is-no-type',
		make: (s) =>
			update({
				sections: [
					{
						client: s.me,
						structs: [
							{ parent: s.text, ...letter },
							{ parent: [s.me, 0], ...letter }
						]
					}
				]
			})
	},
	'neighbours in two lists': { because: 'neighbours-in-two-lists', in: 'board', make: (s) => one(s, { left: s.letters, right: s.thing, ...letter }) },
	'neighbours under two keys': { because: 'neighbours-in-two-lists', in: 'board', make: (s) => one(s, { left: s.text, right: s.evidence, ...letter }) },
	'neighbours in the wrong order': { because: 'neighbours-crossed', make: (s) => one(s, { left: after(s.letters, 9), right: after(s.letters, 3), ...letter }) },
	'what is there, with other letters': {
		because: 'not-what-is-there',
		make: (s) => update({ sections: [{ client: s.victim, clock: s.letters[1], structs: [{ parent: s.text, content: string('دیگر'), ref: 4 }] }] })
	},
	'what is there, somewhere else': {
		because: 'not-what-is-there',
		make: (s) => update({ sections: [{ client: s.victim, clock: s.letters[1], structs: [{ left: after(s.letters, -1), content: string('نوشته'), ref: 4 }] }] })
	},
	'what is there, of another kind': {
		because: 'not-what-is-there',
		make: (s) => update({ sections: [{ client: s.victim, clock: s.letters[1], structs: [{ parent: s.text, content: type(1), ref: 7 }] }] })
	},
	'a root that nobody knows': {
		because: 'unknown-root',
		make: (s) => one(s, { parent: s.random.pick(['votes', '__proto__', 'constructor', '']), key: 'a', content: value(1), ref: 8 })
	},
	'a list in a map': { because: 'not-in-the-shape', in: 'board', make: (s) => one(s, { parent: 'cards', ...letter }) },
	'a key that is no id': {
		because: 'not-in-the-shape',
		in: 'board',
		make: (s) => one(s, { parent: 'cards', key: s.random.pick(['__proto__', 'x', '']), content: type(1), ref: 7 })
	},
	'a value for a thing': { because: 'not-in-the-shape', in: 'board', make: (s) => one(s, { parent: 'cards', key: s.random.id(), content: value(1), ref: 8 }) },
	'a key that cards do not have': { because: 'not-in-the-shape', in: 'board', make: (s) => inKey(s, 'votes', value(3)) },
	'a value of another kind': {
		because: 'not-in-the-shape',
		in: 'board',
		make: (s) => inKey(s, s.random.pick(['column', 'place', 'group']), value(s.random.pick([1, true, {}, []] as unknown[])))
	},
	'a place that is none': {
		because: 'not-in-the-shape',
		in: 'board',
		make: (s) =>
			inKey(s, 'place', value(s.random.pick(['', '!', 'a', 'a0é', 'a0 ', 'a10', 'zzz', `A${'0'.repeat(26)}`, 'میان', `a0${'z'.repeat(limits.orderKeyUnits)}`])))
	},
	'a value that is too long': { because: 'not-in-the-shape', in: 'board', make: (s) => inKey(s, 'column', value('a'.repeat(limits.valueUnits + 1))) },
	'a field that evidence does not have': {
		because: 'not-in-the-shape',
		in: 'board',
		make: (s) => inEvidence(s, value({ kind: 'note', text: 'x', onclick: 'x' }))
	},
	'evidence that is a type': {
		because: 'not-in-the-shape',
		in: 'board',
		make: (s) => one(s, { parent: s.evidence, key: s.random.id(), content: type(1), ref: 7 })
	},
	'a format in the text of a card': { because: 'not-in-the-shape', in: 'board', make: (s) => inText(s, format('bold', '{}'), 6) },
	'a type in the text of a card': { because: 'not-in-the-shape', in: 'board', make: (s) => inText(s, type(1), 7) },
	'a key of a text': { because: 'not-in-the-shape', make: (s) => one(s, { parent: s.text, key: 'x', content: value(1), ref: 8 }) },
	'maps deep in each other': {
		because: 'not-in-the-shape',
		in: 'board',
		make: (s) =>
			update({
				sections: [
					{
						client: s.me,
						structs: [
							{ parent: 'cards', key: s.random.id(), content: type(1), ref: 7 },
							...Array.from({ length: 2_500 }, (_, i): Struct => ({ parent: [s.me, i], key: s.random.id(), content: type(1), ref: 7 }))
						]
					}
				]
			})
	},
	'lists deeper than they are read': {
		because: 'too-deep',
		in: 'notes',
		make: (s) =>
			update({
				sections: [
					{
						client: s.me,
						structs: Array.from({ length: s.random.integer(limits.notesDepth + 2, 900) }, (_, i): Struct => ({
							parent: i === 0 ? 'notes' : [s.me, i - 1],
							content: type(3, 'blockquote'),
							ref: 7
						}))
					}
				]
			})
	},
	'an element that notes do not have': {
		because: 'not-in-the-shape',
		in: 'notes',
		make: (s) => one(s, { parent: 'notes', content: type(3, s.random.pick(['script', 'constructor', 'text', ''])), ref: 7 })
	},
	'a hook of XML': { because: 'not-in-the-shape', in: 'notes', make: (s) => one(s, { parent: 'notes', content: type(5, 'paragraph'), ref: 7 }) },
	'letters without a paragraph': { because: 'not-in-the-shape', in: 'notes', make: (s) => one(s, { parent: 'notes', content: type(6), ref: 7 }) },
	'a paragraph right in a list': { because: 'not-in-the-shape', in: 'notes', make: (s) => one(s, { parent: s.other, content: type(3, 'paragraph'), ref: 7 }) },
	'an attribute that notes do not have': {
		because: 'not-in-the-shape',
		in: 'notes',
		make: (s) => one(s, { parent: s.thing, key: 'onclick', content: value('x'), ref: 8 })
	},
	'a format that notes do not have': { because: 'not-in-the-shape', in: 'notes', make: (s) => inText(s, format('colour', '{}'), 6) },
	'a format with more than it has': { because: 'not-in-the-shape', in: 'notes', make: (s) => inText(s, format('bold', '{"x":1}'), 6) },
	'what is written once, again': { because: 'written-once', in: 'board', make: (s) => inKey(s, s.random.pick(['author', 'createdAt']), value(null)) },
	'another card in the place of one': { because: 'written-once', in: 'board', make: (s) => one(s, { parent: 'cards', key: s.card, content: type(1), ref: 7 }) },
	'another card after one': { because: 'written-once', in: 'board', make: (s) => one(s, { left: s.thing, content: type(1), ref: 7 }) },
	'another text in the place of one': { because: 'written-once', in: 'board', make: (s) => inKey(s, 'text', type(2), 7) },
	'what is written once, twice at once': {
		because: 'written-once',
		in: 'board',
		make: (s) => {
			const author: Struct = { parent: [s.me, 0], key: 'author', content: value('a'), ref: 8 };
			return update({ sections: [{ client: s.me, structs: [{ parent: 'cards', key: s.random.id(), content: type(1), ref: 7 }, author, author] }] });
		}
	},
	'a key that a decision does not have': {
		because: 'not-in-the-shape',
		make: (s) => inDecision(s, s.random.pick(['number', 'adopted', 'by', 'at']), value(7))
	},
	'a value of a decision of another kind': { because: 'not-in-the-shape', make: (s) => inDecision(s, s.random.pick(['person', 'due', 'mandate']), value(7)) },
	'a decision without an id': { because: 'not-in-the-shape', make: (s) => one(s, { parent: 'decisions', key: 'adopted', content: type(1), ref: 7 }) },
	'a place of a decision that is none': { because: 'not-in-the-shape', make: (s) => inDecision(s, 'place', value('!')) },
	'what of a decision is written once, again': {
		because: 'written-once',
		make: (s) => inDecision(s, s.random.pick(['card', 'author', 'createdAt']), value(null))
	},
	'another decision in the place of one': {
		because: 'written-once',
		make: (s) => one(s, { parent: 'decisions', key: s.decisionId, content: type(1), ref: 7 })
	},
	'a decision taken away': { because: 'written-once', make: (s) => update({ deletions: [{ client: s.victim, ranges: [[s.decision[1], 1]] }] }) },
	'a card taken away': { because: 'written-once', in: 'board', make: (s) => update({ deletions: [{ client: s.victim, ranges: [[s.thing[1], 1]] }] }) },
	'an author taken away': { because: 'written-once', in: 'board', make: (s) => update({ deletions: [{ client: s.victim, ranges: [[0, s.letters[1]]] }] }) },
	'a text over its limit': { because: 'text-too-long', make: (s) => inText(s, string('x'.repeat(limits.textUnits))) },
	'a text that grows over its limit in pieces': {
		because: 'text-too-long',
		make: (s) =>
			update({
				sections: [
					{ client: s.me, structs: Array.from({ length: 5 }, (): Struct => ({ parent: s.text, content: string('x'.repeat(limits.textUnits / 4)), ref: 4 })) }
				]
			})
	}
};

/** Takes away every other letter of a text, of the first so many. */
export const everyOther = (s: Scene, letters: number): Uint8Array =>
	update({ deletions: [{ client: s.letters[0], ranges: Array.from({ length: letters / 2 }, (_, i): Unit => [s.letters[1] + 2 * i, 1]) }] });

/** Letters at the head of a text, each of which says that its right neighbour is another one, far away. */
export const farApart = (s: Scene, count: number): Uint8Array =>
	update({ sections: [{ client: s.me, structs: Array.from({ length: count }, (_, i): Struct => ({ right: after(s.letters, i % 40), ...letter })) }] });
