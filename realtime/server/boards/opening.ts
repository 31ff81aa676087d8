import { applyBatch, emittedAsOne, hasGap } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import * as Y from 'yjs';
import type { StoredDocument, StoredRow } from '../ports.ts';
import { Damage } from './damage.ts';
import type { Follow, Following } from './follow.ts';
import { contentsOf, followsOn, isUpdate } from './row.ts';

/** A document as its room begins with it. */
export interface OpenedDocument {
	doc: Y.Doc;
	/** null: SQL does not follow it */
	following: Following | null;
	/** null: all that was committed is in it */
	damage: Damage | null;
}

/** Is a row what was appended, and an update? */
const isReadable = ({ intact, update }: StoredRow): boolean => intact && isUpdate(update);

/** Is every row there, and what was appended? */
function isUnbroken({ snapshot, tail, lastSeq }: StoredDocument): boolean {
	const first = (snapshot?.seq ?? 0) + 1;
	return tail.length === lastSeq - first + 1 && tail.every(({ seq, intact }, i) => intact && seq === first + i);
}

/**
 * A document as it is stored, as updates that follow on each other, without making it; null: only by making it can
 * it be told what of it can be read, or it is made as quickly.
 */
export function storedUpdates(stored: StoredDocument): Uint8Array[] | null {
	const { snapshot, tail } = stored;
	if (!snapshot || !isUnbroken(stored) || !tail.every(isReadable)) return null;
	const updates = [snapshot.state];
	for (let from = 0; from < tail.length; from += limits.mergedAtOnce) {
		updates.push(emittedAsOne(tail.slice(from, from + limits.mergedAtOnce).map(({ update }) => update))!);
	}
	return updates;
}

/** Makes a document of what is stored: of all of it, or of as much as can be read and follows on what can. */
export function openDocument(stored: StoredDocument, follow: Follow | undefined): OpenedDocument {
	return openWhole(stored, follow) ?? openLeft(stored, follow, new Set());
}

/** Null: something of it is not as it was. */
function openWhole(stored: StoredDocument, follow: Follow | undefined): OpenedDocument | null {
	const { snapshot, tail, projectedSeq } = stored;
	if (!isUnbroken(stored)) return null;
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
			following?.notes.note(row);
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
			following?.notes.note(row);
			for (const joined of damage.rejoin(doc)) following?.notes.note(joined);
		}
	}
	while (seq < lastSeq) damage.missing(++seq);
	following ??= follow?.(stored.id, doc) ?? null;
	damage.settle(doc);
	return { doc, following, damage: damage.rows.length > 0 ? damage : null };
}
