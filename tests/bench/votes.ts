import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { newId } from '#server/auth/tokens.ts';
import { Product, type NewSomebody } from '../support/product.ts';
import { p50p99, print } from './figures.ts';

const voters = 200;
const rounds = 10;

/**
 * From when the facilitator's page closes a vote to when each page shows its result, with everybody's ballot in the box.
 * The floor is a bare event to the same sockets, which nothing is counted or kept for: that everybody is asked to come.
 */
export async function benchVotes(): Promise<void> {
	// many pages of one process
	process.setMaxListeners(0);
	const people: NewSomebody[] = Array.from({ length: voters }, (_, i) => ({ name: { en: `Member ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
	const product = await Product.prepare(people);
	await product.start({ LOG_LEVEL: 'warn' });
	const told = { votes: new Told(), bare: new Told() };
	const votes = new Map<MeetingLink, Vote>();
	const links = await Promise.all(
		product.people.map(
			({ cookie }) =>
				new Promise<MeetingLink>((resolve) => {
					const link: MeetingLink = enterMeeting({
						url: product.url,
						meeting: product.founding.meeting,
						cookie,
						changed({ meeting }) {
							resolve(link);
							const [vote, before] = [meeting.votes.at(-1), votes.get(link)];
							if (!vote || (vote.id === before?.id && vote.state === before.state)) return;
							votes.set(link, vote);
							told.votes.hear();
						},
						gathered: () => told.bare.hear(),
						ended: () => {}
					});
				})
		)
	);
	const [facilitator] = links as [MeetingLink];
	const bare: number[] = [];
	const results: number[] = [];
	for (let round = 0; round <= rounds; round++) {
		const gathered = await told.bare.everybody(links.length, () => facilitator.gather());
		const options = { texts: ['One', 'Two', 'Three'] };
		const rule = { kind: 'dots', budget: 5, perCard: 5 } as const;
		await told.votes.everybody(
			links.length,
			() => void facilitator.command('vote.open', { item: product.founding.activities.swot, level: 'open', rule, options })
		);
		const { id, options: given } = votes.get(facilitator)!;
		await Promise.all(links.map((link, i) => link.ask('ballot.cast', { vote: id, id: newId(), marks: { [given[i % 3]!.id]: 5 } })));
		const closed = await told.votes.everybody(links.length, () => void facilitator.command('vote.close', { vote: id }));
		// the first round warms up
		if (round === 0) continue;
		bare.push(...gathered);
		results.push(...closed);
	}
	print(`a vote of ${voters} closed, to its result on each page`, p50p99(results), `a bare event: ${p50p99(bare)}`);
	for (const link of links) link.leave();
	await product.stop();
	await product.remove();
}

/** Something that everybody is told. */
class Told {
	#since = 0;
	#heard: number[] = [];
	#done: () => void = () => {};
	#count = Infinity;

	hear(): void {
		this.#heard.push(performance.now() - this.#since);
		if (this.#heard.length === this.#count) this.#done();
	}

	/** Has it told, and resolves with how long each of so many waited for it, in milliseconds. */
	async everybody(count: number, tell: () => void): Promise<number[]> {
		const done = Promise.withResolvers<void>();
		[this.#heard, this.#count, this.#done] = [[], count, done.resolve];
		this.#since = performance.now();
		tell();
		await done.promise;
		return this.#heard;
	}
}
