import { actionKeys } from '#realtime/board/actions-schema.ts';
import { decisionKeys } from '#realtime/board/decisions-schema.ts';
import { boardRoots, cardKeys, documentKinds, groupKeys } from '#realtime/board/schema.ts';
import { shapes } from '#realtime/board/shapes.ts';
import { closeCodes, closeReason, isFinal, type CloseReason } from '#realtime/protocol/close-codes.ts';
import { outReasons, refusals, requests } from '#realtime/protocol/control.ts';
import {
	committedFrame,
	damageFrame,
	generationFrame,
	halfFullFrame,
	isWrite,
	messageTypes,
	presenceFrame,
	readFrame,
	readPresence,
	stateFrame,
	step1Frame,
	step2Frame,
	updateFrame,
	answersStep1
} from '#realtime/protocol/frames.ts';
import { protocolVersion } from '#realtime/protocol/version.ts';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod/mini';

test('WIRE-12 the wire and its version change together', () => {
	const wire = {
		requests: Object.entries(requests).map(([name, schema]) => [name, z.toJSONSchema(schema)]),
		refusals,
		outReasons,
		messageTypes,
		closeCodes,
		documents: { documentKinds, boardRoots, shapes, cardKeys, groupKeys, actionKeys, decisionKeys },
		frames: [step1Frame, step2Frame, updateFrame].map((frame) => [...frame(Uint8Array.of(1, 2))]),
		presence: [...presenceFrame([{ client: 1, clock: 2, state: { card: null } }])],
		committed: [...committedFrame(300)],
		generation: [...generationFrame(300)],
		state: [...stateFrame({ received: 3, stateVector: Uint8Array.of(0), hash: 'ab' })],
		damage: [...damageFrame({ edits: 2, since: 300 })],
		halfFull: [...halfFullFrame(true)]
	};
	// the wire changed? raise the version, then pin the new pair
	expect({ version: protocolVersion, hash: createHash('sha256').update(JSON.stringify(wire)).digest('hex').slice(0, 16) }).toEqual({
		version: 12,
		hash: 'b5b4b25de27db16d'
	});
});

test('WIRE-1 a frame is read as it was written, and nothing else is a frame', () => {
	const bytes = fc.uint8Array({ maxLength: 300 });
	fc.assert(
		fc.property(bytes, (content) => {
			for (const [kind, frame] of [
				['step1', step1Frame],
				['step2', step2Frame],
				['update', updateFrame]
			] as const) {
				const message = frame(content);
				expect(readFrame(message)).toEqual({ kind, bytes: content });
				expect([isWrite(message), answersStep1(message)]).toEqual([kind !== 'step1', kind === 'step2']);
				expect(() => readFrame(Uint8Array.of(...message, 0))).toThrow();
				if (content.length > 0) expect(() => readFrame(message.slice(0, -1))).toThrow();
			}
		})
	);
	fc.assert(
		fc.property(bytes, (noise) => {
			try {
				readFrame(noise);
			} catch (error) {
				expect(error).toBeInstanceOf(Error);
			}
		})
	);
});

test('PRESENCE-1 only the wanted entries of a presence are read', () => {
	const entries = [
		{ client: 7, clock: 1, state: { card: 'a' } },
		{ client: 8, clock: 2, state: null }
	];
	const { bytes } = readFrame(presenceFrame(entries)) as { bytes: Uint8Array };
	expect(readPresence(bytes, () => true)).toEqual(entries);
	expect(readPresence(bytes, (client) => client === 8)).toEqual([entries[1]]);
	const large = readFrame(presenceFrame([{ client: 7, clock: 1, state: { card: 'x'.repeat(3_000) } }])) as { bytes: Uint8Array };
	expect(() => readPresence(large.bytes, () => true)).toThrow();
	expect(readPresence(large.bytes, () => false)).toEqual([]);
});

test('WIRE-8 a stock provider gives up on the final codes, and on no other', () => {
	for (const [reason, code] of Object.entries(closeCodes) as [CloseReason, number][]) {
		expect(closeReason(code, reason)).toBe(reason);
		expect(closeReason(code, '')).toBe(reason);
		expect(isFinal(reason)).toBe(code >= 4400 && code <= 4499);
	}
	expect(closeReason(1006, '')).toBe(null);
	expect(closeReason(4401, 'toString')).toBe('signed-out');
	expect(new Set(Object.values(closeCodes)).size).toBe(Object.keys(closeCodes).length);
});
