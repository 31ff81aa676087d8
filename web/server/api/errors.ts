import type { Refusal } from '#realtime/meeting/refusals.ts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Every way in which the API refuses, and its status. A foreign thing and a missing one are both `not-found`. */
export const errorStatus = {
	'signed-out': 401,
	'not-found': 404,
	'not-allowed': 403,
	malformed: 400,
	'too-large': 413,
	'foreign-origin': 403,
	'link-unknown': 404,
	'link-expired': 410,
	'link-used': 410,
	'last-facilitator': 409,
	'last-administrator': 409,
	'already-member': 409,
	'no-account': 409,
	'no-such-invitation': 409,
	'mandate-full': 409,
	'recipe-name-taken': 409,
	'recipes-full': 409,
	'no-such-recipe': 409,
	'term-order': 400,
	'link-revoked': 410,
	'link-of-another': 403,
	'sign-in-wrong': 401,
	'too-many-attempts': 429,
	'second-factor-needed': 401,
	'second-factor-wrong': 401,
	'passkey-refused': 401,
	deactivated: 403,
	'password-wrong': 403,
	'password-short': 400,
	'password-long': 400,
	'password-common': 400,
	'password-like-name': 400,
	'user-name-wrong': 400,
	'mobile-wrong': 400,
	'email-wrong': 400,
	'identifier-needed': 400,
	'user-name-taken': 409,
	'mobile-taken': 409,
	'email-taken': 409,
	'second-factor-on': 409,
	'second-factor-off': 409,
	'code-wrong': 409,
	'passkeys-unavailable': 409,
	'passkeys-full': 409,
	'links-full': 409,
	'meeting-full': 409,
	'too-many-guests': 429,
	'storage-unavailable': 503,
	'storage-full': 507,
	unexpected: 500,
	'meeting-exists': 409,
	'meeting-scheduled': 409,
	'meeting-live': 409,
	'meeting-closed': 409,
	'meeting-cancelled': 409,
	archived: 409,
	'no-such-item': 409,
	conducted: 409,
	'too-soon': 409,
	'no-consent': 409,
	'no-such-person': 409,
	'no-such-mandate': 409,
	'agenda-empty': 409,
	'agenda-full': 409,
	'item-elsewhere': 409,
	'no-such-step': 404,
	'step-present': 409,
	'no-private-steps': 400,
	'step-private': 409,
	'too-few': 409,
	'no-columns': 409,
	'item-proposed': 409,
	'other-kind': 409,
	'no-copy': 409,
	clash: 409,
	'late-decided': 409,
	'late-unfit': 409,
	'no-timer': 409,
	'queue-full': 409,
	'vote-open': 409,
	'no-such-vote': 404,
	'vote-over': 409,
	'votes-full': 409,
	'vote-options': 409,
	'vote-rule': 409,
	'not-entitled': 403,
	'ballot-unfit': 409,
	'own-card': 409,
	'ballot-cast': 409,
	'token-unsigned': 403,
	'wording-changed': 409,
	'decision-adopted': 409,
	'decisions-full': 409,
	'no-such-decision': 404,
	'vote-lost': 409
} as const satisfies Record<string, ContentfulStatusCode> & Record<Refusal, ContentfulStatusCode>;

export type ErrorCode = keyof typeof errorStatus;

/** What stands in the body of a refusal; a page has a sentence for each code. */
export interface ErrorBody {
	error: {
		code: ErrorCode;
		/** of `too-many-attempts`: when trying again makes sense, in milliseconds since 1970 */
		until?: number;
	};
}

/** Thrown anywhere below the API; answered with its code and status. */
export class ApiError extends Error {
	readonly code: ErrorCode;
	readonly until: number | undefined;
	constructor(code: ErrorCode, until?: number) {
		super(code);
		this.code = code;
		this.until = until;
	}
}
