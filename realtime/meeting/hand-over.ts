import type { MeetingEvent } from './events.ts';
import type { Id } from './ids.ts';
import type { Meeting, Participant } from './meetings.ts';
import { may } from './permissions.ts';
import type { Refusal } from './refusals.ts';
import type { Role } from './roles.ts';

/** What happens to a live meeting that nobody conducts: a member takes it over, by consent of the others who are there. */

type Here = Pick<Participant, 'id' | 'role'>;

const conducts = (role: Role): boolean =>
	may({ role, administrator: false }, 'meeting.turn', { state: 'live', archived: false, facilitated: false, step: null });

/** Is anybody there who may conduct it? A chair may as long as no facilitator is there; who helped as a member and came back as a guest may not. */
export const isConducted = ({ coFacilitators }: Pick<Meeting, 'coFacilitators'>, present: readonly Here[]): boolean =>
	present.some(({ id, role }) => conducts(role) || (role !== 'guest' && coFacilitators.includes(id)));

/** Who may take it over, and is asked when somebody else wants to. */
export const membersIn = (present: readonly Here[]): Set<Id> => new Set(present.filter(({ role }) => role === 'member').map(({ id }) => id));

/** How many of the other members who are there have to agree: more than half of them; nobody, where there are none. */
export const consentsNeeded = (others: number): number => (others === 0 ? 0 : Math.floor(others / 2) + 1);

/** How a meeting stands that somebody wants to take over. */
export interface Silence {
	/** for how long nobody was there who may conduct it; null: somebody is */
	forMs: number | null;
	/** for how long nobody has to have been */
	neededMs: number;
	/** the members who are there */
	members: ReadonlySet<Id>;
	/** who agrees that whoever asks takes it over */
	agreed: ReadonlySet<Id>;
}

/** Somebody is there who may conduct it, or nobody asks. */
export const conducted: Silence = { forMs: null, neededMs: 0, members: new Set(), agreed: new Set() };

/** Takes a meeting over: whoever does is a co-facilitator of it from then on. Nothing else of it changes. */
export function decidedTake(
	{ coFacilitators }: Pick<Meeting, 'coFacilitators'>,
	person: Id,
	{ forMs, neededMs, members, agreed }: Silence
): MeetingEvent[] | Refusal {
	// whoever asks may be a co-facilitator since they asked
	if (forMs === null || coFacilitators.includes(person)) return 'conducted';
	if (forMs < neededMs) return 'too-soon';
	const others = [...members].filter((other) => other !== person);
	const consents = others.filter((other) => agreed.has(other)).length;
	// whoever is not there cannot conduct it
	if (!members.has(person) || consents < consentsNeeded(others.length)) return 'no-consent';
	return [{ name: 'facilitator.named', person }];
}
