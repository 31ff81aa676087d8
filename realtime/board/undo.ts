import * as Y from 'yjs';
import { actionsOf } from './actions-read.ts';
import { decisionsOf } from './decisions-read.ts';
import { byHand } from './edits.ts';
import { cardsOf, groupsOf } from './read.ts';

/** Undo and redo of one person's own edits on one page. What others did is never taken back. */
export interface Undo {
	undo(): void;
	redo(): void;
	/** ends a stretch of writing, so that the next edit is undone by itself */
	settle(): void;
	/** an edit that is undone by itself */
	alone(edit: () => void): void;
	readonly canUndo: boolean;
	readonly canRedo: boolean;
	/** called whenever what can be undone or redone changed; returns how to stop */
	watch(changed: () => void): () => void;
	destroy(): void;
}

/** Keystrokes within this time are undone together: a word or so. */
const stretchMs = 500;

/** Of a board. */
export const undoOf = (doc: Y.Doc): Undo => undoIn([cardsOf(doc), groupsOf(doc)]);

/** Of the actions of a think tank. */
export const undoOfActions = (doc: Y.Doc): Undo => undoIn([actionsOf(doc)]);

/** Of the decisions that are worded in a document. */
export const undoOfDecisions = (doc: Y.Doc): Undo => undoIn([decisionsOf(doc)]);

function undoIn(roots: Y.Map<unknown>[]): Undo {
	const manager = new Y.UndoManager(roots, { trackedOrigins: new Set([byHand]), captureTimeout: stretchMs });
	return {
		undo: () => void manager.undo(),
		redo: () => void manager.redo(),
		settle: () => manager.stopCapturing(),
		alone(edit) {
			manager.stopCapturing();
			edit();
			manager.stopCapturing();
		},
		get canUndo() {
			return manager.canUndo();
		},
		get canRedo() {
			return manager.canRedo();
		},
		watch(changed) {
			const events = ['stack-item-added', 'stack-item-popped', 'stack-cleared'] as const;
			for (const event of events) manager.on(event, changed);
			return () => {
				for (const event of events) manager.off(event, changed);
			};
		},
		destroy: () => manager.destroy()
	};
}
