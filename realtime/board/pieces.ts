import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { limits } from '#realtime/meeting/limits.ts';
import { clocksOf, stateOf } from './replica.ts';

/** A part of what a replica lacks, and the edits that it has in full with this part and those before it. */
export interface Piece<Edit> {
	update: Uint8Array;
	edits: readonly Edit[];
}

type Struct = Y.Item | Y.GC;
type Deletions = ReturnType<typeof Y.createDeleteSet>;
const nothing = Y.createDeleteSet();

/** The structs of one client, and which of them is next. */
interface Course {
	structs: readonly Struct[];
	next: number;
}

/**
 * What a replica with this state vector lacks, in pieces of at most so many bytes that leave no gap when they are applied
 * in their order. First come these edits, in the order they were made and each as a whole, since half of one may be
 * nothing that anybody could have done; then whatever else the document has. An edit over the size is a piece of its own.
 */
export function inPieces<Edit extends { update: Uint8Array }>(doc: Y.Doc, since: Uint8Array, edits: readonly Edit[], bytes: number): Piece<Edit>[] {
	const everything = stateOf(doc, since);
	if (everything.byteLength <= bytes && Y.parseUpdateMeta(everything).from.size <= limits.clientIdsPerUpdate) return [{ update: everything, edits }];

	const { structs, ds } = Y.decodeUpdate(everything);
	const courses = coursesOf(structs);
	/** how far the replica is with the pieces so far */
	const reached = clocksOf(since);
	const has = ({ client, clock }: Y.ID): boolean => (reached.get(client) ?? 0) > clock;
	const pieces: Piece<Edit>[] = [];
	let draft = new Draft();
	let done: Edit[] = [];

	function cut(): void {
		if (draft.bytes === 0 && done.length === 0) return;
		pieces.push({ update: draft.written(), edits: done });
		draft = new Draft();
		done = [];
	}

	/** Puts in what belongs together, as far as the replica will not have it. False: it does not follow on that. */
	function put(together: readonly Struct[], deletions: Deletions): boolean {
		const part = new Draft();
		const to = new Map<number, number>();
		for (const struct of together) {
			const { client, clock } = struct.id;
			const at = to.get(client) ?? reached.get(client) ?? 0;
			if (clock > at) return false;
			if (clock + struct.length <= at) continue;
			part.add(struct, at - clock);
			to.set(client, clock + struct.length);
		}
		part.delete(deletions);
		if (draft.bytes + part.bytes > bytes || draft.clientsWith(part) > limits.clientIdsPerUpdate) cut();
		draft.join(part);
		to.forEach((clock, client) => reached.set(client, clock));
		return true;
	}

	/** Puts in what else the document has of a client up to this clock, each thing after those that it needs. */
	function bring(client: number, clock: number): void {
		const waiting = [client];
		while (waiting.length > 0) {
			const course = courses.get(waiting.at(-1)!);
			const struct = course?.structs[course.next];
			if (!course || !struct || (waiting.length === 1 && has(Y.createID(client, clock)))) {
				waiting.pop();
				continue;
			}
			const missing = needsOf(struct).find((id) => !has(id) && isLeft(courses.get(id.client)) && !waiting.includes(id.client));
			if (missing) {
				waiting.push(missing.client);
				continue;
			}
			// what does not follow waits in this document too
			put([struct], nothing);
			course.next++;
			if (waiting.length > 1) waiting.pop();
		}
	}

	for (const edit of edits) {
		const { structs: own, deletions, needs } = contentsOf(edit.update);
		for (const id of needs) if (!has(id)) bring(id.client, id.clock);
		if (!put(own, deletions)) {
			cut();
			pieces.push({ update: edit.update, edits: [edit] });
		} else done.push(edit);
	}
	for (const client of courses.keys()) bring(client, Infinity);
	for (const { range, last } of rangesOf(ds)) if (has(last)) put([], range);
	cut();
	return pieces;
}

const isLeft = (course: Course | undefined): boolean => course !== undefined && course.next < course.structs.length;

/** What has to be there before a struct. */
const needsOf = (struct: Struct): Y.ID[] =>
	struct instanceof Y.Item ? [struct.origin, struct.rightOrigin, struct.parent].filter((id): id is Y.ID => id instanceof Y.ID) : [];

function coursesOf(structs: readonly unknown[]): Map<number, Course & { structs: Struct[] }> {
	const courses = new Map<number, Course & { structs: Struct[] }>();
	for (const struct of structs) {
		if (!(struct instanceof Y.Item || struct instanceof Y.GC)) continue;
		const course = courses.get(struct.id.client);
		if (course) course.structs.push(struct);
		else courses.set(struct.id.client, { structs: [struct], next: 0 });
	}
	return courses;
}

/** What is in an edit, and what has to be there before it. */
function contentsOf(update: Uint8Array): { structs: Struct[]; deletions: Deletions; needs: Y.ID[] } {
	const { structs, ds } = Y.decodeUpdate(update);
	const courses = coursesOf(structs);
	const own = [...courses.values()].flatMap((course) => course.structs);
	const isOwn = ({ client, clock }: Y.ID) => clock >= (courses.get(client)?.structs[0]!.id.clock ?? Infinity);
	const before = [...courses.values()].flatMap(({ structs: [first] }) => (first!.id.clock > 0 ? [Y.createID(first!.id.client, first!.id.clock - 1)] : []));
	const deleted = [...rangesOf(ds)].map(({ last }) => last);
	return { structs: own, deletions: ds, needs: [...before, ...own.flatMap(needsOf), ...deleted].filter((id) => !isOwn(id)) };
}

/** Each range of deletions by itself, and the last unit in it. */
function* rangesOf({ clients }: Deletions): Generator<{ range: Deletions; last: Y.ID }> {
	for (const [client, ranges] of clients) {
		for (const one of ranges) {
			const range = Y.createDeleteSet();
			range.clients.set(client, [one]);
			yield { range, last: Y.createID(client, one.clock + one.len - 1) };
		}
	}
}

/** What the beginning of a client's part, and a range of deletions, take on the wire at most. */
const headBytes = 24;
const rangeBytes = 24;

/** An update that is being put together. */
class Draft {
	/** what it will take at most */
	bytes = 0;
	readonly #sections = new Map<number, { clock: number; structs: Uint8Array[] }>();
	readonly #deletions: Deletions[] = [];

	/** Adds a struct without this many units at its beginning; it follows on the one before it of its client. */
	add(struct: Struct, without: number): void {
		const encoder = new Y.UpdateEncoderV1();
		struct.write(encoder, without);
		this.#append(struct.id.client, struct.id.clock + without, [encoder.toUint8Array()]);
	}

	delete(deletions: Deletions): void {
		if (deletions.clients.size === 0) return;
		this.#deletions.push(deletions);
		for (const ranges of deletions.clients.values()) this.bytes += headBytes + ranges.length * rangeBytes;
	}

	join(next: Draft): void {
		for (const [client, { clock, structs }] of next.#sections) this.#append(client, clock, structs);
		for (const deletions of next.#deletions) this.delete(deletions);
	}

	clientsWith(next: Draft): number {
		return new Set([...this.#sections.keys(), ...next.#sections.keys()]).size;
	}

	/** As Yjs writes it (src/utils/encoding.js, in its first encoding). */
	written(): Uint8Array {
		return encoding.encode((to) => {
			const write = (...numbers: number[]) => numbers.forEach((number) => encoding.writeVarUint(to, number));
			write(this.#sections.size);
			for (const [client, { clock, structs }] of this.#sections) {
				write(structs.length, client, clock);
				for (const struct of structs) encoding.writeUint8Array(to, struct);
			}
			const { clients } = Y.mergeDeleteSets(this.#deletions);
			write(clients.size);
			for (const [client, ranges] of clients) {
				write(client, ranges.length);
				for (const { clock, len } of ranges) write(clock, len);
			}
		});
	}

	#append(client: number, clock: number, structs: readonly Uint8Array[]): void {
		let section = this.#sections.get(client);
		if (!section) {
			this.#sections.set(client, (section = { clock, structs: [] }));
			this.bytes += headBytes;
		}
		section.structs.push(...structs);
		this.bytes += structs.reduce((sum, { byteLength }) => sum + byteLength, 0);
	}
}
