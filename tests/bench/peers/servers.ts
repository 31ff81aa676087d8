import { join } from 'node:path';
import type { Seat } from './hand.ts';
import { ours } from './ours.ts';
import { hocuspocus, yWebsocket } from './strangers.ts';

/** How many it is to be ready for: each room has people of its own. */
export interface Places {
	rooms: number;
	peopleInRoom: number;
}

/** Processor milliseconds that a server has had so far. */
export interface Spent {
	/** its process, with all of its threads */
	server: number;
	/** its database, where that is processes of its own, and what its processes tell each other by */
	database: number;
}

/** A server as its users run it, with rooms for people. */
export interface Running {
	/** The seat of a person in a room, for the first or a later page of theirs; all count from 0. */
	seat(person: number, which?: { room?: number; page?: number }): Seat;
	spent(): Spent;
	/** of the server's process */
	residentMegabytes(): number;
	/** what it has written to the disk, once it is stopped; 0: it keeps nothing */
	diskBytes(): Promise<number>;
	/** Ends it at once, as a power cut would, and starts it again on what is left. Seats stay. */
	kill(): Promise<void>;
	/** Has it stop, as whoever runs it does, and starts it again. Seats stay. */
	restart(): Promise<void>;
	/** Has it stop, and then does nothing but append so many edits of this size to its log, one after the other: milliseconds of each commit. Null: it has none. */
	commitMs: ((bytes: number, times: number) => Promise<number[]>) | null;
	/** Ends it and removes what it kept. */
	remove(): Promise<void>;
}

export interface Server {
	readonly name: string;
	/** is it this product? */
	readonly isOurs: boolean;
	/** does it keep anything? */
	readonly keeps: boolean;
	start(places: Places): Promise<Running>;
}

/** Every server that is measured, ours first. `profiles`: a folder for where ours spends its time. */
export function allServers(profiles: string | null): Server[] {
	const own = [
		ours({ name: 'Hamandish', database: 'embedded', profiles: profiles && join(profiles, 'embedded') }),
		ours({ name: 'Hamandish on PostgreSQL', database: 'PostgreSQL', profiles: profiles && join(profiles, 'PostgreSQL') })
	];
	return profiles === null ? [...own, yWebsocket({ keeps: false }), yWebsocket({ keeps: true }), hocuspocus] : own;
}
