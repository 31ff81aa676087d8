/**
 * Changes of a text as lists of what is kept, taken out and put in, in UTF-16 units, and how two changes that
 * were made at once fit together. The shape is the one that Y.Text reports.
 */
export type Step = { retain: number } | { delete: number } | { insert: string };
export type Delta = readonly Step[];

/** A piece of a text replaced by another. */
export interface Splice {
	at: number;
	removed: number;
	inserted: string;
}

export const deltaOf = ({ at, removed, inserted }: Splice): Delta => {
	const steps: Step[] = [];
	push(steps, { retain: at });
	push(steps, { insert: inserted });
	push(steps, { delete: removed });
	return steps;
};

/** A delta as splices to make one after the other: the positions of each are those of the text as the former left it. */
export function splicesOf(delta: Delta): Splice[] {
	const splices: Splice[] = [];
	let at = 0;
	let open: Splice | null = null;
	for (const step of delta) {
		if ('retain' in step) {
			at += step.retain;
			open = null;
			continue;
		}
		if (!open) splices.push((open = { at, removed: 0, inserted: '' }));
		if ('delete' in step) open.removed += step.delete;
		else {
			open.inserted += step.insert;
			at += step.insert.length;
		}
	}
	return splices;
}

/** The text after a change. */
export function applied(text: string, delta: Delta): string {
	let at = 0;
	let result = '';
	for (const step of delta) {
		if ('insert' in step) result += step.insert;
		else if ('delete' in step) at += step.delete;
		else {
			result += text.slice(at, at + step.retain);
			at += step.retain;
		}
	}
	return result + text.slice(at);
}

/** Where a position lies after a change. What is put in exactly there comes after it, unless `sticky` is 'after'. */
export function mapIndex(index: number, delta: Delta, sticky: 'before' | 'after' = 'before'): number {
	let at = 0;
	let mapped = index;
	for (const step of delta) {
		if (at > index) break;
		if ('retain' in step) at += step.retain;
		else if ('delete' in step) {
			mapped -= Math.min(step.delete, index - at);
			at += step.delete;
		} else if (at < index || sticky === 'after') mapped += step.insert.length;
	}
	return mapped;
}

/** First one change, then the next, as one change. */
export function composed(first: Delta, next: Delta): Delta {
	const a = reader(first);
	const b = reader(next);
	const steps: Step[] = [];
	while (a.more() || b.more()) {
		if (b.kind() === 'insert') push(steps, b.take(Infinity));
		else if (a.kind() === 'delete') push(steps, a.take(Infinity));
		else {
			const length = Math.min(a.length(), b.length());
			const earlier = a.take(length);
			const later = b.take(length);
			if ('retain' in later) push(steps, earlier);
			else if ('retain' in earlier) push(steps, later);
			// put in by the first and taken out by the next: nothing
		}
	}
	return trimmed(steps);
}

/**
 * `change`, made to the same text as `other`, as it must be made to the text that `other` left. Where both put
 * something in at one place, what `first` says comes first.
 */
export function transformed(change: Delta, other: Delta, first: 'change' | 'other'): Delta {
	const a = reader(change);
	const b = reader(other);
	const steps: Step[] = [];
	while (a.more()) {
		if (a.kind() === 'insert' && (first === 'change' || b.kind() !== 'insert')) push(steps, a.take(Infinity));
		else if (b.kind() === 'insert') push(steps, { retain: sizeOf(b.take(Infinity)) });
		else {
			const length = Math.min(a.length(), b.length());
			const own = a.take(length);
			const theirs = b.take(length);
			// what the other took out is neither kept nor taken out again
			if (!('delete' in theirs)) push(steps, own);
		}
	}
	return trimmed(steps);
}

/**
 * What a person did to a text, as one splice: the smallest that ends at the caret where there is a choice, since
 * "aa" typed beside "aaa" must go in where it was typed.
 */
export function difference(before: string, after: string, caret: number): Splice {
	const shorter = Math.min(before.length, after.length);
	// what follows the caret was there before
	const suffixLimit = Math.min(shorter, after.length - caret);
	let suffix = 0;
	while (suffix < suffixLimit && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++;
	let prefix = 0;
	while (prefix < shorter - suffix && before[prefix] === after[prefix]) prefix++;
	while (suffix < shorter - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++;
	return wholeLetters(before, after, { at: prefix, removed: before.length - prefix - suffix, inserted: after.slice(prefix, after.length - suffix) });
}

/** Widens a splice that would cut a surrogate pair in two, such as one emoji replaced by its neighbour. */
function wholeLetters(before: string, after: string, { at, removed, inserted }: Splice): Splice {
	let end = at + removed;
	const tail = after.length - (at + inserted.length);
	let newEnd = after.length - tail;
	if (at > 0 && isHigh(before.charCodeAt(at - 1)) && (isLow(before.charCodeAt(at)) || isLow(after.charCodeAt(at)))) at--;
	if (end < before.length && isLow(before.charCodeAt(end)) && (isHigh(before.charCodeAt(end - 1)) || isHigh(after.charCodeAt(newEnd - 1)))) {
		end++;
		newEnd++;
	}
	return { at, removed: end - at, inserted: after.slice(at, newEnd) };
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** The first `units` of a text, without half a letter at the end. */
export function clipped(text: string, units: number): string {
	const end = Math.max(0, units);
	return text.slice(0, end < text.length && end > 0 && isHigh(text.charCodeAt(end - 1)) && isLow(text.charCodeAt(end)) ? end - 1 : end);
}

const sizeOf = (step: Step): number => ('insert' in step ? step.insert.length : 'delete' in step ? step.delete : step.retain);

function push(steps: Step[], step: Step): void {
	if (sizeOf(step) === 0) return;
	const last = steps.at(-1);
	if (last && 'retain' in last && 'retain' in step) steps[steps.length - 1] = { retain: last.retain + step.retain };
	else if (last && 'delete' in last && 'delete' in step) steps[steps.length - 1] = { delete: last.delete + step.delete };
	else if (last && 'insert' in last && 'insert' in step) steps[steps.length - 1] = { insert: last.insert + step.insert };
	// what is put in stands before what is taken out, so that equal changes look equal
	else if (last && 'delete' in last && 'insert' in step) {
		steps.pop();
		push(steps, step);
		steps.push(last);
	} else steps.push(step);
}

const trimmed = (steps: Step[]): Delta => {
	const last = steps.at(-1);
	return last && 'retain' in last ? steps.slice(0, -1) : steps;
};

/** Reads a delta piece by piece; beyond its end everything is kept. */
function reader(delta: Delta) {
	let at = 0;
	let offset = 0;
	const current = () => delta[at];
	return {
		more: () => at < delta.length,
		kind: () => {
			const step = current();
			return !step || 'retain' in step ? 'retain' : 'delete' in step ? 'delete' : 'insert';
		},
		length: () => {
			const step = current();
			return step ? sizeOf(step) - offset : Infinity;
		},
		take(length: number): Step {
			const step = current();
			if (!step) return { retain: length };
			const left = sizeOf(step) - offset;
			const size = Math.min(length, left);
			const from = offset;
			if (size === left) {
				at++;
				offset = 0;
			} else offset += size;
			if ('insert' in step) return { insert: step.insert.slice(from, from + size) };
			return 'delete' in step ? { delete: size } : { retain: size };
		}
	};
}
