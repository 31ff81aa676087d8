import { readAction, watchActions } from '#realtime/board/actions-read.ts';
import { cardsWithWords, readBoard, watchBoard } from '#realtime/board/read.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Doc } from 'yjs';
import type { ActionStore, DraftStore, FactorStore, LoggedChange } from '../ports.ts';

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
		const touched = new Set<Id>();
		let changedAt = new Map<Id, number>();
		watchBoard(doc, (cards) => cards.forEach((card) => touched.add(card)));
		return {
			note({ at }) {
				for (const card of touched) changedAt.set(card, at);
				touched.clear();
			},
			async project(seq) {
				const noted = changedAt;
				changedAt = new Map();
				try {
					await factors.project(document, seq, readBoard(doc), noted);
				} catch (error) {
					// what changed meanwhile is newer
					changedAt = new Map([...noted, ...changedAt]);
					throw error;
				}
			}
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
		const follower = followActions(doc);
		return {
			note: (row) => follower.note(row),
			async project(seq) {
				const { changedAt, changes } = follower.take();
				const changed = [...changedAt].flatMap(([id, at]) => {
					const action = readAction(doc, id);
					return action ? [{ action, at }] : [];
				});
				try {
					await actions.project(document, seq, changed, changes);
				} catch (error) {
					follower.giveBack({ changedAt, changes });
					throw error;
				}
			}
		};
	}
});

/** What has changed in the actions of a document: when each was last touched, and every change of a field. */
interface Noted {
	changedAt: ReadonlyMap<Id, number>;
	changes: readonly LoggedChange[];
}

function followActions(doc: Doc) {
	let pending: { touched: Set<Id>; changes: Omit<LoggedChange, 'seq' | 'at'>[] } = { touched: new Set(), changes: [] };
	let changedAt = new Map<Id, number>();
	let changes: LoggedChange[] = [];
	watchActions(doc, (touched, found) => {
		for (const id of touched) pending.touched.add(id);
		pending.changes.push(...found);
	});
	return {
		note({ seq, at }: { seq: number; at: number }) {
			for (const id of pending.touched) changedAt.set(id, at);
			changes.push(...pending.changes.map((change) => ({ ...change, seq, at })));
			pending = { touched: new Set(), changes: [] };
		},
		take(): Noted {
			const noted = { changedAt, changes };
			changedAt = new Map();
			changes = [];
			return noted;
		},
		giveBack(noted: Noted) {
			changedAt = new Map([...noted.changedAt, ...changedAt]);
			changes = [...noted.changes, ...changes];
		}
	};
}
