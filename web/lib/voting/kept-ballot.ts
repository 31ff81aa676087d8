import type { SecretBallot } from '#realtime/client/secret-ballot.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';

/** A secret ballot as its voter's device has it: on its way, or cast, with the receipt it is found by. */
export type KeptBallot = SecretBallot | { vote: Id; marks: Marks; receipt: string };

const prefix = 'secret-ballot';
/** more than any ballot is, of sixty marks and with all that belongs to its token */
const keptUnits = 4096;
/** of one person: a device may be shared */
const nameOf = (person: Id, vote: Id): string => `${prefix} ${person} ${vote}`;

/** Null: this device has none, or gives nothing away. */
export function keptBallot(person: Id, vote: Id): KeptBallot | null {
	try {
		return JSON.parse(localStorage.getItem(nameOf(person, vote)) ?? 'null') as KeptBallot | null;
	} catch {
		return null;
	}
}

/** Keeps a ballot on this device, or forgets it (null). False: the device keeps nothing, as in some private windows. */
export function keepBallot(person: Id, vote: Id, ballot: KeptBallot | null): boolean {
	try {
		if (ballot) localStorage.setItem(nameOf(person, vote), JSON.stringify(ballot));
		else localStorage.removeItem(nameOf(person, vote));
		return true;
	} catch {
		return false;
	}
}

/** Does this device keep a ballot? */
export function keepsBallots(): boolean {
	try {
		localStorage.setItem(prefix, ' '.repeat(keptUnits));
		localStorage.removeItem(prefix);
		return true;
	} catch {
		return false;
	}
}

/** Does something to a ballot while no other tab of this browser does. Where nothing is kept, tabs have nothing in common. */
export const alone = <Value>(person: Id, vote: Id, work: () => Promise<Value>): Promise<Value> =>
	keepsBallots() ? navigator.locks.request(nameOf(person, vote), work) : work();

/** Leaves no ballot of this person on the device. */
export function forgetBallots(person: Id): void {
	for (const name of Object.keys(localStorage)) if (name.startsWith(`${prefix} ${person} `)) localStorage.removeItem(name);
}
