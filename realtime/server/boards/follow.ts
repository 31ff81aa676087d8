import { readAction, watchActions, type ActionChange } from '#realtime/board/actions-read.ts';
import { watchGroupings, type Grouping } from '#realtime/board/groupings.ts';
import { cardsWithWords, readBoard } from '#realtime/board/read.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Doc } from 'yjs';
import type { ActionStore, DraftStore, FactorStore, Logged } from '../ports.ts';

/** SQL's view of one document, brought up to date now and then. */
export interface Following {
	/** What has changed since the last call came with this row of the log. */
	note(row: { seq: number; at: number }): void;
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
		const notebook = notebookOf<Grouping>((changed) => watchGroupings(doc, changed));
		return {
			note: notebook.note,
			project: (seq) => notebook.handOver(({ changedAt, changes }) => factors.project(document, seq, readBoard(doc), changedAt, changes))
		};
	},

	drafts: (document, doc) => ({
		note() {},
		async project(seq) {
			const meeting = await drafts.count(document, seq, cardsWithWords(doc).length);
			if (meeting !== null) hidden(meeting);
		}
	}),

	actions(document, doc) {
		const notebook = notebookOf<ActionChange>((changed) => watchActions(doc, changed));
		return {
			note: notebook.note,
			project: (seq) =>
				notebook.handOver(({ changedAt, changes }) => {
					const changed = [...changedAt].flatMap(([id, at]) => {
						const action = readAction(doc, id);
						return action ? [{ action, at }] : [];
					});
					return actions.project(document, seq, changed, changes);
				})
		};
	}
});

/** What has changed in the things of a document: when each was last touched, and every change that is told of. */
interface Noted<Change> {
	changedAt: ReadonlyMap<Id, number>;
	changes: readonly Logged<Change>[];
}

/** Notes what a watch tells of, row by row of the log, until SQL has it. */
function notebookOf<Change>(watch: (changed: (touched: ReadonlySet<Id>, changes: readonly Change[]) => void) => void) {
	let pending: { touched: Set<Id>; changes: Change[] } = { touched: new Set(), changes: [] };
	let changedAt = new Map<Id, number>();
	let changes: Logged<Change>[] = [];
	watch((touched, found) => {
		for (const id of touched) pending.touched.add(id);
		pending.changes.push(...found);
	});
	return {
		note({ seq, at }: { seq: number; at: number }) {
			for (const id of pending.touched) changedAt.set(id, at);
			changes.push(...pending.changes.map((change) => ({ ...change, seq, at })));
			pending = { touched: new Set(), changes: [] };
		},
		/** Hands over what was noted since the last time; what is not taken is kept for the next. */
		async handOver(take: (noted: Noted<Change>) => Promise<void>) {
			const noted = { changedAt, changes };
			changedAt = new Map();
			changes = [];
			try {
				await take(noted);
			} catch (error) {
				// what changed meanwhile is newer
				changedAt = new Map([...noted.changedAt, ...changedAt]);
				changes = [...noted.changes, ...changes];
				throw error;
			}
		}
	};
}
