import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { ms } from '../../figures.ts';
import { furnish, makers } from '../furnish.ts';
import { Hand } from '../hand.ts';
import { tableOf } from '../table.ts';
import { inTurns, withServer, type Scenario } from '../turns.ts';

const people = 200;
const offlineEdits = 20;
/** who read all of what comes */
const witnesses = 8;
const patienceMs = 60_000;
const lookEveryMs = 5;

interface Returning {
	/** milliseconds from when everybody sets out until the last witness has everything; null: it does not come */
	everywhereMs: number | null;
	/** until there is nothing that no witness has */
	shownMs: number | null;
	/** until everybody's edits are acknowledged as committed; null: the server acknowledges nothing */
	acknowledgedMs: number | null;
}

/** People who were on a board, and have written without a connection, come back at once. */
export const returning: Scenario = async (bench) => {
	const found = await inTurns<Returning>(bench, 'returning', bench.quick ? 1 : 5, (server) =>
		withServer(server, { rooms: 1, peopleInRoom: people + makers }, async (running) => {
			const knows = await furnish(running, people);
			const hands = Array.from({ length: people }, (_, person) => new Hand(running.seat(person)));
			for (const hand of hands) {
				hand.begin();
				for (let edit = 0; edit < offlineEdits; edit++) hand.write('ا');
			}
			const began = performance.now();
			/** who is not yet known to have come, to each witness */
			const lacking = hands.slice(0, witnesses).map((witness) => {
				const lacking = new Map(hands.filter((hand) => hand !== witness).map((hand) => [hand.clientId, hand.clock]));
				witness.heard = (update) => {
					for (const [client, clock] of Y.parseUpdateMeta(update).to) if (clock >= (lacking.get(client) ?? Infinity)) lacking.delete(client);
				};
				return lacking;
			});
			const found: Returning = { everywhereMs: null, shownMs: null, acknowledgedMs: null };
			let failed: Error | null = null;
			for (const hand of hands) hand.enter({ listens: true, knows }).catch((error: Error) => (failed = error));
			const look = () => {
				const now = performance.now() - began;
				if (lacking.every(({ size }) => size === 0)) found.everywhereMs ??= now;
				if (hands.every(({ clientId }) => lacking.some((lacking, n) => hands[n]!.clientId !== clientId && !lacking.has(clientId)))) found.shownMs ??= now;
				if (hands.every((hand) => hand.acknowledged >= hand.clock)) found.acknowledgedMs ??= now;
				return found.everywhereMs !== null && found.shownMs !== null && (found.acknowledgedMs !== null || !server.isOurs);
			};
			while (!look() && failed === null && performance.now() - began < patienceMs) await pause(lookEveryMs);
			if (failed !== null) throw failed;
			for (const hand of hands) hand.leave();
			return found;
		})
	);
	return [
		tableOf(`${people} people return at once with ${offlineEdits} offline edits each`, found, [
			{ what: 'until all have everything', of: ({ everywhereMs }) => everywhereMs, show: ms, better: 'lower', reach: { ratio: 1 } },
			{ what: 'until the last edit is shown to another', of: ({ shownMs }) => shownMs, show: ms, better: 'lower' },
			{ what: 'until the last edit is acknowledged', of: ({ acknowledgedMs }) => acknowledgedMs, show: ms }
		])
	];
};
