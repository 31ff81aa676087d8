import { parseArgs } from 'node:util';
import { restoreBackup } from './backup/restore.ts';
import { runCommandAt } from './command.ts';
import { CommandError, DataFolderInUse } from './errors.ts';
import { reach } from './open.ts';

/** `npm run restore <file>`: makes an empty database what a backup holds; with `--replace`, also one that is not empty. */

await runCommandAt(async (place) => {
	const { values, positionals } = parseArgs({ options: { replace: { type: 'boolean', default: false } }, allowPositionals: true });
	const [file] = positionals;
	if (file === undefined || positionals.length > 1) throw new CommandError('Which file? npm run restore <file>');
	const reached = await reach(place).catch((error: unknown) => {
		throw error instanceof DataFolderInUse ? new CommandError(`${error.message}: stop the server first. Nothing was changed`, { cause: error }) : error;
	});
	try {
		const { at, rows, documents, unread } = await restoreBackup(reached.address, file, { replace: values.replace, now: Date.now() });
		console.log(`restored as of ${new Date(at).toISOString()}: ${rows} rows, ${documents} documents, each read back and as it was. Everybody signs in anew`);
		for (const document of unread) console.log(`the log of document ${document} could not be read to its end, as when it was backed up`);
	} finally {
		await reached.close();
	}
});
