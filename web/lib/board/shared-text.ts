import type { SharedText } from './text-binding.ts';
import type { Delta, Splice, Step } from './text-delta.ts';

/** A text of a document, as far as a field asks. */
interface WrittenText {
	toString(): string;
	observe(observer: (event: { delta: readonly YStep[] }) => void): void;
	unobserve(observer: (event: { delta: readonly YStep[] }) => void): void;
}

interface YStep {
	insert?: unknown;
	delete?: number | undefined;
	retain?: number | undefined;
}

/** A text that people write together, to tie a field to; null: it is not there, and reads as empty. */
export const sharedTextOf = (text: WrittenText | null, splice: (piece: Splice) => void): SharedText => ({
	read: () => text?.toString() ?? '',
	splice,
	watch(changed) {
		const observer = ({ delta }: { delta: readonly YStep[] }) => changed(plain(delta));
		text?.observe(observer);
		return () => text?.unobserve(observer);
	}
});

/** A text's change as Yjs reports it, without what is no text. */
const plain = (delta: readonly YStep[]): Delta =>
	delta.flatMap((step): Step[] => {
		if (step.retain !== undefined) return [{ retain: step.retain }];
		if (step.delete !== undefined) return [{ delete: step.delete }];
		return [{ insert: typeof step.insert === 'string' ? step.insert : '\ufffc' }];
	});
