import { DatabaseUnreachable, DataFolderInUse } from './errors.ts';
import { open, type Database } from './open.ts';

/**
 * Runs a command of the command line on the database of DATABASE_URL, else the one in DATA_DIR (./data), also
 * beside a running server. An error that is an answer is said in one sentence; the process ends with 1 after any.
 */
export async function runCommand(command: (database: Database) => Promise<void>): Promise<void> {
	let database: Database | undefined;
	try {
		database = await open({ url: process.env['DATABASE_URL'], dataDir: process.env['DATA_DIR'] ?? './data', besideServer: true });
		await command(database);
	} catch (error) {
		const known = error instanceof CommandError || error instanceof DataFolderInUse || error instanceof DatabaseUnreachable;
		console.error(known ? error.message : error);
		process.exitCode = 1;
	} finally {
		await database?.close();
	}
}

/** A reason to stop that the person at the keyboard can do something about. */
export class CommandError extends Error {}
