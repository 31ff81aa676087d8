import type { Spoken } from '#realtime/meeting/floor.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import type { Province } from '#realtime/meeting/provinces.ts';

/** How long each province has spoken, in milliseconds, the longest first; null: people of none, such as the secretariat. */
export function byProvince(
	spoken: readonly Pick<Spoken, 'person' | 'ms'>[],
	people: ReadonlyMap<Id, Pick<Participant, 'province'>>
): { province: Province | null; ms: number }[] {
	const sums = new Map<Province | null, number>();
	for (const { person, ms } of spoken) {
		const province = people.get(person)?.province ?? null;
		sums.set(province, (sums.get(province) ?? 0) + ms);
	}
	return [...sums].map(([province, ms]) => ({ province, ms })).sort((a, b) => b.ms - a.ms);
}
