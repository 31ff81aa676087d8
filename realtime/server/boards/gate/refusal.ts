import type { CloseReason } from '#realtime/protocol/close-codes.ts';

/** Why an edit is refused: what its page is told, and, for logs and tests, which rule it broke. */
export interface Refusal {
	reason: Extract<CloseReason, 'malformed' | 'not-allowed' | 'too-large' | 'document-full'>;
	because: Because;
}

/** The rules of the gate. Nothing of an edit itself is ever in one. */
export const reasons = {
	'cut-short': 'malformed',
	'number-not-shortest': 'malformed',
	'number-out-of-range': 'malformed',
	'no-unicode': 'malformed',
	'nul-in-text': 'malformed',
	'unknown-value': 'malformed',
	'nested-value': 'malformed',
	'forbidden-key': 'malformed',
	'bytes-after-the-end': 'malformed',
	'no-client': 'malformed',
	'client-twice': 'malformed',
	'nothing-announced': 'malformed',
	'more-announced-than-sent': 'malformed',
	'of-no-length': 'malformed',
	'unknown-struct': 'malformed',
	skip: 'malformed',
	'json-not-shortest': 'malformed',
	'deletions-out-of-order': 'malformed',
	gap: 'malformed',
	'own-future': 'malformed',
	'unknown-neighbour': 'malformed',
	'in-a-circle': 'malformed',
	'parent-is-no-type': 'malformed',
	'neighbours-in-two-lists': 'malformed',
	'neighbours-crossed': 'malformed',
	'not-what-is-there': 'malformed',
	'deletes-the-unknown': 'malformed',
	'foreign-content': 'not-allowed',
	'unknown-root': 'not-allowed',
	'not-in-the-shape': 'not-allowed',
	'too-deep': 'not-allowed',
	'written-once': 'not-allowed',
	'of-another': 'not-allowed',
	'too-many-clients': 'not-allowed',
	'huge-run': 'too-large',
	'too-many-bytes': 'too-large',
	'text-too-long': 'too-large',
	'too-costly': 'too-large',
	full: 'document-full'
} as const satisfies Record<string, Refusal['reason']>;
export type Because = keyof typeof reasons;

/** Thrown while an edit is read; whoever called for it gets a {@link Refusal}. */
export class Refused extends Error {
	readonly refusal: Refusal;
	constructor(because: Because) {
		super(because);
		this.refusal = refusalFor(because);
	}
}

export const refusalFor = (because: Because): Refusal => ({ reason: reasons[because], because });

export function refuse(because: Because): never {
	throw new Refused(because);
}
