import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import makeEmptyDatabase from '../../support/empty-database.ts';
import { flameGraph } from './flame-graph.ts';
import { selfTimes, threadsIn } from './profile.ts';
import { kills } from './scenarios/kills.ts';
import { longDocument } from './scenarios/long-document.ts';
import { oneRoom } from './scenarios/one-room.ts';
import { returning } from './scenarios/returning.ts';
import { smallRooms } from './scenarios/small-rooms.ts';
import { staircase } from './scenarios/staircase.ts';
import { stoppedReader } from './scenarios/stopped-reader.ts';
import { twoProcesses } from './scenarios/two-processes.ts';
import { allServers } from './servers.ts';
import { asMarkdown, asText, verdictsAsText, type Table } from './table.ts';
import type { Scenario } from './turns.ts';

/**
 * `npm run bench:peers`: our server as users run it against the servers that others use, in turns, so that all see the same
 * machine. `-- --quick`: in ten minutes instead of an hour. `-- --only <scenario>`: that alone. `-- --profile`: ours alone, with
 * where it spends its time, as flame graphs too. Prints medians of the runs and ratios to the best peer, and keeps all that was measured.
 */
const scenarios: Record<string, Scenario> = {
	'one-room': oneRoom,
	staircase,
	'small-rooms': smallRooms,
	'long-document': longDocument,
	returning,
	kills,
	'stopped-reader': stoppedReader,
	'two-processes': twoProcesses
};

const { quick, only, profile } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		only: { type: 'string', multiple: true, default: [] as string[] },
		profile: { type: 'boolean', default: false }
	}
}).values;
const unknown = only.find((name) => !Object.hasOwn(scenarios, name));
if (unknown !== undefined) {
	console.error(`there is no scenario "${unknown}": ${Object.keys(scenarios).join(', ')}`);
	process.exit(2);
}

const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
const stem = join(import.meta.dirname, 'results', date.replace(' ', '-').replace(':', ''));
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const machine = { date, processor: cpus()[0]!.model, cores: availableParallelism(), node: process.version, commit, quick };
const heading = `${date} UTC, ${machine.cores} cores of ${machine.processor}, Node ${machine.node}, commit ${commit}${quick ? ', quick' : ''}`;
const raw: object[] = [];
const tables: Table[] = [];
const profiles: string[] = [];

mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
const removeEmptyDatabase = await makeEmptyDatabase();
console.log(heading);
for (const [name, scenario] of Object.entries(scenarios)) {
	if (only.length > 0 && !only.includes(name)) continue;
	const folder = profile ? `${stem}/${name}` : null;
	const began = performance.now();
	const found = await scenario({ quick: quick || profile, servers: allServers(folder), profiles: folder, keep: (measured) => raw.push(measured) });
	console.error(`${name}: ${Math.round((performance.now() - began) / 1_000)} s`);
	for (const table of found) console.log(asText(table));
	tables.push(...found);
	for (const server of folder === null ? [] : readdirSync(folder)) {
		const threads = threadsIn(join(folder!, server));
		profiles.push(`${name}, ${server}\n\n${selfTimes(threads)}`);
		writeFileSync(`${stem}/${name}, ${server}.svg`, flameGraph(`${name}, ${server}, ${heading}`, threads));
	}
	// what was measured is there, whatever becomes of the rest
	writeFileSync(`${stem}.json`, JSON.stringify({ machine, raw }, shortened));
	writeFileSync(`${stem}.md`, asPage());
}
console.log(`\n${verdictsAsText(tables.flatMap(({ verdicts }) => verdicts))}`);
for (const profile of profiles) console.log(`\n${profile}`);
await removeEmptyDatabase();
process.exit(0);

/** A hundredth of a millisecond is more than anything here is measured to. */
function shortened(_key: string, value: unknown): unknown {
	return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}

function asPage(): string {
	const verdicts = verdictsAsText(tables.flatMap(({ verdicts }) => verdicts));
	return [
		`## Against peers\n\n${heading}`,
		...tables.map(asMarkdown),
		'### To reach',
		`\`\`\`\n${verdicts}\n\`\`\``,
		...profiles.map((profile) => `\`\`\`\n${profile}\n\`\`\``),
		''
	].join('\n\n');
}
