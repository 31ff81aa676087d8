import { shapes } from '#realtime/board/shapes.ts';
import { Gate } from '#realtime/server/boards/gate/gate.ts';
import { readUpdate } from '#realtime/server/boards/gate/read-update.ts';
import * as Y from 'yjs';
import { documentOf, honestKinds, honestTraffic } from '../support/honest.ts';
import { hostileClasses, scene } from '../support/hostile.ts';
import { randomFrom } from '../support/random.ts';
import { median, ms, percentile, print } from './figures.ts';

const actions = 3_000;
const us = (samples: readonly number[]) => `p50 ${(median(samples) * 1000).toFixed(1)} µs  p99 ${(percentile(samples, 0.99) * 1000).toFixed(1)} µs`;

/** What the gate costs an honest update, beside what Yjs takes to apply the same; and how long the worst hostile one holds everybody up. */
export async function benchGate(): Promise<void> {
	for (const kind of honestKinds) {
		const server = new Y.Doc();
		const gate = new Gate(server, shapes[documentOf[kind]]);
		const emitted: Uint8Array[] = [];
		const samples = { gate: [] as number[], yjs: [] as number[] };
		server.on('update', (update: Uint8Array) => emitted.push(update));
		honestTraffic(kind, randomFrom(7), actions, server, (update) => {
			const began = performance.now();
			const read = readUpdate(update);
			if ('because' in read || 'because' in gate.weigh(read)) throw new Error('an honest update was refused');
			const weighed = performance.now();
			Y.applyUpdate(server, update);
			samples.gate.push(weighed - began);
			samples.yjs.push(performance.now() - weighed);
			const all = emitted.splice(0);
			return all.length === 0 ? null : Y.mergeUpdates(all);
		});
		print(`the gate, an update of ${kind}`, us(samples.gate), `Yjs applies it: ${us(samples.yjs)}`);
	}
	let worst = { name: '', stall: 0 };
	for (const [name, { in: kind = 'board', make }] of Object.entries(hostileClasses)) {
		for (let seed = 1; seed <= 20; seed++) {
			const at = scene(kind, randomFrom(seed));
			const update = make(at);
			const began = performance.now();
			at.verdict(update);
			const stall = performance.now() - began;
			if (stall > worst.stall) worst = { name, stall };
		}
	}
	print(`the worst of ${Object.keys(hostileClasses).length} hostile classes`, ms(worst.stall), worst.name);
}
