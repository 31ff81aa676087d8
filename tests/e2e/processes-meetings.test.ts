import { open } from '#db/open.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { cardsWithWords, readCard } from '#realtime/board/read.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import { prepareBallot, receiptOf, unblind } from '#realtime/client/secret-ballot.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import type { VoteLevel } from '#realtime/meeting/vote-rules.ts';
import { openVote, type Vote } from '#realtime/meeting/voting.ts';
import type { Present, Pulse, Turnout, Unconducted } from '#realtime/protocol/control.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Doc } from 'yjs';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { missingProcesses, startProcesses, type Processes } from '../support/processes.ts';
import type { Product, Somebody } from '../support/product.ts';

/** One meeting of people who are split over two processes, and what becomes of it when a process, Redis or PostgreSQL goes. `LONG=1`: Redis for a minute. */

const isLong = process.env['LONG'] === '1';
const redisStoppedMs = isLong ? 60_000 : 3_000;
/** Says in a long run how long something took. */
const say = (what: string, began: number) => isLong && console.log(`${what}: ${Math.round(performance.now() - began)} ms`);

let processes: Processes;
let one: Product;
let two: Product;
let meeting: Id;
const pages: Page[] = [];

interface Page {
	who: Somebody;
	link: MeetingLink;
	meeting: Meeting;
	present: Present;
	pulse: Pulse;
	unconducted: Unconducted | null;
	turnout: Turnout | null;
	ended: string | null;
	/** how often it was told of late words */
	late: number;
	/** commands that were answered as done, with the version they were told */
	acknowledged: number[];
}

const until = (holds: () => void | Promise<void>) => vi.waitFor(holds, { timeout: 60_000, interval: 20 });

describe.skipIf(missingProcesses !== null)(
	`a meeting on two processes${missingProcesses === null ? '' : ` (${missingProcesses})`}`,
	{ timeout: 300_000 },
	() => {
		beforeAll(async () => {
			processes = await startProcesses(2, [
				{ name: { fa: 'دبیر' }, role: 'facilitator' },
				{ name: { fa: 'رئیس' }, role: 'chair' },
				...Array.from({ length: 6 }, (_, n) => ({ name: { fa: `عضو ${n}` }, role: 'member' as const })),
				{ name: { fa: 'ناظر' }, role: 'observer' }
			]);
			[one, two] = processes.products as [Product, Product];
			({ meeting } = one.founding);
		}, 120_000);
		afterAll(() => processes?.remove());
		afterEach(() => {
			for (const { link } of pages.splice(0)) link.leave();
		});

		async function enter({ url }: Product, who: Somebody): Promise<Page> {
			const page = { who, acknowledged: [], unconducted: null, turnout: null, ended: null, late: 0 } as unknown as Page;
			page.link = enterMeeting({
				url,
				meeting,
				cookie: who.cookie,
				changed: (now) => Object.assign(page, now),
				pulse: (pulse) => (page.pulse = pulse),
				unconducted: (unconducted) => (page.unconducted = unconducted),
				turnout: (_vote, turnout) => (page.turnout = turnout),
				late: () => page.late++,
				ended: (reason) => (page.ended = reason)
			});
			pages.push(page);
			await until(() => expect(page.meeting).toBeDefined());
			return page;
		}

		/** Asks until it is answered. */
		async function ask(page: Page, name: Parameters<MeetingLink['command']>[0], body: object): Promise<string> {
			const answer = await page.link.command(name, body as never);
			if (answer.ok) page.acknowledged.push(answer.value.version);
			return answer.ok ? 'done' : answer.refusal;
		}

		/** All pages, the database and the events that made the meeting say the same. */
		async function agree(after?: string): Promise<void> {
			const began = performance.now();
			const database = await open(one.database);
			try {
				await until(async () => {
					const stored = (await database.meetings.find(meeting))!;
					for (const page of pages) if (page.ended === null) expect(page.meeting).toEqual(stored);
				});
				if (after) say(`all pages are equal after ${after}`, began);
				const stored = (await database.meetings.find(meeting))!;
				const acknowledged = pages.flatMap((page) => page.acknowledged);
				expect(Math.max(...acknowledged)).toBeLessThanOrEqual(stored.version);
				// each is an event of its own
				expect(new Set(acknowledged).size).toBe(acknowledged.length);
			} finally {
				await database.close();
			}
		}

		/** People of both processes by turns: the facilitator and every second one on the first. */
		const everybody = () => Promise.all(one.people.map((who, n) => enter(n % 2 === 0 ? one : two, who)));

		test('PROCESS-29 a whole meeting goes on as if there were one process: steps, pulses, timer, floor, votes', async () => {
			const all = await everybody();
			const [desk, chair, a, b, c] = all as [Page, Page, Page, Page, Page];
			for (const page of all) await until(() => expect(page.present).toHaveLength(all.length));
			// a second facilitator, on the other process
			expect(await ask(desk, 'facilitator.name', { person: b.who.id })).toBe('done');
			await until(() => expect(b.meeting.coFacilitators).toEqual([b.who.id]));
			expect(await ask(chair, 'timer.start', { minutes: 5 })).toBe('not-allowed');

			// prepared on one, turned on the other
			expect(
				await ask(desk, 'agenda.add', {
					kind: 'brainstorm',
					title: { fa: 'راه‌حل‌ها' },
					minutes: 10,
					columns: [{ id: 'ideas', title: 'پیشنهادها' }],
					steps: stepsOf('silent', newId)
				})
			).toBe('done');
			await until(() => expect(b.meeting).toEqual(desk.meeting));
			const item = b.meeting.agenda.at(-1)!;
			expect(await ask(b, 'meeting.turn', { item: item.id })).toBe('done');
			for (const page of all) await until(() => expect(page.meeting.point).toBe(item.id));
			for (const page of [a, chair, c]) page.link.signal({ ready: true, writing: true });
			for (const page of [desk, b]) await until(() => expect(page.pulse).toMatchObject({ ready: 3, writing: 3 }));
			expect(await ask(desk, 'step.turn', { item: item.id, step: item.steps[1]!.id })).toBe('done');
			for (const page of all) await until(() => expect(page.pulse.ready).toBe(0));

			expect(await ask(b, 'timer.start', { minutes: 5 })).toBe('done');
			expect(await ask(desk, 'timer.pause', {})).toBe('done');
			// asked for at once on both: all stand in one order
			const asking = all.slice(2, 8);
			expect(await Promise.all(asking.map((page) => ask(page, 'turns.ask', { as: 'for' })))).toEqual(asking.map(() => 'done'));
			for (const page of all)
				await until(() => expect(page.meeting.floor.queue.map(({ person }) => person).sort()).toEqual(asking.map(({ who }) => who.id).sort()));
			expect(await ask(b, 'turns.give', { person: desk.meeting.floor.queue[0]!.person })).toBe('done');
			await agree();
			const [first] = all as [Page];
			for (const page of all) expect(page.meeting).toEqual(first.meeting);

			const castIn = async (product: Product, page: Page, vote: Vote) => {
				const marks = { [vote.options[0]!.id]: 1 };
				if (vote.level !== 'secret') return void expect(await page.link.ask('ballot.cast', { vote: vote.id, id: newId(), marks })).toMatchObject({ ok: true });
				const ballot = await prepareBallot(vote.id, vote.key!, marks);
				const answer = await page.link.ask('ballot.sign', { vote: vote.id, blinded: ballot.blinded });
				const { token, signature } = await unblind(ballot, vote.key!, answer.ok ? answer.value.signature : '');
				// signed on one, cast on the other
				const cast = await fetch(`${product.url}/api/ballots`, {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify({ vote: vote.id, token, signature, marks })
				});
				expect(await cast.json()).toEqual({ receipt: await receiptOf(ballot) });
			};
			for (const [n, level] of (['open', 'unnamed', 'secret'] satisfies VoteLevel[]).entries()) {
				const [opens, closes] = n % 2 === 0 ? [desk, b] : [b, desk];
				expect(
					await ask(opens, 'vote.open', {
						item: item.id,
						level,
						rule: { kind: 'dots', budget: 2, perCard: 2 },
						guests: false,
						options: { texts: ['یک', 'دو'] }
					})
				).toBe('done');
				for (const page of all) await until(() => expect(openVote(page.meeting)).toMatchObject({ level }));
				const vote = openVote(first.meeting)!;
				const voters = all.slice(1, 7);
				await Promise.all(voters.map((page, n) => castIn(n % 2 === 0 ? one : two, page, vote)));
				for (const page of all) await until(() => expect(page.turnout).toMatchObject({ voted: voters.length }));
				expect(await ask(closes, 'vote.close', { vote: vote.id })).toBe('done');
				for (const page of all)
					await until(() => expect(page.meeting.votes.find(({ id }) => id === vote.id)).toMatchObject({ state: 'closed', result: { voted: voters.length } }));
			}
			await agree();
		});

		test('PROCESS-6 what is written in private on both is revealed from one, on the board once, while its pages are open on both', async () => {
			const all = await everybody();
			const [desk] = all as [Page];
			const steps = stepsOf('silent', newId);
			const point = { kind: 'brainstorm', title: { fa: 'در خلوت' }, minutes: 10, columns: [{ id: 'ideas', title: 'پیشنهادها' }], steps } as const;
			expect(await ask(desk, 'agenda.add', point)).toBe('done');
			const item = desk.meeting.agenda.at(-1)!;
			expect(await ask(desk, 'meeting.turn', { item: item.id })).toBe('done');
			for (const page of all) await until(() => expect(page.meeting.point).toBe(item.id));
			const words = (doc: Doc) =>
				cardsWithWords(doc)
					.map(({ text }) => text)
					.sort();
			const at = (n: number) => (n % 2 === 0 ? one : two);
			const written: string[] = [];
			const own = await Promise.all(
				all.slice(2, 8).map(async ({ who }, n) => {
					const asked = { method: 'POST', headers: { cookie: who.cookie, 'content-type': 'application/json' }, body: JSON.stringify({ item: item.id }) };
					const { document } = (await (await fetch(`${at(n).url}/api/meetings/${meeting}/drafts`, asked)).json()) as { document: Id };
					const link = await openPage(at(n), who, document);
					await untilStatus(link, saved);
					const card = newId();
					createCard(link.doc, { id: card, author: who.id, createdAt: Date.now(), column: 'ideas', group: null, before: null });
					splice(link.doc, { card }, { at: 0, removed: 0, inserted: `نظر ${n}` });
					written.push(`نظر ${n}`);
					await untilStatus(link, saved);
					return link;
				})
			);
			const boards = await Promise.all(all.map(({ who }, n) => openPage(at(n), who, item.document)));
			await Promise.all(boards.map((board) => untilStatus(board, saved)));
			expect(boards.map(({ doc }) => words(doc))).toEqual(boards.map(() => []));
			expect(await ask(desk, 'step.turn', { item: item.id, step: steps[1]!.id })).toBe('done');
			for (const { doc } of boards) await until(() => expect(words(doc)).toEqual(written.sort()));
			for (const page of all) await until(() => expect(page.meeting.agenda.at(-1)).toMatchObject({ reveals: 1 }));
			for (const link of [...own, ...boards]) link.close();
			await agree();
		});

		test('PROCESS-29 who conducts it leaves: everybody on both is told the same, and nobody takes it over before the minute is over', async () => {
			const all = await everybody();
			const conducts = ({ who, meeting }: Page) => who.role === 'facilitator' || who.role === 'chair' || meeting.coFacilitators.includes(who.id);
			const members = all.filter((page) => page.who.role === 'member' && !conducts(page));
			for (const page of all.filter(conducts)) page.link.leave();
			for (const page of members) await until(() => expect(page.unconducted).not.toBeNull());
			for (const page of members) await until(() => expect(page.unconducted).toEqual(members[0]!.unconducted));
			expect(await ask(members[0]!, 'conduct.take', {})).toBe('too-soon');
			const [back] = [await enter(two, all[0]!.who)];
			for (const page of [back!, ...members]) await until(() => expect(page.unconducted).toBeNull());
		});

		/** Both processes decide for as long as something else happens; answers how many were done. */
		async function deciding(two: readonly Page[], meanwhile: () => Promise<void>): Promise<number> {
			let over = false;
			let done = 0;
			const hands = two.map(async (page, n) => {
				while (!over && page.ended === null) if ((await ask(page, 'meeting.describe', { place: `${n} ${newId()}` })) === 'done') done++;
			});
			try {
				await meanwhile();
			} finally {
				// else they would go on for ever without a pause, once their pages are closed
				over = true;
			}
			await Promise.all(hands);
			return done;
		}

		test('PROCESS-30 PostgreSQL is restarted in mid-meeting: what was acknowledged is there, once, and both go on', async () => {
			const all = await everybody();
			const [desk, , , b] = all as [Page, Page, Page, Page];
			const before = all.flatMap((page) => page.acknowledged).length;
			await deciding([desk, b], async () => {
				await until(() => expect(desk.acknowledged.length + b.acknowledged.length).toBeGreaterThan(before + 6));
				await processes.postgres.crash();
				await processes.postgres.startAgain();
				const then = [desk.acknowledged.length, b.acknowledged.length];
				await until(() => expect([desk.acknowledged.length > then[0]!, b.acknowledged.length > then[1]!]).toEqual([true, true]));
			});
			await agree('PostgreSQL was there again');
		});

		test('PROCESS-30 kill -9 of a process: its people go over to the other, and it comes back', async () => {
			const all = await everybody();
			const [desk, chair, , b] = all as [Page, Page, Page, Page];
			await deciding([desk], async () => {
				await until(() => expect(b.meeting.version).toBeGreaterThan(all.length));
				await two.kill();
				// as a proxy would lead them
				const over = await Promise.all([chair, b].map(({ who }) => enter(one, who)));
				for (const { link } of over) expect(await link.command('turns.ask', { as: 'for' })).toMatchObject({ ok: true });
				// who was on it alone is not there any more
				const here = pages.filter((page) => page === desk || over.includes(page) || all.indexOf(page) % 2 === 0);
				const people = [...new Set(here.map(({ who }) => who.id))].sort();
				await until(() => expect(desk.present.map(({ id }) => id).sort()).toEqual(people));
				await two.start();
			});
			for (const page of all) await until(() => expect(page.present).toHaveLength(all.length));
			await agree('the process that was killed was there again');
		});

		test('PROCESS-24 words that come too late at one process are told of at the other, and admitted there stand on the board of both', async () => {
			const [desk, b] = await Promise.all([enter(one, one.people[0]!), enter(two, one.people[3]!)]);
			const { swot } = one.founding.documents;
			const writer = await openPage(two, b.who, swot);
			const readers = await Promise.all([openPage(one, desk.who, swot), openPage(two, one.people[1]!, swot)]);
			await Promise.all([writer, ...readers].map((page) => untilStatus(page, saved)));
			expect(await ask(desk, 'meeting.close', {})).toBe('done');
			await until(() => expect(b.meeting.state).toBe('closed'));
			const told = desk.late;
			const card = newId();
			writer.doc.transact(() => {
				createCard(writer.doc, { id: card, author: b.who.id, createdAt: Date.now(), column: 'threats', group: null, before: null });
				splice(writer.doc, { card }, { at: 0, removed: 0, inserted: 'دیررسیده' });
			});
			await untilStatus(writer, ({ reason }) => reason === 'late');
			await until(() => expect(desk.late).toBeGreaterThan(told));
			const asking = { headers: { cookie: desk.who.cookie, 'content-type': 'application/json' } };
			const late = `${one.url}/api/meetings/${meeting}/late`;
			const { contributions } = (await (await fetch(late, asking)).json()) as { contributions: { id: Id; excerpt: string }[] };
			expect(contributions).toMatchObject([{ excerpt: 'دیررسیده', admitted: null }]);
			const admitted = await fetch(`${late}/${contributions[0]!.id}`, { method: 'POST', ...asking, body: JSON.stringify({ admit: true }) });
			expect(admitted.status).toBe(204);
			for (const { doc } of readers) await until(() => expect(readCard(doc, card)).toMatchObject({ text: 'دیررسیده', author: b.who.id }));
			for (const page of [writer, ...readers]) page.close();
			expect(await ask(desk, 'meeting.reopen', {})).toBe('done');
			await agree();
		});

		// the last: some are not let in any more
		test('PROCESS-30 while Redis is stopped both go on and tell what the other did, and what somebody lost acts on both', async () => {
			const all = await everybody();
			const [desk, , leaves, b, removed] = all as [Page, Page, Page, Page, Page];
			const count = await deciding([desk, b], async () => {
				await processes.redis.stop();
				const from = b.meeting.version;
				await until(() => expect(Math.min(...all.map(({ meeting }) => meeting.version))).toBeGreaterThan(from + 10));
				const database = await open(one.database);
				await database.connection.run(({ sql }) => sql`delete from sessions where person_id = ${leaves.who.id}`);
				await database.connection.run(({ sql }) => sql`delete from memberships where person_id = ${removed.who.id}`);
				await database.close();
				const lost = performance.now();
				await until(() => expect([leaves.ended, removed.ended]).toEqual(['signed-out', 'removed']));
				say('an ended session and a removal have acted while Redis is stopped', lost);
				// who comes meanwhile is told what is
				const late = await enter(two, one.people[5]!);
				expect(late.meeting.version).toBeGreaterThan(from);
				await pause(redisStoppedMs);
				await processes.redis.startAgain();
			});
			expect(count).toBeGreaterThan(10);
			await agree('Redis was there again');
			const there = all.filter(({ ended }) => ended === null);
			for (const page of there) await until(() => expect(page.present.map(({ id }) => id).sort()).toEqual(there.map(({ who }) => who.id).sort()));
			expect(one.log + two.log).toContain('Redis is reached again');
		});
	}
);
