import { applyBatch, hasGap } from '#realtime/board/replica.ts';
import * as Y from 'yjs';
import type { StoredDocument, StoredRow } from '../ports.ts';
import { Damage } from './damage.ts';
import type { Follow, Following } from './follow.ts';
import { contentsOf, followsOn } from './row.ts';

/** A document as its room begins with it. */
export interface OpenedDocument {
	doc: Y.Doc;
	/** null: SQL does not follow it */
	following: Following | null;
	/** null: all that was committed is in it */
	damage: Damage | null;
}

/** Is a row what was appended, and an update? */
export function isReadable({ intact, update }: StoredRow): boolean {
	if (!intact) return false;
	try {
		contentsOf(update);
		return true;
	} catch {
		return false;
	}
}

/** Makes a document of what is stored: of all of it, or of as much as can be read and follows on what can. */
export function openDocument(stored: StoredDocument, follow: Follow | undefined): OpenedDocument {
	return openWhole(stored, follow) ?? openLeft(stored, follow, new Set());
}

/** Null: something of it is not as it was. */
function openWhole(stored: StoredDocument, follow: Follow | undefined): OpenedDocument | null {
	const { snapshot, tail, lastSeq, projectedSeq } = stored;
	const first = (snapshot?.seq ?? 0) + 1;
	if (tail.length !== lastSeq - first + 1 || !tail.every(({ seq, intact }, i) => intact && seq === first + i)) return null;
	const doc = new Y.Doc();
	try {
		if (snapshot) applyBatch(doc, [snapshot.state]);
		const followed = tail.filter(({ seq }) => !follow || seq <= projectedSeq);
		applyBatch(
			doc,
			followed.map(({ update }) => update)
		);
		const following = follow?.(stored.id, doc) ?? null;
		for (const row of tail.slice(followed.length)) {
			applyBatch(doc, [row.update]);
			following?.note(row);
		}
		if (!hasGap(doc)) return { doc, following, damage: null };
	} catch {
		// one of the rows is no update: which, is found out row by row
	}
	doc.destroy();
	return null;
}

/** `breaking`: rows that read well and break the document. */
function openLeft(stored: StoredDocument, follow: Follow | undefined, breaking: Set<number>): OpenedDocument {
	const { snapshot, tail, lastSeq, projectedSeq } = stored;
	const doc = new Y.Doc();
	const damage = new Damage();
	let following: Following | null = null;
	if (snapshot) applyBatch(doc, [snapshot.state]);
	let seq = snapshot?.seq ?? 0;
	for (const row of tail) {
		while (++seq < row.seq) damage.missing(seq);
		if (row.seq > projectedSeq) following ??= follow?.(stored.id, doc) ?? null;
		if (breaking.has(row.seq) || !isReadable(row)) damage.unreadable(row);
		else if (!followsOn(doc, contentsOf(row.update))) damage.waits(row);
		else {
			try {
				applyBatch(doc, [row.update]);
			} catch {
				doc.destroy();
				return openLeft(stored, follow, breaking.add(row.seq));
			}
			following?.note(row);
			for (const joined of damage.rejoin(doc)) following?.note(joined);
		}
	}
	while (seq < lastSeq) damage.missing(++seq);
	following ??= follow?.(stored.id, doc) ?? null;
	damage.settle(doc);
	return { doc, following, damage: damage.rows.length > 0 ? damage : null };
}
