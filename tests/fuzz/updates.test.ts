import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { emittedAsOne, hasGap, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { shapes } from '#realtime/board/shapes.ts';
import { presenceFrame, readFrame, readPresence } from '#realtime/protocol/frames.ts';
import { bringsOf, Gate } from '#realtime/server/boards/gate/gate.ts';
import { readUpdate } from '#realtime/server/boards/gate/read-update.ts';
import { measured } from '#realtime/server/processor.ts';
import { ms } from '../bench/figures.ts';
import { documentOf, honestKinds, honestTraffic, type HonestKind } from '../support/honest.ts';
import { randomFrom, type Random } from '../support/random.ts';

/** `SEED=17 LONG=1 npx vitest run --project node tests/fuzz` runs the long one from another seed. */
const isLong = process.env['LONG'] === '1';
const seed = Number(process.env['SEED'] ?? 1);
const counts = isLong ? { updates: 100_000, presence: 50_000 } : { updates: 3_000, presence: 3_000 };
const timeout = 3_600_000;

/** Moments of honest histories: a document, and what was sent to it next. */
function moments(kind: HonestKind, random: Random): { state: Uint8Array; update: Uint8Array; clients: ReadonlySet<number> }[] {
	const found: ReturnType<typeof moments> = [];
	const server = new Y.Doc();
	const emitted: Uint8Array[] = [];
	server.on('update', (update: Uint8Array) => emitted.push(update));
	honestTraffic(kind, random, 200, server, (update, clients) => {
		if (update.length < 4_000) found.push({ state: stateOf(server), update, clients });
		Y.applyUpdate(server, update);
		return emittedAsOne(emitted.splice(0)) ?? null;
	});
	return found;
}

/** One byte or so is another, is gone, comes twice, or is cut off with all behind it. */
function mutated(update: Uint8Array, random: Random): Uint8Array {
	const bytes = [...update];
	for (let times = random.chance(0.8) ? 1 : random.integer(2, 4); times > 0; times--) {
		const at = random.integer(0, Math.max(0, bytes.length - 1));
		const does = random.next();
		if (does < 0.5) bytes[at] = random.integer(0, 255);
		else if (does < 0.7) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
		else if (does < 0.8) bytes.splice(at, 1);
		else if (does < 0.9) bytes.splice(at, 0, random.integer(0, 255));
		else if (does < 0.95) bytes.splice(at);
		else bytes.splice(at, 0, ...bytes.slice(at, at + random.integer(1, 9)));
	}
	return Uint8Array.from(bytes);
}

const noise = (random: Random): Uint8Array =>
	Uint8Array.from({ length: random.integer(0, 60) }, (_, i) => (i < 2 ? random.integer(0, 2) : random.integer(0, random.pick([3, 12, 40, 140, 255]))));

/** Prints how long the event loop was held at most. */
function stalls() {
	let heldMs = 0;
	let worstMs = 0;
	return {
		held: <Result>(work: () => Result): Result =>
			measured(
				() => performance.now(),
				(tookMs) => (heldMs += tookMs),
				work
			),
		/** the next update comes */
		next() {
			worstMs = Math.max(worstMs, heldMs);
			heldMs = 0;
		},
		print(what: string) {
			this.next();
			if (isLong) console.log(`${what}, seed ${seed}: the longest stall ${ms(worstMs)}`);
		}
	};
}

/** What came through the gate is applied whole, or it is a fault. */
function tally(what: string, next: (random: Random, moment: ReturnType<typeof moments>[number]) => Uint8Array) {
	const random = randomFrom(seed);
	const counted = { tried: 0, passed: 0, refusals: new Map<string, number>() };
	const each = Math.ceil(counts.updates / honestKinds.length);
	const stall = stalls();
	for (const kind of honestKinds) {
		let found: ReturnType<typeof moments> = [];
		for (let i = 0; i < each; i++) {
			if (i % 2_000 === 0) found = moments(kind, random);
			const moment = random.pick(found);
			const bytes = next(random, moment);
			const replay = () => `seed ${seed}, ${kind}, ${i}: ${Buffer.from(bytes).toString('hex')} after ${Buffer.from(moment.state).toString('hex')}`;
			counted.tried++;
			stall.next();
			const read = stall.held(() => readUpdate(bytes));
			const refuse = (because: string) => counted.refusals.set(because, (counted.refusals.get(because) ?? 0) + 1);
			if ('because' in read) {
				refuse(read.because);
				continue;
			}
			const doc = new Y.Doc();
			Y.applyUpdate(doc, moment.state);
			const before = stateOf(doc);
			if (bringsOf(doc, read).some((client) => !moment.clients.has(client))) {
				refuse('of-another');
				continue;
			}
			const gate = new Gate(doc, shapes[documentOf[kind]]);
			const weighed = stall.held(() => gate.weigh(read));
			if (Buffer.compare(stateOf(doc), before) !== 0 || doc.share.size > Object.keys(shapes[documentOf[kind]].roots).length)
				throw new Error(`changed by weighing: ${replay()}`);
			if ('because' in weighed) {
				refuse(weighed.because);
				continue;
			}
			counted.passed++;
			let emitted = 0;
			doc.on('update', () => emitted++);
			try {
				stall.held(() => Y.applyUpdate(doc, bytes));
			} catch (error) {
				throw new Error(`thrown by Yjs: ${replay()}`, { cause: error });
			}
			if (hasGap(doc)) throw new Error(`pending: ${replay()}`);
			if (emitted > 0 !== weighed.isNew) throw new Error(`new or not: ${replay()}`);
			for (const { client, end } of read.sections.values()) if (Y.getState(doc.store, client) < end) throw new Error(`half applied: ${replay()}`);
			// what is in the log is read by all of these
			const state = stateOf(doc);
			Y.decodeUpdate(state);
			Y.mergeUpdates([moment.state, bytes]);
			const again = new Y.Doc();
			Y.applyUpdate(again, state);
			// not byte for byte: whoever reads it may take away formats of which nothing is left
			if (hasGap(again) || Buffer.compare(stateVectorOf(again), stateVectorOf(doc)) !== 0) throw new Error(`read back as something else: ${replay()}`);
		}
	}
	stall.print(what);
	return counted;
}

describe(`100,000 mutated and 100,000 random updates, 50,000 awareness (here ${counts.updates} of each, ${counts.presence}, seed ${seed})`, () => {
	test('GATE-2 of mutated updates, none that passes throws, waits or is half applied', { timeout }, () => {
		const { tried, passed, refusals } = tally('mutated updates', (random, { update }) => mutated(update, random));
		// a letter that became another is an honest edit: there must be those too
		expect(passed).toBeGreaterThan(tried / 50);
		expect(refusals.size).toBeGreaterThan(15);
	});

	test('GATE-2 of random updates, none that passes throws, waits or is half applied', { timeout }, () => {
		const { tried, passed } = tally('random updates', (random) => noise(random));
		expect(passed).toBeLessThan(tried / 2);
	});

	test('GATE-2 of mutated and random presence, none does anything but be refused or read', { timeout }, () => {
		const random = randomFrom(seed);
		let read = 0;
		let refused = 0;
		const stall = stalls();
		for (let i = 0; i < counts.presence; i++) {
			const frame = presenceFrame([{ client: random.integer(1, 2 ** 32 - 1), clock: random.integer(0, 99), state: { card: random.id(), caret: 'x' } }]);
			const bytes = random.chance(0.2) ? Uint8Array.from([1, ...noise(random)]) : mutated(frame, random);
			stall.next();
			try {
				const message = stall.held(() => readFrame(bytes));
				if (message.kind !== 'presence') throw new Error('another message');
				for (const { client, clock, state } of stall.held(() => readPresence(message.bytes, () => true))) {
					expect([Number.isInteger(client), Number.isInteger(clock), typeof state]).toEqual([true, true, 'object']);
				}
				read++;
			} catch (error) {
				if ((error as Error).name === 'AssertionError') throw error;
				refused++;
			}
		}
		stall.print('presence');
		expect(Math.min(read, refused)).toBeGreaterThan(counts.presence / 50);
	});
});
