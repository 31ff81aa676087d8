import { failures } from '#lib/i18n/names.ts';
import type { Failure } from '#lib/api.ts';
import { m } from '#lib/paraglide/messages.js';

/** Why a link that somebody was sent opens nothing, and whom to ask. */
const sent: Partial<Record<Failure, () => string>> = {
	'link-expired': m.account_link_expired,
	'link-used': m.account_link_used,
	'link-unknown': m.failure_link_unknown,
	'link-revoked': m.failure_link_revoked,
	archived: m.account_link_archived
};

export const linkProblem = (failure: Failure): string => (sent[failure] ?? failures[failure])();

/** Is it the link that is wrong, and nothing that was written into the form? */
export const isLinkProblem = (failure: Failure): boolean => Object.hasOwn(sent, failure);
