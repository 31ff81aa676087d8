import { CommandError, DatabaseUnreachable, DataFolderInUse, SchemaOfAnotherVersion } from './errors.ts';
import { open, type Database, type OpenOptions } from './open.ts';

/** Which database a command of the command line is for: that of DATABASE_URL, else the one in DATA_DIR (./data). */
export type Place = Pick<OpenOptions, 'url' | 'dataDir'>;

/** What says all that there is to say. */
const answers = [CommandError, DataFolderInUse, DatabaseUnreachable, SchemaOfAnotherVersion];

/** Runs a command of the command line. An error that is an answer is said in one sentence; the process ends with 1 after any. */
export async function runCommandAt(command: (place: Place) => Promise<void>): Promise<void> {
	try {
		await command({ url: process.env['DATABASE_URL'], dataDir: process.env['DATA_DIR'] ?? './data' });
	} catch (error) {
		const known = error instanceof Error && answers.some((answer) => error instanceof answer);
		console.error(known ? error.message : error);
		process.exitCode = 1;
	}
}

/** Runs a command on its database, also beside a running server. */
export const runCommand = (command: (database: Database, place: Place) => Promise<void>): Promise<void> =>
	runCommandAt(async (place) => {
		const database = await open({ ...place, besideServer: true });
		try {
			await command(database, place);
		} finally {
			await database.close();
		}
	});
