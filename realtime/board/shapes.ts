import { isId } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { actionKeys, actionRoots } from './actions-schema.ts';
import { decisionKeys, decisionsRoot } from './decisions-schema.ts';
import { isPlace } from './place.ts';
import {
	boardRoots,
	cardKeys,
	groupKeys,
	notesBlocks,
	notesMarks,
	notesNodes,
	notesRoot,
	type DocumentKind,
	type NotesMark,
	type NotesNode
} from './schema.ts';

/**
 * What a document of each kind may hold, as data: what no page of ours would ever write is refused at the door by
 * holding it against this. Whoever adds a key or an element of a document adds it here.
 */
export interface DocumentShape {
	roots: Readonly<Record<string, Shape>>;
	/** what may lie in XML, by name; `text` is its letters */
	elements: Readonly<Record<string, XmlShape | TextShape>>;
	/** types within each other, the root not counted */
	deepest: number;
}

export type Shape = ValueShape | MapShape | TextShape | XmlShape;

/** Written once: never written again, and never deleted. */
interface Written {
	once?: true;
}

/** A plain value. `units`: UTF-16 units of each text in it; `fields`: what an object may have; `place`: a text is a place in an order. */
export interface ValueShape extends Written {
	is: 'value';
	kinds: readonly ('string' | 'number' | 'boolean' | 'null' | 'object')[];
	units: number;
	fields?: Readonly<Record<string, ValueShape>>;
	place?: true;
}

/** A Y.Map with these keys, or with one thing of a shape under each id. */
export interface MapShape extends Written {
	is: 'map';
	keys?: Readonly<Record<string, Shape>>;
	each?: Shape;
}

/** A Y.Text, or a Y.XmlText, with these formats; each is a value, or null where it ends. */
export interface TextShape extends Written {
	is: 'text' | 'xml-text';
	formats: Readonly<Record<string, ValueShape>>;
}

/** A Y.XmlElement, or the fragment that is a root: which elements it may hold, by name, and its attributes. */
export interface XmlShape extends Written {
	is: 'xml';
	holds: readonly string[];
	attributes: Readonly<Record<string, ValueShape>>;
}

const value = (...kinds: ValueShape['kinds']): ValueShape => ({ is: 'value', kinds, units: limits.valueUnits });
const once = <Shape extends Written>(shape: Shape): Shape => ({ ...shape, once: true });
const object = (fields: ValueShape['fields'] & {}, ...also: ValueShape['kinds']): ValueShape => ({ ...value('object', ...also), fields });

const text = value('string');
const textOrNull = value('string', 'null');
const place: ValueShape = { ...text, place: true };
const plainText = once<TextShape>({ is: 'text', formats: {} });

const evidence = object({ kind: text, url: text, title: text, text });

const card: MapShape = {
	is: 'map',
	keys: {
		[cardKeys.text]: plainText,
		[cardKeys.evidence]: once<MapShape>({ is: 'map', each: evidence }),
		[cardKeys.column]: text,
		[cardKeys.place]: place,
		[cardKeys.group]: textOrNull,
		[cardKeys.author]: once(textOrNull),
		[cardKeys.createdAt]: once(value('number', 'null')),
		[cardKeys.deleted]: value('boolean')
	}
};

const group: MapShape = { is: 'map', keys: { [groupKeys.title]: plainText, [groupKeys.column]: text, [groupKeys.place]: place } };

const action: MapShape = {
	is: 'map',
	keys: {
		[actionKeys.what]: plainText,
		[actionKeys.notes]: plainText,
		[actionKeys.person]: textOrNull,
		[actionKeys.office]: textOrNull,
		[actionKeys.due]: textOrNull,
		[actionKeys.state]: text,
		[actionKeys.place]: place,
		[actionKeys.origin]: once(object({ meeting: text, document: textOrNull, card: textOrNull, decision: textOrNull }, 'null')),
		[actionKeys.author]: once(text),
		[actionKeys.createdAt]: once(value('number')),
		[actionKeys.deleted]: value('boolean')
	}
};

const decision: MapShape = {
	is: 'map',
	keys: {
		[decisionKeys.text]: plainText,
		[decisionKeys.person]: textOrNull,
		[decisionKeys.office]: textOrNull,
		[decisionKeys.due]: textOrNull,
		[decisionKeys.mandate]: textOrNull,
		[decisionKeys.place]: place,
		[decisionKeys.card]: once(textOrNull),
		// null: of one that was gone on with, and that did not say whose it is
		[decisionKeys.author]: once(textOrNull),
		[decisionKeys.createdAt]: once(value('number', 'null')),
		[decisionKeys.deleted]: value('boolean')
	}
};

const notesAttributes: Record<(typeof notesNodes)[NotesNode]['attributes'][number], ValueShape> = { level: value('number'), start: value('number') };

const notesElements: DocumentShape['elements'] = {
	text: {
		is: 'xml-text',
		formats: Object.fromEntries(notesMarks.map((mark: NotesMark) => [mark, object(mark === 'link' ? { href: textOrNull } : {}, 'null')]))
	},
	...Object.fromEntries(
		Object.entries(notesNodes).map(([name, { holds, attributes }]): [string, XmlShape] => [
			name,
			{ is: 'xml', holds, attributes: Object.fromEntries(attributes.map((attribute) => [attribute, notesAttributes[attribute]])) }
		])
	)
};

/** Under an id there is one thing for ever; it is marked as deleted, never taken away. */
const things = (thing: MapShape): MapShape => ({ is: 'map', each: once(thing) });

/** How deep maps lie in each other: a root's thing, and what it has of its own. */
const mapsDeepest = 3;

/** Where decisions are worded, in the document of an activity. */
const decisions = { [decisionsRoot]: things(decision) };

export const shapes: Record<DocumentKind, DocumentShape> = {
	board: { roots: { [boardRoots.cards]: things(card), [boardRoots.groups]: things(group), ...decisions }, elements: {}, deepest: mapsDeepest },
	notes: {
		roots: { [notesRoot]: { is: 'xml', holds: notesBlocks, attributes: {} }, ...decisions },
		elements: notesElements,
		// an element at the deepest still holds its letters
		deepest: limits.notesDepth + 1
	},
	actions: { roots: { [actionRoots.actions]: things(action) }, elements: {}, deepest: mapsDeepest },
	// nothing makes these yet, and nothing may be written in them
	minutes: { roots: {}, elements: {}, deepest: 0 },
	// cards alone: they are grouped where everybody sees them
	drafts: { roots: { [boardRoots.cards]: things(card) }, elements: {}, deepest: mapsDeepest }
};

/** The shape for whoever words no decisions: nothing may be written in {@link decisionsRoot}. */
export function withoutDecisions(shape: DocumentShape): DocumentShape {
	const { [decisionsRoot]: _, ...roots } = shape.roots;
	return { ...shape, roots };
}

/** What lies in a container under a key (null: in its list) and, in XML, under a name. Null: nothing may. */
export function shapeWithin({ elements }: DocumentShape, container: Shape, key: string | null, element: string | null): Shape | null {
	if (container.is === 'map') return key === null ? null : (own(container.keys, key) ?? (isId(key) ? (container.each ?? null) : null));
	if (container.is !== 'xml') return null;
	if (key !== null) return own(container.attributes, key);
	return element !== null && container.holds.includes(element) ? own(elements, element) : null;
}

/** Is this a value of that shape? */
export function fits(value: unknown, shape: ValueShape): boolean {
	const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
	if (!(shape.kinds as readonly string[]).includes(kind)) return false;
	if (typeof value === 'string') return value.length <= shape.units && (!shape.place || isPlace(value));
	if (typeof value !== 'object' || value === null) return true;
	return Object.entries(value).every(([key, field]) => {
		const expected = own(shape.fields, key);
		return expected !== null && fits(field, expected);
	});
}

const own = <Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | null =>
	record && Object.hasOwn(record, key) ? record[key]! : null;
