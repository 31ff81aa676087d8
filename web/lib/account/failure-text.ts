import { timeOfDay } from '#lib/i18n/dates.ts';
import { failures } from '#lib/i18n/names.ts';
import type { Failure } from '#lib/api.ts';
import { m } from '#lib/paraglide/messages.js';

/** What went wrong, in a sentence, with the time where it is a matter of waiting. */
export const failureText = ({ failure, until }: { failure: Failure; until?: number }): string =>
	failure === 'too-many-attempts' && until !== undefined ? m.account_locked({ time: timeOfDay(until) }) : failures[failure]();
