import type { Database } from '#db/open.ts';
import { conducted } from '#realtime/meeting/hand-over.ts';
import { MeetingDesk, type DeskWorld } from '#realtime/server/meetings/meeting-desk.ts';

/** A desk over a database with nothing beside it but what is given: nobody is there, and nothing is on a board, hidden or worded. */
export const deskOver = ({ meetings, access }: Pick<Database, 'meetings' | 'access'>, world: Partial<DeskWorld> = {}): MeetingDesk =>
	new MeetingDesk({
		meetings,
		access,
		facilitated: () => false,
		silence: () => conducted,
		freshCopy: async () => [],
		hidden: async () => [],
		reveal: async () => 'clash',
		candidates: async () => [],
		wording: async () => null,
		changed: () => {},
		...world
	});
