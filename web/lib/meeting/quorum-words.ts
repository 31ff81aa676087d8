import { number } from '#lib/i18n/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Attending, Quorum } from '#realtime/meeting/quorum.ts';

/** How many have to be there, in words. */
export function askedWords(quorum: Quorum): string {
	if ('voters' in quorum) return m.quorum_asked_voters({ number: number(quorum.voters) });
	return quorum.share === 'half' ? m.quorum_half() : m.quorum_two_thirds();
}

/** How many are there of how many, as they stand in a sentence. */
export const countedWords = ({ present, entitled }: Attending) => ({ present: number(present), entitled: number(entitled) });
