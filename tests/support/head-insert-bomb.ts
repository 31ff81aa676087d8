import * as encoding from 'lib0/encoding';

/**
 * Letters that are all put before the first, each with another right neighbour: taking them in costs the square
 * of their number. An update of one client.
 */
export function headInsertBomb(letters: number, client = 7, root = 'cards'): Uint8Array {
	const encoder = encoding.createEncoder();
	for (const number of [1, letters, client, 0]) encoding.writeVarUint(encoder, number);
	encoding.writeUint8(encoder, 0x04);
	encoding.writeVarUint(encoder, 1);
	encoding.writeVarString(encoder, root);
	encoding.writeVarString(encoder, 'x');
	for (let clock = 1; clock < letters; clock++) {
		// no left neighbour, a right one, and so no parent of its own
		encoding.writeUint8(encoder, 0x44);
		encoding.writeVarUint(encoder, client);
		encoding.writeVarUint(encoder, Math.floor(clock / 2));
		encoding.writeVarString(encoder, 'x');
	}
	encoding.writeVarUint(encoder, 0);
	return encoding.toUint8Array(encoder);
}
