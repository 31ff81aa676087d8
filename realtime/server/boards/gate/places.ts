import { shapeWithin, type DocumentShape, type Shape } from '#realtime/board/shapes.ts';
import * as Y from 'yjs';

/** A type of a document, in it or about to be: what it may hold, and how many types it lies in. */
export interface Place {
	readonly shape: Shape;
	readonly depth: number;
}

/** Numbers of Yjs' types in its encoding, and which shape is made of each. */
const isOf: Partial<Record<number, Shape['is']>> = { 1: 'map', 2: 'text', 3: 'xml', 6: 'xml-text' };

/** What the letters of XML are called among its elements. */
const letters = 'text';

/** Where a type that is inserted into another comes to lie. Null: it may not. */
export function placeWithin(document: DocumentShape, container: Place, key: string | null, type: number, name: string | null): Place | null {
	const shape = shapeWithin(document, container.shape, key, isOf[type] === 'xml-text' ? letters : name);
	return shape !== null && shape.is === isOf[type] ? { shape, depth: container.depth + 1 } : null;
}

/** The places of a document's types. A type never moves, so each is looked for once. */
export class Places {
	readonly #doc: Y.Doc;
	readonly #document: DocumentShape;
	readonly #known = new WeakMap<object, Place | null>();

	constructor(doc: Y.Doc, document: DocumentShape) {
		this.#doc = doc;
		this.#document = document;
	}

	/** Null: no root of such a document. */
	root(name: string): Place | null {
		return Object.hasOwn(this.#document.roots, name) ? { shape: this.#document.roots[name]!, depth: 0 } : null;
	}

	/** Null: it lies where nothing of our shape lies, and nothing may be written in it. */
	of(type: Y.AbstractType<unknown>): Place | null {
		let place = this.#known.get(type);
		if (place === undefined) this.#known.set(type, (place = this.#find(type)));
		return place;
	}

	/** Does an item lie, however deep, in a root of such a document? */
	isInRoot(item: Y.Item): boolean {
		let parent = item.parent as Y.AbstractType<unknown> | null;
		while (parent?._item) parent = parent._item.parent as Y.AbstractType<unknown> | null;
		return parent !== null && this.of(parent) !== null;
	}

	#find(type: Y.AbstractType<unknown>): Place | null {
		const item = type._item;
		if (item === null) {
			for (const [name, root] of this.#doc.share) if ((root as object) === type) return this.root(name);
			return null;
		}
		const container = item.parent instanceof Y.AbstractType ? this.of(item.parent) : null;
		return container && placeWithin(this.#document, container, item.parentSub, typeNumber(type), type instanceof Y.XmlElement ? type.nodeName : null);
	}
}

/** As in its encoding; -1: one that we do not use. */
export function typeNumber(type: Y.AbstractType<unknown>): number {
	if (type instanceof Y.XmlText) return 6;
	if (type instanceof Y.Text) return 2;
	if (type instanceof Y.XmlElement) return 3;
	return type instanceof Y.Map && !(type instanceof Y.XmlHook) ? 1 : -1;
}
