import { open } from '#db/open.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import { resultOf } from '#realtime/meeting/ballots.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Marks, VoteLevel } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { newId } from '#server/auth/tokens.ts';
import { describe, expect, test, vi } from 'vitest';
import { databases } from '../support/databases.ts';
import { Line } from '../support/line.ts';
import { Product, type NewSomebody, type Somebody } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';

// many pages of one process
process.setMaxListeners(0);

const rounds = process.env['LONG'] ? 12 : 3;
const voterCount = process.env['LONG'] ? 200 : 40;
const levels: readonly VoteLevel[] = ['open', 'unnamed'];

/** Somebody who votes and votes again until they are told that it is over, on a line that loses answers. */
class Voter {
	readonly person: Id;
	readonly link: MeetingLink;
	readonly line: Line;
	meeting: Meeting | null = null;
	/** what they were told last that counts */
	acknowledged: Marks | null = null;

	constructor(url: string, meeting: Id, { id, cookie }: Somebody) {
		this.person = id;
		this.line = new Line(url, cookie);
		this.link = enterMeeting({ meeting, connect: () => this.line, changed: ({ meeting }) => (this.meeting = meeting), ended: () => {} });
	}

	/** Answers how often they were told that it counts. `answered`: called with the first answer. */
	async voteUntilOver(vote: Vote, marks: () => Marks, loses: () => boolean, answered: () => void = () => {}): Promise<number> {
		for (let casts = 0; ; casts++) {
			const chosen = marks();
			if (loses()) this.line.lose = 'answer';
			const answer = await this.link.ask('ballot.cast', { vote: vote.id, id: newId(), marks: chosen });
			if (casts === 0) answered();
			if (answer.ok) this.acknowledged = chosen;
			else {
				expect(answer.refusal).toBe('vote-over');
				return casts;
			}
		}
	}
}

describe.each(databases)('$name', ({ url, skip }) => {
	test.skipIf(skip)(
		`VOTE-7 VOTE-9 ${voterCount} voters at the moment of closing, ×${rounds}: each ballot falls on one side, for its voter, the rows and the result`,
		{ timeout: 1_800_000 },
		async () => {
			const random = randomFrom(17);
			const people: NewSomebody[] = Array.from({ length: voterCount }, (_, i) => ({ name: { fa: `عضو ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
			const given = await url();
			const product = await Product.prepare(people, given === undefined ? {} : { url: given });
			await product.start({ LOG_LEVEL: 'warn' });
			const { meeting } = product.founding;
			const voters = product.people.map((person) => new Voter(product.url, meeting, person));
			const [facilitator] = voters as [Voter];
			try {
				await vi.waitFor(() => expect(voters.every((voter) => voter.meeting)).toBe(true), { timeout: 60_000 });
				let [again, never] = [0, 0];
				for (let round = 0; round < rounds; round++) {
					const level = levels[round % levels.length]!;
					for (const voter of voters) voter.acknowledged = null;
					const item = facilitator.meeting!.agenda[0]!.id;
					const asked = { item, level, rule: { kind: 'dots', budget: 5, perCard: 5 }, options: { texts: ['One', 'Two', 'Three'] } } as const;
					expect(await facilitator.link.command('vote.open', { ...asked, options: { texts: [...asked.options.texts] } })).toMatchObject({ ok: true });
					await vi.waitFor(() => expect(facilitator.meeting!.votes.at(-1)!.state).toBe('open'));
					const vote = facilitator.meeting!.votes.at(-1)!;
					const marks = (): Marks => ({ [random.pick(vote.options).id]: random.integer(1, 5) });
					const loses = () => random.chance(0.2);
					const half = voterCount / 2;
					const casts = voters.slice(0, half).map((voter) => voter.voteUntilOver(vote, marks, loses));
					const enough = random.integer(1, half);
					while (voters.filter(({ acknowledged }) => acknowledged).length < enough) await new Promise((resolve) => setImmediate(resolve));
					const closing = facilitator.link.command('vote.close', { vote: vote.id });
					// the others come one after the other, until it is over and beyond that
					const others = voters.slice(half);
					const comeNext = () => {
						const next = others.shift();
						if (next) casts.push(next.voteUntilOver(vote, marks, loses, comeNext));
					};
					comeNext();
					expect(await closing).toMatchObject({ ok: true });
					for (let at = 0; at < casts.length; at++) await casts[at];
					for (const count of await Promise.all(casts)) {
						if (count > 1) again++;
						if (count === 0) never++;
					}
					await Promise.all(voters.map(({ line }) => line.settled(meeting)));

					const cast = new Map(voters.flatMap(({ person, acknowledged }) => (acknowledged ? [[person, acknowledged] as const] : [])));
					const result = resultOf(vote, { ballots: [...cast.values()], entitled: voterCount });
					for (const { meeting } of voters) expect(meeting!.votes.find(({ id }) => id === vote.id)).toMatchObject({ state: 'closed', result });
					const list = await facilitator.link.ask('ballot.list', { vote: vote.id });
					const shown = list.ok ? list.value.ballots.map(({ key, marks }) => [key, marks] as const) : null;
					expect(new Map(shown)).toEqual(level === 'open' ? cast : new Map());
				}
				// neither everybody in time nor nobody: it would prove nothing
				expect(Math.min(again, never)).toBeGreaterThan(0);

				const closed = facilitator.meeting!.votes;
				await product.stop();
				const database = await open(product.database);
				const rows = await database.connection.run(({ sql }) => sql<{ vote_id: Id; marks: Marks }[]>`select vote_id, marks from ballots`);
				await database.close();
				for (const vote of closed) {
					const ballots = rows.filter(({ vote_id: of }) => of === vote.id).map(({ marks }) => marks);
					expect(resultOf(vote, { ballots, entitled: voterCount })).toEqual(vote.result);
				}
			} finally {
				for (const { link } of voters) link.leave();
				await product.remove();
			}
		}
	);
});
