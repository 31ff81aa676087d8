import { splice } from '#realtime/board/edits.ts';
import { cardTextOf } from '#realtime/board/read.ts';
import { changeAs, emittedAsOne, hasGap, sameState, stateOf } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { shapes, type DocumentShape, type Shape } from '#realtime/board/shapes.ts';
import { Budget } from '#realtime/server/boards/budget.ts';
import { bringsOf, Gate } from '#realtime/server/boards/gate/gate.ts';
import { readUpdate, type ReadUpdate } from '#realtime/server/boards/gate/read-update.ts';
import { reasons, type Because } from '#realtime/server/boards/gate/refusal.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cardsFrom } from '../support/cards.ts';
import { everyOther, farApart, hostileClasses, scene, type Scene } from '../support/hostile.ts';
import { documentOf, honestKinds, honestTraffic } from '../support/honest.ts';
import { randomFrom } from '../support/random.ts';

const isLong = process.env['LONG'] === '1';

describe('honest traffic', () => {
	/** `SEED=17 npx vitest run tests/realtime/gate.test.ts` replays one. */
	const seeds = process.env['SEED'] ? [Number(process.env['SEED'])] : Array.from({ length: isLong ? 10 : 2 }, (_, i) => i + 1);
	const actions = isLong ? 5_000 : 1_000;
	/** formats that Yjs takes away by itself, and remains of what was deleted with its surroundings */
	const rare = { tidied: 0, remains: 0 };

	test.each(honestKinds.flatMap((kind) => seeds.map((seed) => ({ kind, seed }))))(
		`GATE-1 $kind: what ${actions} actions of our pages send passes to the last update, seed $seed`,
		{ timeout: 600_000 },
		({ kind, seed }) => {
			const server = new Y.Doc();
			const gate = new Gate(server, shapes[documentOf[kind]]);
			const emitted: Uint8Array[] = [];
			server.on('update', (update: Uint8Array) => emitted.push(update));
			let passed = 0;
			honestTraffic(kind, randomFrom(seed), actions, server, (update, clients) => {
				const read = readUpdate(update);
				if ('because' in read) throw new Error(`update ${passed}, seed ${seed}: ${read.because} ${Buffer.from(update).toString('hex').slice(0, 200)}`);
				const weighed = gate.weigh(read);
				if ('because' in weighed) throw new Error(`update ${passed}, seed ${seed}: ${weighed.because}`);
				expect(bringsOf(server, read).filter((client) => !clients.has(client))).toEqual([]);
				passed++;
				for (const { structs } of read.sections.values()) rare.remains += structs.filter(({ content }) => content.is === 'remains').length;
				Y.applyUpdate(server, update);
				expect(hasGap(server)).toBe(false);
				if (emitted.length > 1) rare.tidied++;
				const shown = emittedAsOne(emitted.splice(0));
				// who says that there is nothing new says it of what is not applied
				expect(shown !== undefined, `update ${passed}`).toBe(weighed.isNew);
				return shown ?? null;
			});
			expect(passed).toBeGreaterThan(actions / 3);
			const again = new Y.Doc();
			Y.applyUpdate(again, stateOf(server));
			expect(sameState(again, server)).toBe(true);
		}
	);

	test('GATE-1 a character that a stock client parts comes in halves together with what parts it, and without that not', () => {
		const [page, server] = [new Y.Doc(), new Y.Doc()];
		const { id: card, make } = cardsFrom(randomFrom(5))('👍');
		make(page);
		Y.applyUpdate(server, stateOf(page));
		const other = page.clientID + 1;
		changeAs(page, other, (doc) => splice(doc, { card }, { at: 1, removed: 0, inserted: 'و' }));
		const weigh = (update: Uint8Array) => new Gate(server, shapes.board).weigh(readUpdate(update) as ReadUpdate);
		expect(weigh(stateOf(page))).toEqual({ isNew: true });
		expect(weigh(stateOf(page, Y.encodeStateVector(new Map([[other, 1]]))))).toMatchObject({ because: 'not-what-is-there' });
	});

	test.skipIf(seeds.length === 1)('GATE-1 what is rare among honest edits was among these', () => {
		expect(Math.min(rare.tidied, rare.remains)).toBeGreaterThan(0);
	});
});

describe('hostile vectors and their kin', () => {
	const seeds = isLong ? 40 : 4;

	test.each(Object.entries(hostileClasses))(
		'GATE-2 GATE-3 GATE-4 GATE-5 %s: refused for that, and the document stays as it was',
		(_, { because, in: only, make }) => {
			for (const kind of only ? [only] : (['board', 'notes'] as const)) {
				for (let seed = 1; seed <= seeds; seed++) {
					const at = scene(kind, randomFrom(seed));
					const before = stateOf(at.doc);
					expect([kind, seed, at.verdict(make(at))]).toEqual([kind, seed, because]);
					expect(stateOf(at.doc)).toEqual(before);
					expect([hasGap(at.doc), at.doc.share.size]).toEqual([false, kind === 'board' ? 3 : 2]);
				}
			}
		}
	);

	test('GATE-2 every rule of the gate has a class that breaks it', () => {
		const broken = new Set(Object.values(hostileClasses).map(({ because }) => because));
		// the first is the door's, and the others have tests of their own
		const elsewhere: Because[] = ['too-many-bytes', 'too-many-clients', 'too-costly', 'full'];
		expect([...broken, ...elsewhere].sort()).toEqual(Object.keys(reasons).sort());
	});

	test('GATE-2 the samples are refused on the document that they were made for', () => {
		const { base, vectors } = JSON.parse(readFileSync(join(import.meta.dirname, '../support/hostile-updates.json'), 'utf8')) as {
			base: { update: string };
			vectors: { id: string; update: string }[];
		};
		const doc = new Y.Doc();
		Y.applyUpdate(doc, Buffer.from(base.update, 'hex'));
		const before = stateOf(doc);
		const text: Shape = { is: 'text', formats: {} };
		const values: Shape = { is: 'value', kinds: ['string'], units: 100 };
		const item: Shape = { is: 'map', keys: { w: values, text } };
		const shape: DocumentShape = {
			roots: { items: { is: 'map', keys: Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`card${i + 1}`, item])) }, minutes: text },
			elements: {},
			deepest: 6
		};
		const gate = new Gate(doc, shape);
		for (const { id, update } of vectors) {
			const read = readUpdate(Buffer.from(update, 'hex'));
			const refusal = 'because' in read || bringsOf(doc, read).some((client) => client !== 5) ? read : gate.weigh(read);
			if ('because' in read || !bringsOf(doc, read).some((client) => client !== 5))
				expect([id, refusal]).toEqual([id, { reason: expect.any(String), because: expect.any(String) }]);
			expect([id, stateOf(doc)]).toEqual([id, before]);
		}
	});
});

describe('what an edit may cost', () => {
	/** A board with one text of many pieces, each written by a hand of its own. */
	function fragmented(pieces: number): Scene {
		const at = scene('board', randomFrom(1));
		const other = new Y.Doc();
		other.clientID = at.victim + 1;
		Y.applyUpdate(other, stateOf(at.doc));
		const text = cardTextOf(other, at.card)!;
		for (let i = 0; i < pieces; i++) text.insert(0, 'x');
		Y.applyUpdate(at.doc, stateOf(other));
		return at;
	}

	test('GATE-9 insertions that have to be looked for all through a long text are refused, and one is not', () => {
		const at = fragmented(3_000);
		expect(at.verdict(farApart(at, 1))).toBe(null);
		expect(at.verdict(farApart(at, limits.liveStructs))).toBe('too-costly');
	});

	test('GATE-9 deletions that part a text into thousands of pieces are refused; as many of whole pieces, and as many again of what is gone, are not', () => {
		const at = scene('board', randomFrom(1));
		const other = new Y.Doc();
		other.clientID = at.victim + 1;
		Y.applyUpdate(other, stateOf(at.doc));
		const text = cardTextOf(other, at.card)!;
		text.insert(0, 'x'.repeat(40_000));
		Y.applyUpdate(at.doc, stateOf(other));
		const longest: Scene = { ...at, letters: [other.clientID, 0] };
		expect([200, 20_000].map((letters) => at.verdict(everyOther(longest, letters)))).toEqual([null, 'too-costly']);
		const pieces: Scene = { ...fragmented(20_000), letters: [at.victim + 1, 0] };
		const whole = everyOther(pieces, 20_000);
		expect(pieces.verdict(whole)).toBe(null);
		Y.applyUpdate(pieces.doc, whole);
		expect(pieces.verdict(whole)).toBe(null);
	});

	test('GATE-9 what is sent again counts too where it lies in the middle of something, which Yjs parts and puts together again', () => {
		const at = scene('board', randomFrom(1));
		const [first, second] = [new Y.Doc(), new Y.Doc()];
		[first.clientID, second.clientID] = [at.victim + 1, at.victim + 2];
		for (const doc of [first, second]) Y.applyUpdate(doc, stateOf(at.doc));
		const end = (doc: Y.Doc) => cardTextOf(doc, at.card)!;
		const append = (doc: Y.Doc, letter: string) => end(doc).insert(end(doc).length, letter);
		// the second follows on the first letter of a pair, and comes to lie after both
		for (let i = 0; i < 12_000; i++) {
			append(first, 'a');
			Y.applyUpdate(second, stateOf(first, Y.encodeStateVector(second)));
			append(second, 'x');
			append(first, 'b');
			Y.applyUpdate(first, stateOf(second, Y.encodeStateVector(first)));
			Y.applyUpdate(second, stateOf(first, Y.encodeStateVector(second)));
		}
		Y.applyUpdate(at.doc, stateOf(first));
		const others = new Map([...Y.decodeStateVector(Y.encodeStateVector(first))].filter(([client]) => client !== second.clientID));
		expect(at.verdict(stateOf(first, Y.encodeStateVector(others)))).toBe('too-costly');
		expect(at.verdict(stateOf(first, Y.encodeStateVector(others.set(second.clientID, 11_800))))).toBe(null);
	});

	test('GATE-9 what is more than one live edit may be says so, to be tried elsewhere first', () => {
		const at = fragmented(1);
		const sizes = [limits.liveStructs, limits.liveStructs + 1].map((count) => readUpdate(farApart(at, count)));
		expect(sizes.map((read) => 'large' in read && read.large)).toEqual([false, true]);
	});
});

describe('how much a document may be', () => {
	test('GATE-6 bytes, structs and client ids have a limit, and it is measured anew when what was added up is over', () => {
		const doc = new Y.Doc();
		const budget = new Budget(doc, 0);
		expect([budget.takes(limits.documentBytes, 1, 1), budget.takes(limits.documentBytes + 1, 1, 1)]).toEqual([true, false]);
		expect([budget.takes(1, limits.documentStructs + 1, 0), budget.takes(1, 1, limits.documentClientIds + 1)]).toEqual([false, false]);
		// what came may have been taken away again, or merged
		budget.spend(limits.documentBytes, limits.documentStructs);
		expect(budget.takes(1_000, 1, 0)).toBe(true);
	});

	test('GATE-10 over half of a limit is what was measured to be so, by bytes, structs or client ids', () => {
		const half = (change: (doc: Y.Doc, budget: Budget) => void): boolean => {
			const doc = new Y.Doc();
			const budget = new Budget(doc, 0);
			expect(budget.isHalfFull).toBe(false);
			change(doc, budget);
			return budget.isHalfFull;
		};
		const write = (doc: Y.Doc, letters: number) => doc.getText('t').insert(0, 'x'.repeat(letters));
		// much came, and little of it is there
		expect(half((_, budget) => budget.spend(limits.documentBytes, limits.documentStructs))).toBe(false);
		expect(
			half((doc, budget) => {
				write(doc, limits.documentBytes / 2);
				budget.spend(limits.documentBytes / 2 + 1, 1);
			})
		).toBe(true);
		expect(
			half((doc, budget) => {
				for (let i = 0; i <= limits.documentStructs / 2; i++) write(doc, 1);
				budget.spend(limits.documentBytes / 2, limits.documentStructs / 2 + 1);
			})
		).toBe(true);
		expect(
			half((doc) => {
				for (let client = 1; client <= limits.documentClientIds / 2 + 1; client++) changeAs(doc, client, () => write(doc, 1));
			})
		).toBe(true);
	});
});
