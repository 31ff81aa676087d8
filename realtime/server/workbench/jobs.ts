import { canonicalHash } from '#realtime/board/canonical.ts';
import { freshCopy, toBeSeen } from '#realtime/board/fresh-copy.ts';
import { readStood, type Stood } from '#realtime/board/stood.ts';
import { applyBatch, documentOf, hasGap, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { isDeepStrictEqual } from 'node:util';
import { openDocument } from '../boards/opening.ts';
import { isUpdate } from '../boards/row.ts';
import { tryLate as tryLateEdits, type LateEdits, type LateWords } from '../late/try-late.ts';
import type { StoredDocument } from '../ports.ts';
import { threadMs } from '../processor.ts';

/**
 * What is done beside the event loop: bytes come in, bytes go out. A job holds no room and no socket, so that its
 * thread can be ended at any moment. `within` says how long the next part of it may take, in milliseconds.
 */
type Job<Given, Done> = (given: Given, within: (ms: number) => void) => Done;

/** What a log gives, to be kept in its place. */
export interface Compacted {
	state: Uint8Array;
	stateVector: Uint8Array;
}

/** How an edit fares on a copy of its document. `costly`: it takes the processor too long; `unfit`: it breaks it, or leaves a gap. */
export type Trial = 'fits' | 'unfit' | 'costly';

/** `log`: a snapshot, if there is one, and what was appended after it; what of that is no update is passed over. `held`: the state of the room that has followed it. */
const compact: Job<{ log: readonly Uint8Array[]; held: Uint8Array }, Compacted | null> = ({ log, held }, within) => {
	within(limits.compactionMs);
	const logged = documentOf(log.filter(isUpdate));
	const hash = canonicalHash(logged);
	const isThat = (state: Uint8Array) => canonicalHash(documentOf([state])) === hash;
	// null: what is stored is not what the room has, or is not read back as what it was
	if (hasGap(logged) || !isThat(held)) return null;
	const state = stateOf(logged);
	return isThat(state) ? { state, stateVector: stateVectorOf(logged) } : null;
};

/** `document`: the updates that it is made of. */
const attempt: Job<{ document: readonly Uint8Array[]; update: Uint8Array }, Trial> = ({ document, update }, within) => {
	within(limits.compactionMs);
	const doc = documentOf(document);
	within(limits.trialMs);
	const began = threadMs();
	try {
		applyBatch(doc, [update]);
	} catch {
		return 'unfit';
	}
	const took = threadMs() - began;
	return hasGap(doc) ? 'unfit' : took > limits.trialProcessorMs ? 'costly' : 'fits';
};

/** Null: what would be kept is not read as what is to be seen in the document. */
const copy: Job<{ state: Uint8Array; surface: Surface }, Uint8Array[] | null> = ({ state, surface }, within) => {
	within(limits.compactionMs);
	const source = documentOf([state]);
	const pieces = freshCopy(source, surface);
	return isDeepStrictEqual(toBeSeen[surface](documentOf(pieces)), toBeSeen[surface](source)) ? pieces : null;
};

/** `whole`: nothing that had been written by then is missing. As JSON, so that the event loop has only to pass it on. */
const past: Job<{ stored: StoredDocument; surface: Surface }, string> = ({ stored, surface }, within) => {
	within(limits.compactionMs);
	const { doc, damage } = openDocument(stored, undefined);
	return JSON.stringify({ whole: damage === null, ...readStood[surface](doc) } satisfies Stood & { whole: boolean });
};

const tryLate: Job<{ document: readonly Uint8Array[] } & LateEdits, LateWords | CloseReason> = ({ document, ...late }, within) => {
	within(limits.compactionMs);
	let began = Infinity;
	const tried = tryLateEdits(document, late, () => {
		within(limits.trialMs);
		began = threadMs();
	});
	return threadMs() - began > limits.trialProcessorMs ? 'too-large' : tried;
};

export const jobs = { compact, attempt, copy, past, tryLate };

export type Jobs = typeof jobs;
export type JobName = keyof Jobs;
export type Given<Name extends JobName> = Parameters<Jobs[Name]>[0];
export type Done<Name extends JobName> = ReturnType<Jobs[Name]>;
