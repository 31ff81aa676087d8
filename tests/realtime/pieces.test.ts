import { createAction, writeAction } from '#realtime/board/actions-edits.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { inPieces } from '#realtime/board/pieces.ts';
import { applyBatch, hasGap, holdsOf, sameState, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { shapes } from '#realtime/board/shapes.ts';
import { ActionGuard } from '#realtime/board/touched.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { Gate } from '#realtime/server/boards/gate/gate.ts';
import { readUpdate } from '#realtime/server/boards/gate/read-update.ts';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { boardServer } from '../support/board-server.ts';
import { documentOf, honestKinds, honestTraffic, type HonestKind } from '../support/honest.ts';
import { saved, socketWith, untilStatus } from '../support/page.ts';
import { randomFrom } from '../support/random.ts';

const isLong = process.env['LONG'] === '1';
const docOf = (updates: readonly Uint8Array[]): Y.Doc => {
	const doc = new Y.Doc();
	applyBatch(doc, updates);
	return doc;
};

describe('pieces of what a server lacks', () => {
	/** Takes the pieces in, each as the gate lets it. */
	function take(server: Y.Doc, kind: HonestKind, pieces: readonly { update: Uint8Array }[]): void {
		const gate = new Gate(server, shapes[documentOf[kind]]);
		for (const { update } of pieces) {
			const read = readUpdate(update);
			expect('because' in read ? read : gate.weigh(read)).not.toHaveProperty('because');
			Y.applyUpdate(server, update);
			expect(hasGap(server)).toBe(false);
		}
	}

	const seeds = Array.from({ length: isLong ? 40 : 4 }, (_, i) => i + 1);
	test.each(honestKinds.flatMap((kind) => seeds.map((seed) => ({ kind, seed }))))(
		'SYNC-19 $kind: follow on each other, are small, and are everything, whoever made it, seed $seed',
		({ kind, seed }) => {
			const random = randomFrom(seed);
			const all = new Y.Doc();
			const updates: { update: Uint8Array; own: boolean }[] = [];
			let one: ReadonlySet<number> | null = null;
			honestTraffic(kind, random, 300, all, (update, clients) => {
				one ??= clients;
				updates.push({ update, own: clients === one });
				Y.applyUpdate(all, update);
				return update;
			});
			const since = random.integer(0, updates.length / 2);
			const server = docOf(updates.slice(0, since).map(({ update }) => update));
			// edits of one person that the server lacks, also such as it has; what others made is lost to it as after a quarantine
			const edits = updates.slice(random.integer(0, since)).filter(({ own }) => own);
			const bytes = random.pick([300, 800]);
			const pieces = inPieces(all, stateVectorOf(server), edits, bytes);
			expect(pieces.length).toBeGreaterThan(1);
			expect(pieces.flatMap((piece) => piece.edits)).toEqual(edits);
			for (const piece of pieces) if (piece.edits.length > 1) expect(piece.update.byteLength).toBeLessThanOrEqual(bytes);
			const withThese = docOf([Y.encodeStateAsUpdate(server)]);
			for (const piece of pieces) {
				Y.applyUpdate(withThese, piece.update);
				for (const { update } of piece.edits) expect(holdsOf(withThese)(update)).toBe(true);
			}
			take(server, kind, pieces);
			// formats of which nothing is left are taken away by whoever sees it first, and everybody is told
			applyBatch(all, [stateOf(server)]);
			expect(sameState(server, all)).toBe(true);
		}
	);

	test('SYNC-19 no piece holds half an action, which nobody could have made', () => {
		const random = randomFrom(3);
		const person = random.id();
		const doc = new Y.Doc();
		const edits: { update: Uint8Array }[] = [];
		doc.on('update', (update: Uint8Array) => edits.push({ update }));
		for (let i = 0; i < 100; i++) {
			const id = random.id();
			createAction(doc, { id, author: person, createdAt: 1, origin: null });
			writeAction(doc, id, 'what', `کار ${i}`);
		}
		const server = new Y.Doc();
		const guard = new ActionGuard(server);
		const pieces = inPieces(doc, stateVectorOf(server), edits, 1_000);
		expect(pieces.length).toBeGreaterThan(20);
		for (const { update } of pieces) {
			expect(guard.judge(update, person)).toBeNull();
			applyBatch(server, [update]);
			guard.committed(update);
		}
		expect(sameState(server, doc)).toBe(true);
	});

	test('SYNC-19 a piece brings edits of no more client ids than the server takes at once', () => {
		const doc = new Y.Doc();
		for (let client = 1; client <= 3 * limits.clientIdsPerUpdate; client++) {
			doc.clientID = client;
			doc.getMap('cards').set(`${client}`, client);
		}
		const pieces = inPieces(doc, stateVectorOf(new Y.Doc()), [], limits.offlinePieceBytes);
		expect(pieces.map(({ update }) => Y.parseUpdateMeta(update).from.size)).toEqual(Array(3).fill(limits.clientIdsPerUpdate));
	});
});

describe('a long stay offline', () => {
	const stops: (() => unknown)[] = [];
	afterEach(async () => {
		for (const stop of stops.splice(0).reverse()) await stop();
	});
	const random = randomFrom(41);
	const edits = isLong ? 30_000 : 9_000;
	const bytes = isLong ? 5_000_000 : 2_300_000;

	/** A page that has been offline for days, and comes back to a server. */
	async function scene(): Promise<{ link: BoardLink; written: Uint8Array[]; server: Awaited<ReturnType<typeof boardServer>>; board: Id }> {
		const server = await boardServer();
		const board = server.document();
		const person = server.person();
		const [clientId] = await server.world.clientIds.lease(person, 1);
		const offline = new Y.Doc();
		offline.clientID = clientId!;
		const written: Uint8Array[] = [];
		const storage = memoryStorage();
		offline.on('update', (update: Uint8Array) => {
			written.push(update);
			void storage.keep(update, true);
		});
		while (written.length < edits) {
			const card = random.id();
			createCard(offline, { id: card, author: person, createdAt: 1, column: 'strengths', group: null, before: null });
			for (let i = 0; i < 8; i++) splice(offline, { card }, { at: random.integer(0, i * 100), removed: i % 2, inserted: 'نوشته‌ای '.repeat(isLong ? 14 : 20) });
		}
		expect(Y.encodeStateAsUpdate(offline).byteLength).toBeGreaterThan(bytes);
		const [another] = await server.world.clientIds.lease(person, 1);
		const link = openBoard({ url: server.url.slice(0, -1), document: board, clientId: another!, storage, socket: socketWith(person) });
		stops.push(
			() => server.stop(),
			() => link.close()
		);
		return { link, written, server, board };
	}

	/** Whatever a page calls saved is in the log at that moment. Answers how often it was held against it. */
	function watchSaved({ link, written, server, board }: Awaited<ReturnType<typeof scene>>): { looks: number } {
		const logged = new Y.Doc();
		let rows = 0;
		let savedBefore = 0;
		const counted = { looks: 0 };
		const stop = link.watch(() => {
			const now = written.length - link.status.unsaved;
			if (!link.status.opened || now === savedBefore) return;
			const { log } = server.database.documents.get(board)!;
			applyBatch(
				logged,
				log.slice(rows).map(({ update }) => update)
			);
			rows = log.length;
			if (!holdsOf(logged)(Y.mergeUpdates(written.slice(savedBefore, now)))) counted.looks = NaN;
			savedBefore = now;
			counted.looks++;
		});
		stops.push(stop);
		return counted;
	}

	test.each([
		{ line: 'over a line that holds', breaks: false },
		{ line: 'over one that breaks in between', breaks: true }
	])('SYNC-19 arrives whole $line', { timeout: isLong ? 900_000 : 180_000 }, async ({ breaks }) => {
		const at = await scene();
		const { link, server, board } = at;
		const seen = watchSaved(at);
		if (breaks) {
			await untilStatus(link, ({ unsaved }) => unsaved > 0 && unsaved < (at.written.length * 3) / 4, 120_000);
			for (const socket of server.sockets) socket.destroy();
			await untilStatus(link, ({ connection }) => connection === 'offline');
			expect(link.status.unsaved).toBeGreaterThan(0);
		}
		await untilStatus(link, saved, isLong ? 600_000 : 120_000);
		const { log } = server.database.documents.get(board)!;
		expect(sameState(docOf(log.map(({ update }) => update)), link.doc)).toBe(true);
		expect(seen.looks).toBeGreaterThan(10);
	});
});
