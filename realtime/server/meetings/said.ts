import type { Id } from '#realtime/meeting/ids.ts';

/** What somebody said last, in the order of what was said, also of what others said elsewhere. */
export interface Said {
	by: Id;
	/** whom it is about */
	about: Id;
	is: boolean;
	/** later than what it answers to: milliseconds since 1970, or a little more */
	at: number;
}

/** Of all that was said, here and elsewhere, the last of each person about each. */
export function lastSaid(...all: (readonly Said[])[]): Map<string, Said> {
	const last = new Map<string, Said>();
	for (const one of all.flat()) {
		const before = last.get(keyOf(one));
		// of the same moment it is the same for everybody
		if (!before || before.at < one.at || (before.at === one.at && one.is)) last.set(keyOf(one), one);
	}
	return last;
}

export const keyOf = ({ by, about }: Pick<Said, 'by' | 'about'>): string => `${by} ${about}`;
