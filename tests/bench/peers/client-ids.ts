const personBits = 12;
const roomBits = 8;
/** Yjs draws them from 32 bits, which take five bytes on the wire: so do these. */
const base = 2 ** 31;

/** The client id of a page of somebody in a room: the same whichever server it is, so that their edits are as long. */
export const clientIdOf = ({ person, room, page }: { person: number; room: number; page: number }): number =>
	base + (page * 2 ** roomBits + room) * 2 ** personBits + person;
