import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { open, type Database } from '#db/open.ts';
import { ballots, voteBoxes, voters } from '#db/schema/votes.ts';
import { insertThinkTank } from '#db/stores/think-tanks.ts';
import { prepareBallot, receiptOf, unblind } from '#realtime/client/secret-ballot.ts';
import { resultOf } from '#realtime/meeting/ballots.ts';
import type { Command } from '#realtime/meeting/commands.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Marks, VoteLevel } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { MeetingDesk } from '#realtime/server/meetings/meeting-desk.ts';
import type { Subject } from '#realtime/server/ports.ts';
import { VoteDesk } from '#realtime/server/votes/vote-desk.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { commandFor } from '../support/meeting-commands.ts';
import { deskOver } from '../support/desk.ts';
import { fewest } from '../support/fewest.ts';

/** Votes on a real database, with desks as processes have them. */

const words = { fa: 'نشست', en: 'Meeting' };

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`votes on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let on: TestDatabase;
		let thinkTank: Id;
		let meeting: Id;
		let facilitator: Subject;
		let members: Subject[];
		let observer: Subject;
		let desk: MeetingDesk;
		let votes: VoteDesk;
		const told: Id[] = [];
		beforeAll(async () => (on = await start()), 60_000);
		afterAll(() => on?.stop());

		beforeEach(async () => {
			const { database } = on;
			await clear(database);
			thinkTank = newId();
			await database.connection.transaction((queries) =>
				insertThinkTank(queries, { id: thinkTank, name: words, host: words, purpose: words, actions: newId(), mandate: [] })
			);
			facilitator = await join('facilitator');
			members = await Promise.all(Array.from({ length: 4 }, () => join('member')));
			observer = await join('observer');
			({ desk, votes } = desksOf(database));
			told.length = 0;
			meeting = await liveMeeting();
		});

		/** A facilitator in a meeting that is live, with notes on its agenda. */
		async function liveMeeting(): Promise<Id> {
			const body = { title: words, startsAt: Date.UTC(2026, 11, 1), minutes: 60, agenda: [{ kind: 'discussion', title: words, minutes: 5 }] };
			const made = await desk.schedule(facilitator, thinkTank, newId(), commandFor({ name: 'meeting.schedule', body }, null) as never);
			if (typeof made === 'string') throw new Error(made);
			await done(desk.command(facilitator, made.meeting, newId(), { name: 'meeting.open', body: {} }));
			return made.meeting;
		}

		async function join(role: 'facilitator' | 'member' | 'observer'): Promise<Subject> {
			const person = await addPerson(on.database);
			await on.database.thinkTanks.addMember(thinkTank, person, role);
			return signedIn(person);
		}

		async function signedIn(person: Id): Promise<Subject> {
			const session = newId();
			await on.database.sessions.put({ digest: session, person, expiresAt: Date.now() + 3_600_000 });
			return { session, person };
		}

		/** The desks of a process. */
		function desksOf(database: Database) {
			return {
				desk: deskOver(database, {
					candidates: (document) => database.votes.candidates(document)
				}),
				votes: new VoteDesk({ votes: database.votes, access: database.access, turnoutChanged: (_meeting, vote) => void told.push(vote) })
			};
		}

		async function done<Value>(answer: Promise<Value | string>): Promise<Value> {
			const given = await answer;
			if (typeof given === 'string') throw new Error(given);
			return given;
		}

		const found = async () => (await on.database.meetings.find(meeting))!;
		const command = (name: Command['name'], body: object, by = facilitator, through = desk) => through.command(by, meeting, newId(), { name, body } as Command);

		/** Opens a vote, and answers it as the meeting has it. */
		async function opened(level: VoteLevel, change: object = {}): Promise<Vote> {
			const before = await found();
			const texts = { texts: ['One', 'Two', 'Three'] };
			const body = { item: before.agenda[0]!.id, rule: { kind: 'dots', budget: 3, perCard: 2 }, level, options: texts, ...change };
			await done(desk.command(facilitator, meeting, newId(), commandFor({ name: 'vote.open', body }, before)));
			return (await found()).votes.at(-1)!;
		}

		const cast = (vote: Vote, by: Subject, marks: Marks, id = newId(), through = votes) => through.cast(by, meeting, { vote: vote.id, id, marks });
		const close = (vote: Vote, through = desk) => done(command('vote.close', { vote: vote.id }, facilitator, through));
		const resultAt = async () => (await found()).votes.at(-1)!.result!;
		const rows = {
			ballots: () => on.database.connection.run(({ orm }) => orm.select().from(ballots)),
			voters: () => on.database.connection.run(({ orm }) => orm.select().from(voters)),
			boxes: () => on.database.connection.run(({ orm }) => orm.select().from(voteBoxes))
		};

		/** A ballot of a secret vote on its way, with its token signed. */
		async function signedBallot(vote: Vote, by: Subject, marks: Marks) {
			const ballot = await prepareBallot(vote.id, vote.key!, marks);
			const answer = await done(votes.sign(by, meeting, { vote: vote.id, blinded: ballot.blinded }));
			return unblind(ballot, vote.key!, (answer as { signature: string }).signature);
		}
		const post = ({ vote, token, signature, marks }: Awaited<ReturnType<typeof signedBallot>>) => votes.castSecretly({ vote, token, signature, marks });

		test('VOTE-6 the newest ballot of a person stands in place of theirs, and changes nobody else’s', async () => {
			const vote = await opened('open');
			const [a, b] = vote.options.map(({ id }) => id) as [Id, Id];
			expect(await cast(vote, members[0]!, { [a]: 2 })).toBeNull();
			expect(await cast(vote, members[1]!, { [a]: 1, [b]: 2 })).toBeNull();
			expect(await cast(vote, members[0]!, { [b]: 1 })).toBeNull();
			expect(await done(votes.own(members[0]!, meeting, vote.id))).toEqual({ marks: { [b]: 1 }, signed: false, voted: 2, entitled: 5 });
			expect(await done(votes.own(members[2]!, meeting, vote.id))).toMatchObject({ marks: null });
			await close(vote);
			expect(await resultAt()).toMatchObject({ voted: 2, entitled: 5, tallies: [{ points: 1 }, { points: 3 }, { points: 0 }] });
			expect(told).toEqual([vote.id, vote.id, vote.id]);
		});

		test('VOTE-6 a ballot sent again under its id changes nothing, also after a newer one and after the closing', async () => {
			for (const level of ['open', 'unnamed'] as const) {
				const vote = await opened(level);
				const [a, b] = vote.options.map(({ id }) => id) as [Id, Id];
				const [first, second] = [newId(), newId()];
				expect(await cast(vote, members[0]!, { [a]: 1 }, first)).toBeNull();
				expect(await cast(vote, members[0]!, { [b]: 2 }, second)).toBeNull();
				expect(await cast(vote, members[0]!, { [a]: 1 }, first)).toBeNull();
				expect(await done(votes.own(members[0]!, meeting, vote.id))).toMatchObject({ marks: { [b]: 2 } });
				await close(vote);
				expect(await cast(vote, members[0]!, { [b]: 2 }, second)).toBeNull();
				expect(await cast(vote, members[0]!, { [a]: 1 })).toBe('vote-over');
				expect((await resultAt()).tallies.map(({ points }) => points)).toEqual([0, 2, 0]);
			}
		});

		test('VOTE-6 two hundred ballots of one person at once are one, within its rule', async () => {
			const vote = await opened('open');
			const [a, b] = vote.options.map(({ id }) => id) as [Id, Id];
			const other = await open({ ...on.options, besideServer: true });
			try {
				const processes = [votes, desksOf(other).votes];
				const answers = await Promise.all(
					Array.from({ length: 200 }, (_, i) =>
						cast(vote, members[0]!, i % 4 === 0 ? { [a]: 2, [b]: 2 } : { [a]: 1 + (i % 2), [b]: 1 }, newId(), processes[i % 2])
					)
				);
				expect(new Set(answers)).toEqual(new Set([null, 'ballot-unfit']));
				const stored = await rows.ballots();
				expect(stored).toHaveLength(1);
				expect(Object.values(stored[0]!.marks).reduce((sum, dots) => sum + dots)).toBeLessThanOrEqual(3);
				const [voter] = await rows.voters();
				expect(voter!.casts).toHaveLength(limits.ballotsRemembered);
			} finally {
				await other.close();
			}
		});

		test('VOTE-7 of ballots at the moment of closing each falls on one side, for its voter and for the result alike', async () => {
			const other = await open({ ...on.options, besideServer: true });
			try {
				const elsewhere = desksOf(other);
				const everybody = [facilitator, ...members, ...(await Promise.all(Array.from({ length: 15 }, () => join('member'))))];
				for (let round = 0; round < 6; round++) {
					const vote = await opened(round % 2 === 0 ? 'open' : 'unnamed');
					const last = new Map<Id, Marks>();
					const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
					/** Votes anew and anew, until it is refused. */
					const goOn = async (somebody: Subject, i: number) => {
						for (let n = 0; ; n++) {
							const marks = { [vote.options[(i + n) % 3]!.id]: 1 + (n % 2) };
							const answer = await cast(vote, somebody, marks, newId(), i % 2 === 0 ? votes : elsewhere.votes);
							if (answer !== null) return expect(answer).toBe('vote-over');
							last.set(somebody.person, marks);
							if (last.size > everybody.length / 2) begin();
						}
					};
					await Promise.all([...everybody.map(goOn), begun.then(() => close(vote, round % 3 === 0 ? desk : elsewhere.desk))]);
					const stored = (await rows.ballots()).filter(({ voteId }) => voteId === vote.id);
					const words = (all: Iterable<Marks>) => [...all].map((marks) => JSON.stringify(marks)).sort();
					expect(words(stored.map(({ marks }) => marks))).toEqual(words(last.values()));
					if (vote.level === 'open') for (const { personId, marks } of stored) expect(marks).toEqual(last.get(personId!));
					expect(await resultAt()).toEqual(resultOf(vote, { ballots: [...last.values()], entitled: everybody.length }));
				}
			} finally {
				await other.close();
			}
		}, 120_000);

		test('VOTE-7 of two who close a vote at once one does, and both are answered', async () => {
			const vote = await opened('open');
			await cast(vote, members[0]!, { [vote.options[0]!.id]: 1 });
			const other = await open({ ...on.options, besideServer: true });
			try {
				const answers = await Promise.all([close(vote), close(vote, desksOf(other).desk)]);
				expect(new Set(answers.map(({ version }) => version)).size).toBe(1);
				expect((await found()).votes.filter(({ state }) => state === 'closed')).toHaveLength(1);
			} finally {
				await other.close();
			}
		});

		test('VOTE-8 whoever may not vote is told so, and nothing changes', async () => {
			const vote = await opened('open');
			const marks = { [vote.options[0]!.id]: 1 };
			const stranger = await signedIn(await addPerson(on.database));
			expect(await cast(vote, observer, marks)).toBe('not-entitled');
			expect(await cast(vote, stranger, marks)).toBe('not-found');
			expect(await cast(vote, { ...members[0]!, session: newId() }, marks)).toBe('not-found');
			expect(await cast(vote, members[0]!, { ...marks, [vote.options[1]!.id]: 3 })).toBe('ballot-unfit');
			expect(await votes.cast(members[0]!, meeting, { vote: newId(), id: newId(), marks })).toBe('no-such-vote');
			// a vote of one meeting, asked for in another
			const another = await liveMeeting();
			expect(await votes.cast(members[0]!, another, { vote: vote.id, id: newId(), marks })).toBe('no-such-vote');
			expect(await rows.ballots()).toEqual([]);
			expect(await rows.voters()).toEqual([]);
			// one of them facilitates, and so votes
			await done(command('facilitator.name', { person: observer.person }));
			expect(await cast(vote, observer, marks)).toBeNull();
			expect(await on.database.votes.turnout(vote.id)).toEqual({ voted: 1, entitled: 6 });
		});

		test('VOTE-8 guests who may sign in and are nothing else to the think tank count, where the vote says so', async () => {
			const { guests, thinkTanks, directory, votes: boxes } = on.database;
			const link = { id: newId(), digest: newId(), meeting, thinkTank, label: null, approval: false, createdBy: facilitator.person };
			await guests.addLink({ ...link, expiresAt: Date.now() + 60_000 }, Date.now(), 50);
			const [stays, observes, isGone] = await Promise.all(Array.from({ length: 3 }, () => addPerson(on.database)));
			for (const person of [stays, observes, isGone]) expect(await guests.come(link.digest, person!, Date.now(), 50)).toBe('admitted');
			const vote = await opened('open', { guests: true });
			expect((await boxes.turnout(vote.id)).entitled).toBe(8);
			await thinkTanks.addMember(thinkTank, observes!, 'observer');
			await directory.deactivate(isGone!);
			expect(await cast(vote, await signedIn(observes!), {})).toBe('not-entitled');
			expect((await boxes.turnout(vote.id)).entitled).toBe(6);
		});

		test('VOTE-8 nobody is shown a ballot while the vote is open, and after it only as its level says', async () => {
			for (const level of ['open', 'unnamed'] as const) {
				const vote = await opened(level);
				const [a, b] = vote.options.map(({ id }) => id) as [Id, Id];
				await cast(vote, members[0]!, { [a]: 2 });
				await cast(vote, members[1]!, { [b]: 1 });
				expect(await done(votes.list(facilitator, meeting, vote.id))).toEqual({ ballots: [] });
				await close(vote);
				const shown = await done(votes.list(observer, meeting, vote.id));
				const of = (n: number, marks: Marks) => ({ person: members[n]!.person, key: members[n]!.person, marks });
				if (level === 'unnamed') expect(shown).toEqual({ ballots: [] });
				else expect(shown.ballots.toSorted((x, y) => (x.marks[a] ? -1 : y.marks[a] ? 1 : 0))).toEqual([of(0, { [a]: 2 }), of(1, { [b]: 1 })]);
			}
		});

		test('VOTE-9 the result is what the stored ballots say, at every level', async () => {
			for (const level of ['open', 'unnamed', 'secret'] as const) {
				const vote = await opened(level);
				for (const [n, somebody] of members.entries()) {
					const marks = { [vote.options[n % 3]!.id]: 1 + (n % 2) };
					if (level === 'secret') expect(await post(await signedBallot(vote, somebody, marks))).toHaveProperty('receipt');
					else expect(await cast(vote, somebody, marks)).toBeNull();
				}
				await close(vote);
				const stored = (await rows.ballots()).filter(({ voteId }) => voteId === vote.id);
				expect(stored).toHaveLength(members.length);
				expect(await resultAt()).toEqual(resultOf(vote, { ballots: stored.map(({ marks }) => marks), entitled: 5 }));
				expect(stored.filter(({ personId }) => personId !== null)).toHaveLength(level === 'open' ? members.length : 0);
				const [box] = (await rows.boxes()).filter(({ id }) => id === vote.id);
				expect(box).toMatchObject({ open: false, signingKey: null });
			}
		});

		test('VOTE-11 one token a voter is signed, the same again alike, and a late voter’s too', async () => {
			const vote = await opened('secret');
			const marks = { [vote.options[0]!.id]: 1 };
			expect(vote.key).not.toBeNull();
			const ballot = await prepareBallot(vote.id, vote.key!, marks);
			const ask = (by: Subject, blinded: string) => votes.sign(by, meeting, { vote: vote.id, blinded });
			const [first, again] = await Promise.all([ask(members[0]!, ballot.blinded), ask(members[0]!, ballot.blinded)]);
			expect(again).toEqual(first);
			const other = await prepareBallot(vote.id, vote.key!, marks);
			expect(await ask(members[0]!, other.blinded)).toBe('ballot-cast');
			expect(await ask(observer, other.blinded)).toBe('not-entitled');
			expect(await ask(members[1]!, Buffer.alloc(256, 255).toString('base64'))).toBe('ballot-unfit');
			expect(await ask(members[1]!, 'AAAA')).toBe('ballot-unfit');
			expect(await done(votes.own(members[0]!, meeting, vote.id))).toMatchObject({ marks: null, signed: true, voted: 0 });
			const late = await signedBallot(vote, members[1]!, marks);
			expect(await post(late)).toEqual({ receipt: await receiptOf(late) });
			await close(vote);
			expect(await ask(members[2]!, other.blinded)).toBe('vote-over');
		});

		test('VOTE-11 a secret ballot is cast once under its token, and none under a token that the vote has not signed', async () => {
			const vote = await opened('secret');
			const [a, b] = vote.options.map(({ id }) => id) as [Id, Id];
			const ballot = await signedBallot(vote, members[0]!, { [a]: 2 });
			const answers = await Promise.all([post(ballot), post(ballot), post(ballot)]);
			expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
			expect(await post({ ...ballot, marks: { [b]: 1 } })).toBe('ballot-cast');
			expect(await post({ ...ballot, marks: { [a]: 3 } })).toBe('ballot-unfit');
			const forged = Buffer.from(ballot.signature, 'base64');
			forged[17]! ^= 1;
			const fresh = await prepareBallot(vote.id, vote.key!, { [a]: 1 });
			for (const wrong of [
				{ ...ballot, signature: forged.toString('base64') },
				{ ...ballot, token: fresh.token },
				{ ...ballot, signature: '' },
				{ ...ballot, token: '' }
			]) {
				expect(await post(wrong)).toBe('token-unsigned');
			}
			expect(await cast(vote, members[1]!, { [a]: 1 })).toBe('ballot-unfit');
			await close(vote);
			// a lost answer is asked for again after the closing
			expect(await post(ballot)).toEqual({ receipt: await receiptOf(ballot) });
			expect(await post(await unsent(ballot, { [b]: 1 }))).toBe('vote-over');
			// a token of one vote is none of another
			const next = await opened('secret');
			expect(await post({ ...ballot, vote: next.id })).toBe('token-unsigned');
		});
		const unsent = async (ballot: Awaited<ReturnType<typeof signedBallot>>, marks: Marks) => ({ ...ballot, marks });

		test('VOTE-12 every receipt is in the list of the closed vote, beside its ballot and no name', async () => {
			const vote = await opened('secret');
			const given = new Map<string, Marks>();
			for (const [n, somebody] of members.entries()) {
				const ballot = await signedBallot(vote, somebody, { [vote.options[n % 3]!.id]: 1 });
				given.set(((await post(ballot)) as { receipt: string }).receipt, ballot.marks);
			}
			expect(await done(votes.list(members[0]!, meeting, vote.id))).toEqual({ ballots: [] });
			await close(vote);
			const { ballots: shown } = await done(votes.list(observer, meeting, vote.id));
			expect(new Map(shown.map(({ key, marks }) => [key, marks]))).toEqual(given);
			expect(shown.every(({ person }) => person === null)).toBe(true);
			expect(shown.map(({ key }) => key)).toEqual(shown.map(({ key }) => key).toSorted());
		});

		test('VOTE-14 with a cancelled vote its ballots and voters are gone, and nothing comes after it', async () => {
			const vote = await opened('open');
			const marks = { [vote.options[0]!.id]: 1 };
			for (const somebody of members) await cast(vote, somebody, marks);
			const [cancelled, ...answers] = await Promise.all([
				command('vote.cancel', { vote: vote.id }),
				...[...members, facilitator].map((somebody) => cast(vote, somebody, { [vote.options[1]!.id]: 1 }))
			]);
			expect(cancelled).not.toBeTypeOf('string');
			expect(answers.every((answer) => answer === null || answer === 'vote-over')).toBe(true);
			expect([await rows.ballots(), await rows.voters()]).toEqual([[], []]);
			expect(await cast(vote, members[0]!, marks)).toBe('vote-over');
		});

		test('VOTE-15 no statement of a vote with as many ballots and options as there may be is slow', async () => {
			const texts = Array.from({ length: limits.voteOptions }, (_, n) => `${n} ${'ن'.repeat(limits.voteOptionUnits - 4)}`);
			const slow = await fewest(async () => {
				const vote = await opened('unnamed', { rule: { kind: 'score', all: true }, options: { texts } });
				const marks = Object.fromEntries(vote.options.map(({ id }) => [id, 3]));
				await on.database.connection.run(
					({ sql }) => sql`
						insert into ballots (vote_id, key, marks) select ${vote.id}, n::text, ${JSON.stringify(marks)}::jsonb from generate_series(1, 200) n`
				);
				const before = on.database.statistics().slowStatements;
				await close(vote);
				expect((await resultAt()).voted).toBe(200);
				return Array.from({ length: on.database.statistics().slowStatements - before }, () => 'slow');
			});
			expect(slow).toEqual([]);
		});
	});
}
