import { runCommand } from './command.ts';
import { CommandError } from './errors.ts';
import type { Database } from './open.ts';
import { documentsOf, rebuildActions, rebuildFactors } from './projections/rebuild.ts';

/** `npm run db:rebuild`: makes the tables that follow documents again from their logs, also beside a running server. */

const kinds = {
	board: { rebuild: rebuildFactors, entries: 'cards', many: 'boards' },
	actions: { rebuild: rebuildActions, entries: 'actions', many: 'lists of actions' }
} as const;

await runCommand(async (database) => {
	let unreadable = 0;
	for (const kind of ['board', 'actions'] as const) unreadable += await rebuildAll(database, kind);
	if (unreadable > 0) throw new CommandError(`documents that could not be rebuilt: ${unreadable}`);
});

/** Answers how many could not be. */
async function rebuildAll(database: Database, kind: keyof typeof kinds): Promise<number> {
	const { rebuild, entries: what, many } = kinds[kind];
	let documents = 0;
	let unreadable = 0;
	for await (const document of documentsOf(database, kind)) {
		documents++;
		try {
			const { rows, entries, changed, removed } = await rebuild(database, document);
			console.log(
				`${document}: ${rows} rows of the log, ${entries} ${what}; ${changed} rows of the tables were not so and are now, ${removed} belonged to none and are gone`
			);
		} catch (error) {
			unreadable++;
			console.error(`${document}: left as it was: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
	console.log(`${many}: ${documents}`);
	return unreadable;
}
