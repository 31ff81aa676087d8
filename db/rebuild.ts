import { CommandError, runCommand } from './command.ts';
import { boardsOf, rebuildFactors } from './projections/rebuild.ts';

/** `npm run db:rebuild`: makes the tables of factors again from the logs of all boards, also beside a running server. */

await runCommand(async (database) => {
	let boards = 0;
	let unreadable = 0;
	for await (const document of boardsOf(database)) {
		boards++;
		try {
			const { rows, cards, changed, removed } = await rebuildFactors(database, document);
			console.log(
				`${document}: ${rows} rows of the log, ${cards} cards; ${changed} rows of the table were not so and are now, ${removed} belonged to no card and are gone`
			);
		} catch (error) {
			unreadable++;
			console.error(`${document}: left as it was: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
	console.log(`boards: ${boards}`);
	if (unreadable > 0) throw new CommandError(`boards that could not be rebuilt: ${unreadable}`);
});
