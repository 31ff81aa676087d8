import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { processorMs } from '../process.ts';
import type { Hand } from './hand.ts';

/** What people in a room did, and what came of it. */
export interface Measured {
	/** milliseconds from an edit to each witness that it reached */
	samples: number[];
	/** of what the witnesses should have been sent of the edits, the part that came */
	delivered: number;
	/** processor milliseconds of the server for 1,000 messages at another person */
	cpu: number;
	/** how busy the generator was: part of a core, and the 99th percentile of its event loop's delay in milliseconds */
	generator: { cores: number; delayMs: number };
}

/** How people in a room behave. */
export interface Habits {
	editsPerSecond: number;
	movesPerSecond: number;
	warmUpSeconds: number;
	seconds: number;
}

/** who reads what they are sent: enough for a percentile, and few enough to cost the generator nothing */
const witnesses = 8;
/** for what is still under way at the end */
const patienceMs = 5_000;

/** Lets everybody in each of these rooms write and move for a while. The rooms are there, and so is everybody's card. */
export async function work(server: { pid: number }, rooms: readonly (readonly Hand[])[], habits: Habits): Promise<Measured> {
	const samples: number[] = [];
	let deliveries = 0;
	let counts = false;
	let [expected, came] = [0, 0];
	for (const hands of rooms) {
		/** by client id: what was written since the warm-up, in order */
		const written = new Map<number, { clock: number; at: number }[]>();
		const watching = hands.slice(0, Math.max(1, Math.floor(witnesses / rooms.length)));
		for (const witness of watching) {
			const reached = new Map<number, number>();
			witness.heard = (update) => {
				const now = performance.now();
				for (const [client, clock] of Y.parseUpdateMeta(update).to) {
					const before = reached.get(client) ?? 0;
					// some servers send back what one wrote
					if (client === witness.clientId || clock <= before) continue;
					reached.set(client, clock);
					for (const edit of written.get(client) ?? []) {
						if (edit.clock <= before || edit.clock > clock) continue;
						samples.push(now - edit.at);
						came++;
					}
				}
			};
		}
		for (const hand of hands) written.set(hand.clientId, []);
		const type = (hand: Hand): void => {
			const at = performance.now();
			const clock = hand.write('ا');
			if (!counts) return;
			written.get(hand.clientId)!.push({ clock, at });
			expected += watching.filter((witness) => witness !== hand).length;
			deliveries += hands.length - 1;
		};
		const move = (hand: Hand): void => {
			hand.move();
			if (!counts) return;
			deliveries += hands.length - 1;
		};
		start(hands, type, 1_000 / habits.editsPerSecond);
		start(hands, move, 1_000 / habits.movesPerSecond);
	}
	await pause(habits.warmUpSeconds * 1_000);
	counts = true;
	const delay = monitorEventLoopDelay({ resolution: 5 });
	delay.enable();
	const before = { server: processorMs(server.pid), generator: processorMs(process.pid), at: performance.now() };
	await pause(habits.seconds * 1_000);
	counts = false;
	stop();
	const elapsed = performance.now() - before.at;
	const generator = { cores: (processorMs(process.pid) - before.generator) / elapsed, delayMs: delay.percentile(99) / 1e6 };
	delay.disable();
	for (let waited = 0; came < expected && waited < patienceMs; waited += 100) await pause(100);
	const spent = processorMs(server.pid) - before.server;
	return { samples, delivered: expected === 0 ? 1 : came / expected, cpu: (spent / deliveries) * 1_000, generator };
}

let timers: NodeJS.Timeout[] = [];

/** Has each do something over and over, spread evenly over the time between two times. */
function start(hands: readonly Hand[], act: (hand: Hand) => void, everyMs: number): void {
	hands.forEach((hand, n) => {
		const first = setTimeout(
			() => {
				act(hand);
				timers.push(setInterval(() => act(hand), everyMs));
			},
			(n / hands.length) * everyMs
		);
		timers.push(first);
	});
}

function stop(): void {
	for (const timer of timers) clearTimeout(timer);
	timers = [];
}
