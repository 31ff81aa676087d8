import { documentOf, holdsOf } from '#realtime/board/replica.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import { shapes, withoutDecisions } from '#realtime/board/shapes.ts';
import { tryOut } from '#realtime/board/try-out.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { Gate } from '../boards/gate/gate.ts';
import { readUpdate } from '../boards/gate/read-update.ts';
import { refuse, Refused } from '../boards/gate/refusal.ts';
import type { LateContribution } from '../ports.ts';

/** Late edits, and what is known when they arrive. */
export interface LateEdits {
	kind: DocumentKind;
	/** may there be wordings of decisions among them? */
	words: boolean;
	/** what the same person's pages brought too late before; one at most waits */
	earlier: readonly Pick<LateContribution, 'update' | 'admitted'>[];
	edits: readonly Uint8Array[];
}

/** What is to be kept of them, with all that waits already, and the words in it. */
export interface LateWords {
	update: Uint8Array;
	excerpt: string;
}

/**
 * Holds late edits against their document, made of these updates, as the gate does live ones. What it holds already, or was
 * brought before, is left out. `late`: that is all of them; another reason: why none of them is kept. `copied`: called
 * when all that may be slow in a large document is made.
 */
export function tryLate(document: readonly Uint8Array[], { kind, words, earlier, edits }: LateEdits, copied: () => void): LateWords | CloseReason {
	const waiting = earlier.find(({ admitted }) => admitted === null);
	let tried: ReturnType<typeof tryOut>;
	try {
		tried = tryOut(document, function* (copy) {
			const known = earlier.length === 0 ? copy : documentOf([...document, ...earlier.map(({ update }) => update)]);
			copied();
			const isHeld = holdsOf(known);
			const fresh = edits.filter((edit) => !isHeld(edit));
			if (fresh.length === 0) return;
			if (waiting) yield waiting.update;
			const gate = new Gate(copy, words ? shapes[kind] : withoutDecisions(shapes[kind]));
			for (const edit of fresh) {
				const read = readUpdate(edit);
				const weighed = 'because' in read ? read : gate.weigh(read);
				if ('because' in weighed) refuse(weighed.because);
				yield edit;
			}
		});
	} catch (error) {
		return error instanceof Refused ? error.refusal.reason : 'malformed';
	}
	const { update, texts } = tried;
	if (!update) return 'late';
	if (update.byteLength > limits.lateBytes || clientsIn(update) > limits.clientIdsPerUpdate) return 'too-large';
	return { update, excerpt: clipped(texts.join('\n')) };
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
