import { number } from '#lib/i18n/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Decision } from '#realtime/meeting/decisions.ts';

/** What a decision rests on, in words: consensus, or what came of its vote. */
export function basisWords({ by }: Pick<Decision, 'by'>): string {
	if (by === 'consensus') return m.decision_by_consensus();
	const turnout = { voted: number(by.voted), entitled: number(by.entitled) };
	if (by.kind === 'choice') {
		const cast = (value: number) => number(by.tally?.spread[value] ?? 0);
		return m.decision_by_motion({ yes: cast(1), no: cast(-1), abstained: cast(0), ...turnout });
	}
	return by.place === null ? m.decision_by_vote(turnout) : m.decision_by_card({ place: m.decision_place({ number: number(by.place) }), ...turnout });
}
