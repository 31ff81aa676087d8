import { createCard, splice } from '#realtime/board/edits.ts';
import { presenceFrame, step1Frame, step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import * as Y from 'yjs';

/**
 * A signed-in person who attacks a board, in a process of their own: `node attacker.ts <url> <cookie> <id>`. Every
 * socket floods in one way, as fast as the server reads, and comes back as soon as it is closed or refused.
 */
const [url, cookie, person] = process.argv.slice(2) as [string, string, string];
const { vectors } = JSON.parse(readFileSync(join(import.meta.dirname, 'hostile-updates.json'), 'utf8')) as { vectors: { update: string }[] };
const hostile = vectors.map(({ update }) => updateFrame(Buffer.from(update, 'hex')));
const answer = step2Frame(Uint8Array.of(0, 0));
/** how far each client of the dear edits has come */
const clocks = new Map<number, number>();
const presence = (clock: number) => presenceFrame([{ client: 77, clock, state: { card: 'x'.repeat(1_800) } }]);

/** Letters at the head of one text, each its own struct: valid, and of all valid edits the dearest. */
function* dearEdits(): Generator<Uint8Array> {
	const sent: Uint8Array[] = [];
	let doc = new Y.Doc();
	for (let n = 0; ; n++) {
		// a card is placed among those of its document: among a few it costs the attacker little
		if (n % 10 === 0) {
			doc = new Y.Doc();
			doc.on('update', (update: Uint8Array) => sent.push(update));
		}
		const id = `attack${String(n).padStart(14, '0')}`;
		createCard(doc, { id, author: person, createdAt: 1, column: 'strengths', group: null, before: null });
		for (let i = 0; i < 4; i++) {
			doc.transact(() => {
				for (let letter = 0; letter < 250; letter++) splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'آ' });
			});
			for (const update of sent.splice(0)) yield updateFrame(update);
			clocks.set(doc.clientID, Y.getState(doc.store, doc.clientID));
		}
	}
}

const floods: Record<string, () => Iterator<Uint8Array | 'ping'>> = {
	*hostile() {
		for (let i = Math.floor(Math.random() * hostile.length); ; i++) yield hostile[i % hostile.length]!;
	},
	*questions() {
		// of who has nothing, and of who has much, for whom the answer has to be made
		for (;;) {
			yield step1Frame(Uint8Array.of(0));
			yield step1Frame(Y.encodeStateVector(clocks));
		}
	},
	*presence() {
		for (let clock = 1; ; clock++) yield presence(clock);
	},
	*pings() {
		for (;;) yield 'ping' as const;
	},
	dearEdits
};

function attack(flood: () => Iterator<Uint8Array | 'ping'>): void {
	const socket = new WebSocket(url, { headers: { cookie }, perMessageDeflate: false });
	let open = true;
	let wire: Socket;
	socket.on('error', () => {});
	socket.on('upgrade', (response) => (wire = response.socket));
	socket.on('open', () => {
		socket.send(answer);
		const frames = flood();
		const push = () => {
			if (!open) return;
			// one write for all: what the attack costs its own machine is not what is measured
			wire.cork();
			for (let i = 0; i < 200 && socket.bufferedAmount < 256 * 1024; i++) {
				const frame = frames.next().value!;
				if (frame === 'ping') socket.ping();
				else socket.send(frame);
			}
			wire.uncork();
			setTimeout(push, 5);
		};
		push();
	});
	socket.on('close', () => {
		open = false;
		// a server that refuses is asked again at once
		setTimeout(() => attack(flood), 20);
	});
}

for (const flood of Object.values(floods)) for (let i = 0; i < 3; i++) attack(flood);
// it ends with whoever started it
process.on('disconnect', () => process.exit());
process.send?.('attacking');
