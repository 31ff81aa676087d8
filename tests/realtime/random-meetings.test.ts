import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventName } from '#realtime/meeting/events.ts';
import { databaseKinds, type TestDatabase } from '../support/databases.ts';
import { randomMeeting, Stage, tour, type Fault } from '../support/random-meetings.ts';

/**
 * Random meetings of 2 to 8 people on two processes, which do not always hear each other, with reloads, lost answers,
 * restarts, and a third process that decides as well and tells nobody. A failing one is made smaller and printed with what replays it: `SEED=… MEETINGS=1 npx vitest run …`.
 */

const meetings = Number(process.env['MEETINGS'] ?? (process.env['LONG'] === '1' ? 1_000 : 12));
/** as fast-check prints it: the seed, and the path of the smallest one after a colon */
const [seed, ...path] = (process.env['SEED'] ?? '').split(':').filter(Boolean);
const replayed = { ...(seed !== undefined && { seed: Number(seed) }), ...(path.length > 0 && { path: path.join(':') }) };

/** What the first meeting reaches for certain. */
const certain = [
	'a restart',
	'processes that do not hear each other',
	'processes that hear each other again',
	'a reload',
	'another role',
	'words in private',
	'a reveal of words',
	'a ballot cast',
	'a ballot not-entitled',
	'votes at the moment of closing',
	'a result with ballots',
	'elsewhere done',
	'meeting.close refused',
	...(['agenda.added', 'timer.started', 'meeting.described', 'turns.asked', 'meeting.closed', 'vote.closed'] satisfies EventName[])
];

const faults: Record<string, Fault> = {
	'a page that misses what happens': { deaf: true },
	'a process that does not look up what it has not heard': {
		world: ({ meetings }) => ({ meetings: { ...meetings, versions: async () => new Map() } })
	},
	'a process that tells what it reads in another order': {
		world: ({ meetings }) => ({
			meetings: { ...meetings, eventsBetween: async (...between) => (await meetings.eventsBetween(...between)).reverse() }
		})
	},
	'a desk that does not know a command again': {
		world: ({ meetings }) => ({
			meetings: {
				...meetings,
				carriedOut: async () => null,
				keep: (decided, command) => meetings.keep(decided, { ...command, id: `${Math.random()}`.slice(2).padEnd(20, '0') })
			}
		})
	},
	'a desk that believes everybody': {
		world: ({ access }) => ({
			access: {
				...access,
				async standing(subject, thing) {
					const standing = await access.standing(subject, thing);
					return standing && { ...standing, rights: { role: 'facilitator', administrator: false } };
				}
			}
		})
	},
	'a box that loses ballots': {
		world: ({ votes }) => ({ votes: { ...votes, cast: async (ballot) => ballot.id < 'd' || votes.cast(ballot) } })
	},
	'a store that keeps another meeting than was decided': {
		world: ({ meetings }) => ({
			meetings: {
				...meetings,
				keep: (decided, command) =>
					meetings.keep(
						decided.map((one) => ({ ...one, after: { ...one.after, minutes: 7 } })),
						command
					)
			}
		})
	}
};

for (const [at, { name, missing, start }] of databaseKinds.entries()) {
	describe.skipIf(missing !== null)(`random meetings on ${name}${missing === null ? '' : ` (${missing})`}`, () => {
		let on: TestDatabase;
		let stage: Stage;
		beforeAll(async () => {
			on = await start();
			stage = await Stage.open(on);
		}, 120_000);
		afterAll(() => on?.stop());

		// a quarter of them on the embedded database, which is slower, and lets one in after the other
		const numRuns = Math.ceil((meetings * (at === 0 ? 1 : 3)) / 4);

		test(
			`MEET-3 MEET-11 MEET-13 MEET-30 MEET-31 VOTE-7 VOTE-9 DRAFT-3 PROCESS-20 in ${numRuns} of them every rule holds`,
			async () => {
				const began = performance.now();
				await fc.assert(
					fc.asyncProperty(randomMeeting, (one) => stage.play(one)),
					{ numRuns, ...replayed, ...(seed === undefined && { examples: [[tour]] }) }
				);
				if (process.env['LONG'] === '1' || process.env['MEETINGS'] !== undefined)
					console.log(`${numRuns} meetings in ${Math.round((performance.now() - began) / 1_000)} s`, Object.fromEntries([...stage.reached].sort()));
				// meetings in which hardly anything happens would prove little
				if (seed === undefined) expect(certain.filter((what) => !stage.reached.has(what))).toEqual([]);
			},
			Infinity
		);

		if (at === 0) return;
		test.each(Object.entries(faults))('%s is found', async (_name, fault) => {
			const { failed, errorInstance } = await fc.check(
				fc.asyncProperty(randomMeeting, (one) => stage.play(one, fault)),
				{ numRuns: 60, seed: 7, examples: [[tour]], endOnFailure: true }
			);
			expect(failed).toBe(true);
			expect(String(errorInstance)).toMatch(/Error: [A-Z]+-\d+ /);
		});
	});
}
