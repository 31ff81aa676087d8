/** What a few tries find at least, none as soon as one finds nothing: the machine may have had something else to do, and what is slow is slow each time. */
export async function fewest<Found>(find: () => Promise<readonly Found[]>): Promise<readonly Found[]> {
	let least = await find();
	for (let tries = 1; tries < 5 && least.length > 0; tries++) {
		const found = await find();
		if (found.length < least.length) least = found;
	}
	return least;
}
