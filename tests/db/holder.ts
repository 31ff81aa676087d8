import { open } from '#db/open.ts';

/** A process that has a data folder open: says so, then appends row after row and prints each number once it is committed. */
const [dataDir, document] = process.argv.slice(2);
const database = await open({ dataDir: dataDir! });
console.log('open');
while (document) {
	const [place] = await database.documents.append([{ document, update: Uint8Array.of(1, 2, 3) }]);
	console.log(place!.seq);
}
setInterval(() => {}, 1_000);
