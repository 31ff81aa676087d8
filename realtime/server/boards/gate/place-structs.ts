import { fits, shapeWithin, type DocumentShape } from '#realtime/board/shapes.ts';
import { limits } from '#realtime/meeting/limits.ts';
import * as Y from 'yjs';
import type { Effort } from './effort.ts';
import { checkKnown } from './known.ts';
import { placeWithin, type Place, type Places } from './places.ts';
import type { ReadUpdate, Section, Struct, Unit } from './read-update.ts';
import { refuse } from './refusal.ts';

type Type = Y.AbstractType<unknown>;

/** A list of a document, or the values of one key one after the other: by the type that it is in, in the document or about to be. */
interface List {
	/** a name: of a root in which there is nothing yet */
	type: Type | Laid | string;
	key: string | null;
}

/** A unit of the document, and the item that it is in now. */
interface Mark {
	item: Y.Item;
	clock: number;
}

/** A struct of the update that has found its place. */
interface Laid {
	struct: Struct;
	/** null: what it lies in is gone, and Yjs keeps nothing of it */
	list: List | null;
	/** what it is, if it is a type */
	place: Place | null;
	/** between what of the document it lies; null: the edge of its list */
	after: Mark | null;
	before: Mark | null;
}

/** How far the structs of one client have found their places. */
interface Course {
	section: Section;
	/** the clock up to which the document has this client */
	known: number;
	laid: (Laid | null)[];
}

/**
 * Finds, for every struct of an update, where it comes to lie, and refuses it if nothing of that kind may lie there.
 * Follows the order in which Yjs takes structs in, and reads its store without changing anything.
 */
export function placeStructs(doc: Y.Doc, shape: DocumentShape, places: Places, read: ReadUpdate, effort: Effort): void {
	const { sections } = read;
	const courses = new Map<number, Course>();
	for (const section of sections.values()) {
		const known = Y.getState(doc.store, section.client);
		if (section.clock > known) refuse('gap');
		courses.set(section.client, { section, known, laid: [] });
	}
	/** letters of each text that was written in, as they will be */
	const lengths = new Map<unknown, number>();
	/** keys that are written once, and have been in this update */
	const written = new Map<unknown, Set<string>>();
	let parted: Map<number, Set<number>> | null = null;

	for (const course of courses.values()) while (!isDone(course)) layNext(course);

	function layNext(first: Course): void {
		const waiting = [first];
		for (let course = first; ; course = waiting.at(-1)!) {
			const struct = course.section.structs[course.laid.length]!;
			const missing = missingFor(struct);
			if (missing === null) {
				course.laid.push(lay(struct, course));
				waiting.pop();
				if (waiting.length === 0) return;
				continue;
			}
			const next = courses.get(missing);
			if (!next || isDone(next)) refuse('unknown-neighbour');
			if (waiting.includes(next)) refuse('in-a-circle');
			waiting.push(next);
		}
	}

	/** The client of which something has to be there first. */
	function missingFor({ client, left, right, parent }: Struct): number | null {
		for (const unit of [left, right, typeof parent === 'object' ? parent : null]) {
			if (unit !== null && unit.client !== client && unit.clock >= reached(unit.client)) return unit.client;
		}
		return null;
	}

	function reached(client: number): number {
		const course = courses.get(client);
		if (!course) return Y.getState(doc.store, client);
		const last = course.section.structs[course.laid.length - 1];
		return last ? Math.max(course.known, last.clock + last.length) : course.known;
	}

	function lay(struct: Struct, { known }: Course): Laid | null {
		if (struct.clock < known) {
			checkKnown(doc.store.clients.get(struct.client)!, struct, known);
			if (struct.clock + struct.length <= known) return partsNoCharacter(struct);
		}
		const laid: Laid = { struct, list: null, place: null, after: null, before: null };
		if (struct.content.is === 'remains') return laid;
		const left = struct.clock < known ? { client: struct.client, clock: known - 1 } : struct.left;
		const before = left && there(left);
		const after = struct.right && there(struct.right);
		laid.list = listOf(struct, struct.left && there(struct.left), after);
		// Yjs puts the rest of what it has in part after that part, whatever list the neighbours are in
		if (laid.list && struct.clock < known && !isSame(laid.list, before && listAround(before))) refuse('not-what-is-there');
		if (laid.list === null) return laid;
		if (before && left) laid.after = before instanceof Y.Item ? { item: before, clock: left.clock } : (before as Laid).after;
		if (after && struct.right) laid.before = after instanceof Y.Item ? { item: after, clock: struct.right.clock } : (after as Laid).before;
		walk(laid.list, laid.after, laid.before);
		if (left && before instanceof Y.Item && left.clock !== before.id.clock + before.length - 1) effort.split(doc.store.clients.get(left.client)!.length);
		if (struct.right && after instanceof Y.Item && struct.right.clock !== after.id.clock) effort.split(doc.store.clients.get(struct.right.client)!.length);
		laid.place = accept(struct, laid.list, left === null);
		return laid;
	}

	/**
	 * Yjs parts what is beside a struct before it sees that it has the struct, and puts it together again at the end. A
	 * character of two units would be lost by it, and here alone, unless the update parts it everywhere.
	 */
	function partsNoCharacter({ left, right }: Struct): null {
		for (const [unit, clock] of [[left, (left?.clock ?? 0) + 1] as const, [right, right?.clock ?? 0] as const]) {
			const found = unit && there(unit);
			if (!(found instanceof Y.Item) || clock === found.id.clock || clock === found.id.clock + found.length) continue;
			const among = doc.store.clients.get(found.id.client)!.length;
			effort.split(among);
			effort.split(among);
			if (!(found.content instanceof Y.ContentString)) continue;
			const high = found.content.str.charCodeAt(clock - 1 - found.id.clock);
			if (high >= 0xd800 && high < 0xdc00 && !(parted ??= partedBy(doc, read)).get(unit!.client)?.has(clock)) refuse('not-what-is-there');
		}
		return null;
	}

	/** What a unit is in: of the document, or of the update. It is there: {@link missingFor} has said so. */
	function there(unit: Unit): Y.Item | Y.GC | Laid {
		const course = courses.get(unit.client);
		if (!course || unit.clock < course.known) {
			const structs = doc.store.clients.get(unit.client)!;
			return structs[Y.findIndexSS(structs, unit.clock)]!;
		}
		let [low, high] = [0, course.laid.length - 1];
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (course.section.structs[middle]!.clock <= unit.clock) low = middle;
			else high = middle - 1;
		}
		return course.laid[low]!;
	}

	/** The list that a struct comes to lie in; null: one that is gone. */
	function listOf({ parent, key }: Struct, before: Y.Item | Y.GC | Laid | null, after: Y.Item | Y.GC | Laid | null): List | null {
		if (typeof parent === 'string') return { type: (doc.share.get(parent) as Type | undefined) ?? parent, key };
		if (parent !== null) {
			const type = typeAt(there(parent));
			return type && { type, key };
		}
		const [left, right] = [before && listAround(before), after && listAround(after)];
		if ((before && !left) || (after && !right)) return null;
		if (left && right && (left.type !== right.type || left.key !== right.key)) refuse('neighbours-in-two-lists');
		return left ?? right;
	}

	/** Null: it is deleted, with all that was in it. */
	function typeAt(found: Y.Item | Y.GC | Laid): Type | Laid | null {
		if (found instanceof Y.GC) return null;
		if (found instanceof Y.Item) {
			if (found.content instanceof Y.ContentType) return found.content.type as Type;
			return found.content instanceof Y.ContentDeleted ? null : refuse('parent-is-no-type');
		}
		if (found.list === null || found.struct.content.is === 'deleted') return null;
		return found.struct.content.is === 'type' ? found : refuse('parent-is-no-type');
	}

	/** Counts what lies between the neighbours of a struct: Yjs looks at each of it. */
	function walk({ type, key }: List, after: Mark | null, before: Mark | null): void {
		if (after && before && after.item === before.item) {
			if (before.clock <= after.clock) refuse('neighbours-crossed');
			return;
		}
		let item = after ? after.item.right : type instanceof Y.AbstractType ? firstOf(type, key) : null;
		for (; item !== null && item !== before?.item; item = item.right) effort.step();
		if (before && item === null) refuse('neighbours-crossed');
	}

	function firstOf(type: Type, key: string | null): Y.Item | null {
		if (key === null) return type._start;
		let item = type._map.get(key) ?? null;
		for (; item !== null && item.left !== null; item = item.left) effort.step();
		return item;
	}

	/** Holds a struct against what may lie there; answers what it is, if it is a type. `first`: nothing is before it. */
	function accept({ content, length }: Struct, { type, key }: List, first: boolean): Place | null {
		const container = typeof type === 'string' ? places.root(type) : type instanceof Y.AbstractType ? places.of(type) : type.place;
		if (!container) refuse(typeof type === 'string' || (type instanceof Y.AbstractType && type._item === null) ? 'unknown-root' : 'not-in-the-shape');
		const { shape: within } = container;
		if (content.is === 'type') {
			const place = placeWithin(shape, container, key, content.type, content.name);
			if (!place) refuse('not-in-the-shape');
			if (place.depth > shape.deepest) refuse('too-deep');
			if (place.shape.once) writeOnce(type, key!, first);
			return place;
		}
		if (key !== null) {
			const value = shapeWithin(shape, within, key, null);
			if (!value) refuse('not-in-the-shape');
			if (value.once) writeOnce(type, key, first && content.is !== 'deleted');
			const fitting = content.is === 'deleted' || (content.is === 'values' && value.is === 'value' && content.values.every((one) => fits(one, value)));
			return fitting ? null : refuse('not-in-the-shape');
		}
		if (content.is === 'deleted') return within.is === 'map' ? refuse('not-in-the-shape') : null;
		if (within.is !== 'text' && within.is !== 'xml-text') refuse('not-in-the-shape');
		if (content.is === 'format') {
			const format = Object.hasOwn(within.formats, content.key) ? within.formats[content.key]! : refuse('not-in-the-shape');
			return fits(content.value, format) ? null : refuse('not-in-the-shape');
		}
		if (content.is !== 'text') refuse('not-in-the-shape');
		const letters = (lengths.get(type) ?? (type instanceof Y.AbstractType ? type._length : 0)) + length;
		if (letters > limits.textUnits) refuse('text-too-long');
		lengths.set(type, letters);
		return null;
	}

	function writeOnce(type: List['type'], key: string, first: boolean): void {
		const keys = written.get(type) ?? new Set<string>();
		if (!first || keys.has(key) || (type instanceof Y.AbstractType && type._map.has(key))) refuse('written-once');
		written.set(type, keys.add(key));
	}
}

/** The clocks of each client before which an update parts what there is: by what it puts there, and by what it deletes. */
function partedBy(doc: Y.Doc, { sections, deletions }: ReadUpdate): Map<number, Set<number>> {
	const parted = new Map<number, Set<number>>();
	const part = (client: number, clock: number) => parted.set(client, (parted.get(client) ?? new Set()).add(clock));
	for (const { client, structs } of sections.values()) {
		const known = Y.getState(doc.store, client);
		for (const { clock, length, left, right } of structs) {
			if (clock + length <= known) continue;
			if (left) part(left.client, left.clock + 1);
			if (right) part(right.client, right.clock);
		}
	}
	for (const { client, clock, length } of deletions) {
		part(client, clock);
		part(client, clock + length);
	}
	return parted;
}

const isDone = ({ section, laid }: Course): boolean => laid.length === section.structs.length;

const isSame = (list: List, other: List | null): boolean => list.type === other?.type && list.key === other.key;

const listAround = (found: Y.Item | Y.GC | Laid): List | null =>
	found instanceof Y.Item ? { type: found.parent as Type, key: found.parentSub } : found instanceof Y.GC ? null : found.list;
