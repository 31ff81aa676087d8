import { holds } from '#realtime/board/replica.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import { shapes } from '#realtime/board/shapes.ts';
import { copyWith, tryOut } from '#realtime/board/try-out.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Doc } from 'yjs';
import type { Admitted } from '../boards/gate/door.ts';
import { Gate } from '../boards/gate/gate.ts';
import { readUpdate } from '../boards/gate/read-update.ts';
import type { LateStore } from '../ports.ts';

/** Whose words arrived too late, and for what. */
export interface Late {
	meeting: Id;
	document: Id;
	kind: DocumentKind;
	person: Id;
}

/**
 * Keeps edits that arrived for a document after its meeting was closed, as one contribution that waits for the
 * facilitator; the words of one person for one document wait together. What is kept already, or declined already,
 * is not kept again. Resolves after the commit with `late`, or with why nothing was kept. `paid`: runs what keeps the
 * event loop, at the expense of whoever sent them.
 */
export async function keepLate(
	store: Pick<LateStore, 'of' | 'keep'>,
	doc: Doc,
	{ meeting, document, kind, person }: Late,
	edits: readonly Admitted[],
	newId: () => Id,
	paid: <Result>(work: () => Result) => Result
): Promise<{ reason: CloseReason; changed: boolean }> {
	const refused = (reason: CloseReason) => ({ reason, changed: false });
	for (;;) {
		const earlier = await store.of(document, person);
		const waiting = earlier.find(({ admitted }) => admitted === null);
		const updates = earlier.map(({ update }) => update);
		const fresh = paid(() => notIn(doc, updates, edits));
		if (fresh.length === 0) return refused('late');
		let reason: CloseReason = 'malformed';
		let tried: ReturnType<typeof tryOut>;
		try {
			tried = paid(() =>
				tryOut(doc, function* (copy) {
					if (waiting) yield waiting.update;
					const gate = new Gate(copy, shapes[kind]);
					for (const { read } of fresh) {
						const weighed = gate.weigh(read);
						if ('because' in weighed) {
							({ reason } = weighed);
							throw new Error(weighed.because);
						}
						yield read.bytes;
					}
				})
			);
		} catch {
			return refused(reason);
		}
		const { update, texts } = tried;
		if (!update) return refused('late');
		if (update.byteLength > limits.lateBytes || clientsIn(update) > limits.clientIdsPerUpdate) return refused('too-large');
		const contribution = { id: waiting?.id ?? newId(), meeting, document, person, update, excerpt: clipped(texts.join('\n')) };
		if (await store.keep(contribution, waiting?.update ?? null)) return { reason: 'late', changed: true };
		// somebody has decided about what waited: what is new now waits by itself
	}
}

/** Those of the edits that bring something which neither the document nor these updates have. */
function notIn(doc: Doc, updates: readonly Uint8Array[], edits: readonly Admitted[]): Admitted[] {
	if (updates.length === 0) return edits.filter(({ read }) => !holds(doc, read.bytes));
	const known = copyWith(doc, updates);
	try {
		return edits.filter(({ read }) => !holds(known, read.bytes));
	} finally {
		known.destroy();
	}
}

/** Of how many clients is there something in what Yjs has written? */
function clientsIn(update: Uint8Array): number {
	const read = readUpdate(update);
	return 'because' in read ? Infinity : read.sections.size;
}

/** Cut where it is too long, and never within a character. */
function clipped(text: string): string {
	const plain = text.replaceAll('\0', '').toWellFormed();
	return plain.length <= limits.lateExcerptUnits ? plain : `${plain.slice(0, limits.lateExcerptUnits - 1).toWellFormed()}…`;
}
