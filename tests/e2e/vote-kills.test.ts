import { open } from '#db/open.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import { prepareBallot, receiptOf, unblind } from '#realtime/client/secret-ballot.ts';
import { resultOf } from '#realtime/meeting/ballots.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Marks, VoteLevel } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { databases } from '../support/databases.ts';
import { Product, type NewSomebody, type Somebody } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';

// many pages of one process
process.setMaxListeners(0);

const kills = process.env['LONG'] ? 20 : 3;
const voterCount = process.env['LONG'] ? 200 : 20;
const levels: readonly VoteLevel[] = ['open', 'unnamed', 'secret'];

/** Somebody who votes, and goes on asking until they are answered. */
class Voter {
	readonly person: Id;
	readonly link: MeetingLink;
	meeting: Meeting | null = null;
	/** what they were told is cast, and what they have sent and not heard of; of a secret vote under its receipt */
	acknowledged: { key: string; marks: Marks } | null = null;
	sent: { key: string; marks: Marks } | null = null;

	constructor(url: string, meeting: Id, { id, cookie }: Somebody) {
		this.person = id;
		this.link = enterMeeting({ url, meeting, cookie, changed: ({ meeting }) => (this.meeting = meeting), ended: () => {} });
	}

	async cast(vote: Vote, marks: Marks): Promise<void> {
		const id = newId();
		this.sent = { key: this.person, marks };
		for (;;) {
			const answer = await this.link.ask('ballot.cast', { vote: vote.id, id, marks });
			if (!answer.ok && answer.refusal === 'unanswered') continue;
			expect(answer).toEqual({ ok: true, value: null });
			this.acknowledged = this.sent;
			return;
		}
	}

	async castSecretly(url: string, vote: Vote, marks: Marks): Promise<void> {
		const ballot = await prepareBallot(vote.id, vote.key!, marks);
		this.sent = { key: await receiptOf(ballot), marks };
		let signature: string | null = null;
		while (signature === null) {
			const answer = await this.link.ask('ballot.sign', { vote: vote.id, blinded: ballot.blinded });
			if (answer.ok) ({ signature } = answer.value);
			else expect(answer.refusal).toBe('unanswered');
		}
		const { token, signature: unblinded } = await unblind(ballot, vote.key!, signature);
		const body = JSON.stringify({ vote: vote.id, token, signature: unblinded, marks });
		for (;;) {
			const answer = await fetch(`${url}/api/ballots`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => null);
			if (!answer?.ok) {
				expect(answer?.status ?? 503).toBe(503);
				await pause(100);
				continue;
			}
			expect(await answer.json()).toEqual({ receipt: this.sent.key });
			this.acknowledged = this.sent;
			return;
		}
	}
}

describe.each(databases)('$name', ({ url, skip }) => {
	test.skipIf(skip)(`VOTE-17 kill -9 ×${kills} with ${voterCount} voters who retry: what was acknowledged counts, once`, { timeout: 1_800_000 }, async () => {
		const random = randomFrom(9);
		const people: NewSomebody[] = Array.from({ length: voterCount }, (_, i) => ({ name: { fa: `عضو ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
		const given = await url();
		const product = await Product.prepare(people, given === undefined ? {} : { url: given });
		await product.start();
		const { meeting } = product.founding;
		const voters = product.people.map((person) => new Voter(product.url, meeting, person));
		const [facilitator] = voters as [Voter];
		const command = async (name: 'vote.open' | 'vote.close', body: object) => {
			for (;;) {
				const answer = await facilitator.link.command(name, body as never);
				if (answer.ok) return;
				expect(answer.refusal).toBe('unanswered');
			}
		};
		try {
			let unheard = 0;
			for (let kill = 0; kill < kills; kill++) {
				const level = levels[kill % levels.length]!;
				await vi.waitFor(() => expect(voters.every((voter) => voter.meeting)).toBe(true), { timeout: 60_000 });
				const item = facilitator.meeting!.agenda[0]!.id;
				await command('vote.open', { item, rule: { kind: 'dots', budget: 5, perCard: 5 }, level, options: { texts: ['One', 'Two', 'Three'] } });
				await vi.waitFor(() => expect(facilitator.meeting!.votes.at(-1)).toMatchObject({ state: 'open', level }), { timeout: 60_000 });
				const vote = facilitator.meeting!.votes.at(-1)!;
				for (const voter of voters) voter.acknowledged = voter.sent = null;
				let voting = true;
				const marks = (): Marks => ({ [random.pick(vote.options).id]: random.integer(1, 5) });
				const hands = voters.map(async (voter) => {
					if (level === 'secret') return voter.castSecretly(product.url, vote, marks());
					do {
						await voter.cast(vote, marks());
						await pause(random.integer(1, 30));
					} while (voting);
				});
				await pause(random.integer(50, 600));
				await product.kill();
				unheard += voters.filter(({ sent, acknowledged }) => sent !== acknowledged).length;
				const database = await open(product.database);
				const cast = await database.connection.run(
					({ sql }) => sql<{ key: string; marks: Marks }[]>`select key, marks from ballots where vote_id = ${vote.id}`
				);
				for (const { acknowledged, sent } of voters) {
					const stored = cast.find(({ key }) => key === sent?.key);
					if (acknowledged) expect([acknowledged.marks, sent!.marks]).toContainEqual(stored?.marks);
				}
				await database.close();
				await product.start();
				await pause(random.integer(50, 300));
				voting = false;
				await Promise.all(hands);
				await command('vote.close', { vote: vote.id });
				await vi.waitFor(() => expect(facilitator.meeting!.votes.at(-1)!.state).toBe('closed'), { timeout: 60_000 });
				const meant = voters.map(({ acknowledged }) => acknowledged!);
				expect(facilitator.meeting!.votes.at(-1)!.result).toEqual(resultOf(vote, { ballots: meant.map(({ marks }) => marks), entitled: voterCount }));
				const list = await facilitator.link.ask('ballot.list', { vote: vote.id });
				const shown = list.ok ? list.value.ballots.map(({ key, marks }) => [key, marks] as const) : null;
				expect(new Map(shown)).toEqual(new Map(level === 'unnamed' ? [] : meant.map(({ key, marks }) => [key, marks])));
			}
			// a kill that met nobody in the middle of it would prove nothing
			expect(unheard).toBeGreaterThan(0);
		} finally {
			for (const { link } of voters) link.leave();
			await product.remove();
		}
	});
});
