import { readAction, watchActions, type ActionChange } from '#realtime/board/actions-read.ts';
import { watchGroupings, type Grouping } from '#realtime/board/groupings.ts';
import { cardsWithWords, readBoard } from '#realtime/board/read.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Doc } from 'yjs';
import type { ActionStore, DraftStore, FactorStore } from '../ports.ts';
import { noNotes, Notebook, type Notes } from './notebook.ts';

/** SQL's view of one document, brought up to date now and then. */
export interface Following {
	readonly notes: Notes;
	/** Has SQL follow up to this row, which is what the document holds. Rejects when it could not; what was noted is kept for the next time. */
	project(seq: number): Promise<void>;
}

/** How SQL follows a document that holds by now what SQL shows. A kind without a row is not followed. */
export type Follow = (document: Id, doc: Doc) => Following;

/** What follows documents of each kind. */
export const followersOver = ({
	factors,
	actions,
	drafts,
	hidden
}: {
	factors: FactorStore;
	actions: ActionStore;
	drafts: DraftStore;
	/** called when the count of what is written in private at a meeting has changed */
	hidden: (meeting: Id) => void;
}): Partial<Record<DocumentKind, Follow>> => ({
	board(document, doc) {
		const notes = new Notebook<Grouping>((changed) => watchGroupings(doc, changed));
		return {
			notes,
			project: (seq) => notes.handOver(({ changedAt, changes }) => factors.project(document, seq, readBoard(doc), changedAt, changes))
		};
	},

	drafts: (document, doc) => ({
		notes: noNotes,
		async project(seq) {
			const meeting = await drafts.count(document, seq, cardsWithWords(doc).length);
			if (meeting !== null) hidden(meeting);
		}
	}),

	actions(document, doc) {
		const notes = new Notebook<ActionChange>((changed) => watchActions(doc, changed));
		return {
			notes,
			project: (seq) =>
				notes.handOver(({ changedAt, changes }) => {
					const changed = [...changedAt].flatMap(([id, at]) => {
						const action = readAction(doc, id);
						return action ? [{ action, at }] : [];
					});
					return actions.project(document, seq, changed, changes);
				})
		};
	}
});
