import * as Y from 'yjs';
import type { Struct, Unit } from './read-update.ts';
import { typeNumber } from './places.ts';
import { refuse } from './refusal.ts';

/**
 * What a page sends again must be what is there: two pages that wrote different things under one client id would
 * differ for ever, and neither would know.
 */
export function checkKnown(structs: readonly (Y.Item | Y.GC)[], struct: Struct, known: number): void {
	const end = Math.min(struct.clock + struct.length, known);
	for (let i = Y.findIndexSS(structs as never, struct.clock); i < structs.length; i++) {
		const there = structs[i]!;
		if (there.id.clock >= end) return;
		// what has been deleted with its surroundings cannot be compared, and nothing can be put back there
		if (!(there instanceof Y.Item) || struct.content.is === 'remains') continue;
		const from = Math.max(struct.clock, there.id.clock);
		const left = from === there.id.clock ? there.origin : { client: struct.client, clock: from - 1 };
		const sentLeft = from === struct.clock ? struct.left : { client: struct.client, clock: from - 1 };
		if (!same(left, sentLeft) || !same(there.rightOrigin, struct.right) || !sameContent(there, struct, from, Math.min(end, there.id.clock + there.length)))
			refuse('not-what-is-there');
	}
}

const same = (a: Unit | null, b: Unit | null): boolean => (a === null || b === null ? a === b : a.client === b.client && a.clock === b.clock);

/** Do both bring the same from one clock to another? Of what is deleted on either side nothing is known any more. */
function sameContent(there: Y.Item, { clock, content }: Struct, from: number, to: number): boolean {
	const { content: its } = there;
	if (its instanceof Y.ContentDeleted || content.is === 'deleted') return true;
	const [start, length] = [from - there.id.clock, to - from];
	switch (content.is) {
		case 'text':
			return its instanceof Y.ContentString && sameLetters(its.str, start, content.text, from - clock, length);
		case 'format':
			return its instanceof Y.ContentFormat && its.key === content.key && JSON.stringify(its.value) === JSON.stringify(content.value);
		case 'values':
			return (
				its instanceof Y.ContentAny && JSON.stringify(its.arr.slice(start, start + length)) === JSON.stringify(content.values.slice(from - clock, to - clock))
			);
		case 'type':
			return (
				its instanceof Y.ContentType &&
				typeNumber(its.type) === content.type &&
				(content.name === null || (its.type instanceof Y.XmlElement && its.type.nodeName === content.name))
			);
		default:
			return true;
	}
}

/** Yjs writes U+FFFD for both halves of a character that it has to part, in one replica sooner than in another. */
function sameLetters(a: string, atA: number, b: string, atB: number, length: number): boolean {
	for (let i = 0; i < length; i++) {
		const [one, other] = [a.charCodeAt(atA + i), b.charCodeAt(atB + i)];
		if (one !== other && one !== parted && other !== parted) return false;
	}
	return true;
}

const parted = 0xfffd;
