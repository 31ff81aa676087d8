import { benchAttack } from './attack.ts';
import { benchDragging, benchFirstLoad, benchOpening } from './browser.ts';
import { benchGate } from './gate.ts';
import { benchKeystrokes } from './keystrokes.ts';
import { benchProcess } from './process.ts';
import { benchColdOpening, benchRooms } from './rooms.ts';
import { benchVotes } from './votes.ts';

/**
 * `npm run bench`, or a part of it: `npm run bench -- keystrokes opening`. Each figure stands next to a control
 * of the same run: machines differ, ratios less so.
 */
const parts: Record<string, () => Promise<void>> = {
	process: benchProcess,
	keystrokes: benchKeystrokes,
	attack: benchAttack,
	rooms: benchRooms,
	cold: benchColdOpening,
	votes: benchVotes,
	gate: benchGate,
	opening: benchOpening,
	dragging: benchDragging,
	weight: benchFirstLoad
};

const asked = process.argv.slice(2);
for (const name of asked) {
	if (!Object.hasOwn(parts, name)) {
		console.error(`there is no bench "${name}": ${Object.keys(parts).join(', ')}`);
		process.exit(2);
	}
}
for (const [name, run] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await run();
process.exit(0);
