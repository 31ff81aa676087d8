import { and, eq, gt } from 'drizzle-orm';
import fc from 'fast-check';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { meetingEvents } from '#db/schema/meetings.ts';
import { ballots } from '#db/schema/votes.ts';
import { insertThinkTank } from '#db/stores/think-tanks.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { cardsWithWords } from '#realtime/board/read.ts';
import { enterMeeting, type CommandAnswer, type MeetingLink } from '#realtime/client/meeting-link.ts';
import { presentPoint } from '#realtime/meeting/agenda.ts';
import type { Command, CommandName } from '#realtime/meeting/commands.ts';
import type { EventName, MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { surfaceOf, type Meeting } from '#realtime/meeting/meetings.ts';
import { may } from '#realtime/meeting/permissions.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import { memberRoles, type MemberRole, type Role } from '#realtime/meeting/roles.ts';
import { isPrivate, presentStep, stepsBeside } from '#realtime/meeting/steps.ts';
import type { Marks, VoteLevel, VoteRule } from '#realtime/meeting/vote-rules.ts';
import { openVote, type Vote } from '#realtime/meeting/voting.ts';
import { attach, type Live } from '#realtime/server/attach.ts';
import { StorageError, type World } from '#realtime/server/ports.ts';
import { accessOver } from '#server/auth/access.ts';
import { openSessions } from '#server/auth/sessions.ts';
import { digestOf, newToken } from '#server/auth/tokens.ts';
import { addPerson, newId, type TestDatabase } from './databases.ts';
import { Hub } from './hub.ts';
import { Line, type Loss } from './line.ts';
import { commandFor, idAt, mandate, planned, strangers, written, type Planned } from './meeting-commands.ts';
import { randomFrom } from './random.ts';
import { deskOver } from './desk.ts';
import { storedDoc } from './stored.ts';

/** Random meetings of several people with real pages on real sockets, on lines that lose things, held against a model. */

const loss: fc.Arbitrary<Loss | null> = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.constantFrom<Loss>('request', 'answer'));
const who = fc.nat({ max: 7 });
/** the first conducts the meeting: what they ask for happens, mostly */
const someone = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, who);
const seed = fc.nat();

/** A vote that is opened for certain, if none is open: what is opened by chance fits seldom. */
const opening: fc.Arbitrary<Planned> = fc
	.record({
		pick: fc.nat({ max: 2 }),
		level: fc.constantFrom<VoteLevel>('open', 'open', 'unnamed', 'secret'),
		rule: fc.constantFrom<VoteRule>(
			{ kind: 'choice' },
			{ kind: 'dots', budget: 4, perCard: 2 },
			{ kind: 'approve', max: 2 },
			{ kind: 'score', all: false },
			{ kind: 'rank', top: 2 }
		)
	})
	.map(({ pick, level, rule }) => ({
		name: 'vote.open',
		body: { item: { pick }, level, rule, guests: true, options: { texts: rule.kind === 'choice' ? ['a motion'] : ['a', 'b', 'c'] } }
	}));

const words = { fa: 'نشست' };

/** What happens in a meeting. People are given by their place in it, as far as there are so many. */
const doing = fc.oneof(
	{ weight: 10, arbitrary: fc.record({ kind: fc.constant('ask' as const), who: someone, plan: planned, loss }) },
	{ weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), who: fc.constant(0), plan: opening, loss }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('together' as const), who: fc.tuple(someone, someone), plans: fc.tuple(planned, planned), loss }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('rival' as const), who: fc.tuple(someone, someone), plans: fc.tuple(planned, planned), loss }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('elsewhere' as const), who: someone, plans: fc.tuple(planned, planned) }) },
	{ weight: 8, arbitrary: fc.record({ kind: fc.constant('ballot' as const), who, seed, loss }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('closing' as const), casts: fc.array(fc.tuple(who, seed), { minLength: 1, maxLength: 6 }) }) },
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('step' as const), loss }) },
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), who, turns: fc.boolean() }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('reload' as const), who }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), at: fc.nat({ max: 1 }) }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('line' as const) }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('role' as const), who, role: fc.constantFrom(...memberRoles) }) }
);
type Doing = typeof doing extends fc.Arbitrary<infer One> ? One : never;

/** A meeting as it may go: what everybody in it is, the first of whom facilitates, and what happens. */
export const randomMeeting = fc.record({
	roles: fc.array(fc.constantFrom<Role>(...memberRoles, 'guest'), { minLength: 1, maxLength: 7 }),
	doings: fc.array(doing, { minLength: 12, maxLength: 24, size: 'max' })
});
export type RandomMeeting = typeof randomMeeting extends fc.Arbitrary<infer One> ? One : never;

const lost = (plan: Planned, loss: Loss | null = 'answer'): Doing => ({ kind: 'ask', who: 0, plan, loss });
const motion: Planned = {
	name: 'vote.open',
	body: { item: { pick: 0 }, level: 'open', rule: { kind: 'choice' }, options: { texts: ['a motion'] } }
};

/** What seldom happens by chance, once for certain. */
export const tour: RandomMeeting = {
	roles: ['member', 'chair', 'observer', 'guest'],
	doings: [
		{ kind: 'write', who: 1, turns: false },
		{ kind: 'write', who: 2, turns: true },
		{ kind: 'restart', at: 0 },
		{ kind: 'line' },
		lost({ name: 'agenda.add', body: { kind: 'discussion', title: words, minutes: 5 } }),
		lost({ name: 'timer.start', body: { minutes: 5 } }),
		lost({ name: 'meeting.describe', body: { minutes: 7 } }, 'request'),
		lost(motion),
		{ kind: 'ballot', who: 1, seed: 1, loss: 'answer' },
		{ kind: 'ballot', who: 3, seed: 1, loss: null },
		{
			kind: 'closing',
			casts: [
				[1, 2],
				[2, 3]
			]
		},
		{ kind: 'reload', who: 1 },
		{ kind: 'restart', at: 1 },
		{ kind: 'line' },
		{ kind: 'ask', who: 1, plan: { name: 'meeting.close', body: {} }, loss: null },
		{ kind: 'role', who: 1, role: 'observer' },
		{
			kind: 'together',
			who: [0, 2],
			plans: [
				{ name: 'turns.ask', body: { as: 'for' } },
				{ name: 'turns.ask', body: { as: 'order' } }
			],
			loss: null
		},
		{
			kind: 'rival',
			who: [0, 0],
			plans: [
				{ name: 'timer.pause', body: {} },
				{ name: 'meeting.describe', body: { minutes: 9 } }
			],
			loss: null
		},
		{
			kind: 'elsewhere',
			who: 0,
			plans: [
				{ name: 'meeting.describe', body: { minutes: 11 } },
				{ name: 'meeting.describe', body: { minutes: 12 } }
			]
		},
		lost({ name: 'meeting.close', body: {} })
	]
};

/** Something built in that the model has to find. `deaf`: pages miss something. */
export interface Fault {
	world?: (world: World) => Partial<World>;
	deaf?: true;
}

/** A rule that does not hold. */
class Broken extends Error {}

function hold(holds: boolean, rule: string): void {
	if (!holds) throw new Broken(rule);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (value: unknown): unknown =>
	Array.isArray(value)
		? value.map(sorted)
		: typeof value === 'object' && value !== null
			? Object.fromEntries(
					Object.entries(value)
						.sort(([a], [b]) => (a < b ? -1 : 1))
						.map(([key, inner]) => [key, sorted(inner)])
				)
			: value;

interface Page {
	/** the process that it is on */
	at: number;
	person: Id;
	cookie: string;
	line: Line;
	link: MeetingLink;
	meeting: Meeting | null;
	ended: string | null;
}

/** Something that was asked, and what its page was told. */
interface Asked {
	id: Id;
	answer: CommandAnswer;
}

const log = { info() {}, warn() {}, error() {} };

/** Where random meetings take place: one database, and two processes that are there anew for each of them. */
export class Stage {
	readonly #on: TestDatabase;
	readonly thinkTank = newId();
	readonly #cookies = new Map<Id, string>();
	/** everything that was reached: a model in which hardly anything happens would prove little */
	readonly reached = new Map<string, number>();

	private constructor(on: TestDatabase) {
		this.#on = on;
	}

	static async open(on: TestDatabase): Promise<Stage> {
		const stage = new Stage(on);
		const { database } = on;
		for (const person of [...Array.from({ length: 8 }, (_, n) => idAt(1, n)), ...strangers]) await addPerson(database, person);
		await database.connection.transaction((queries) =>
			insertThinkTank(queries, {
				id: stage.thinkTank,
				name: words,
				host: words,
				purpose: words,
				actions: newId(),
				mandate: mandate.map((id) => ({ id, text: words }))
			})
		);
		const sessions = openSessions(database, { origins: [] });
		for (let n = 0; n < 8; n++) stage.#cookies.set(idAt(1, n), (await sessions.signIn(idAt(1, n), false)).split(';')[0]!);
		return stage;
	}

	/** Lets a meeting happen. Rejects with the first rule that does not hold. */
	async play({ roles, doings }: RandomMeeting, fault: Fault = {}): Promise<void> {
		const meeting = await OneMeeting.begin(this.#on, this, this.#cookies, ['facilitator', ...roles], fault);
		try {
			for (const one of doings) {
				await meeting.do(one);
				await meeting.check();
			}
			await meeting.checkWords();
		} finally {
			await meeting.end();
		}
	}

	note(what: string): void {
		this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
	}
}

interface Process {
	http: Server;
	live: Live;
	seat: ReturnType<Hub['join']>;
	port: number;
}

class OneMeeting {
	readonly #on: TestDatabase;
	readonly #stage: Stage;
	readonly #fault: Fault;
	readonly #id: Id;
	readonly #pages: Page[] = [];
	readonly #roles = new Map<Id, Role>();
	/** two processes, which people come to by turns, and what they tell each other by */
	readonly #hub = new Hub();
	readonly #processes: Process[] = [];

	/** the meeting as its events make it, by its versions */
	readonly #states: Meeting[] = [];
	/** as far as the pages were told */
	#told = 0;
	/** the commands of which something was kept, how often, and up to which version */
	readonly #kept = new Map<Id, number>();
	readonly #versions = new Map<Id, number>();
	/** what was asked since the last look */
	#asked: Asked[] = [];
	/** the ballots that were acknowledged, by vote and person */
	readonly #ballots = new Map<Id, Map<Id, Marks>>();
	/** what was written at each board's activity */
	readonly #words = new Map<Id, { item: Id; texts: string[]; unknown: string[] }>();
	#lastId: Id = '';
	/** for how long a page may be behind; nobody waits for long for what was made to fail */
	readonly #patienceMs: number;

	private constructor(on: TestDatabase, stage: Stage, fault: Fault, id: Id) {
		this.#on = on;
		this.#stage = stage;
		this.#fault = fault;
		this.#patienceMs = Object.keys(fault).length > 0 ? 4_000 : 20_000;
		this.#id = id;
	}

	static async begin(on: TestDatabase, stage: Stage, cookies: ReadonlyMap<Id, string>, roles: readonly Role[], fault: Fault): Promise<OneMeeting> {
		const { database } = on;
		const crew = roles.map((role, n) => ({ person: idAt(1, n), role }));
		await database.connection.run(({ sql }) => sql`delete from memberships where think_tank_id = ${stage.thinkTank}`);
		for (const { person, role } of crew) if (role !== 'guest') await database.thinkTanks.addMember(stage.thinkTank, person, role as MemberRole);
		const facilitator = await subjectOf(on, crew[0]!.person);
		const desk = deskOver(database);
		const about = { title: words, minutes: 5, owner: null, mandate: null };
		const made = await desk.schedule(facilitator, stage.thinkTank, newId(), {
			name: 'meeting.schedule',
			body: {
				title: words,
				startsAt: 0,
				minutes: 60,
				place: null,
				callLink: null,
				quorum: null,
				agenda: [
					{ kind: 'swot', ...about, steps: stepsOf('silent', newId) },
					{ kind: 'brainstorm', ...about, steps: stepsOf('anonymous', newId) },
					{ kind: 'discussion', ...about }
				]
			}
		});
		if (typeof made === 'string') throw new Error(made);
		await desk.command(facilitator, made.meeting, newId(), { name: 'meeting.open', body: {} });
		for (const { person, role } of crew) {
			if (role !== 'guest') continue;
			const token = newToken();
			const link = { id: newId(), digest: digestOf(token), approval: false, meeting: made.meeting, thinkTank: stage.thinkTank, label: null };
			await database.guests.addLink({ ...link, expiresAt: Date.now() + 3_600_000, createdBy: facilitator.person }, Date.now(), 10);
			await database.guests.come(digestOf(token), person, Date.now(), 10);
		}
		const meeting = new OneMeeting(on, stage, fault, made.meeting);
		for (const { person, role } of crew) meeting.#roles.set(person, role);
		for (const at of [0, 1]) await meeting.#serve(at);
		for (const [n, { person }] of crew.entries()) meeting.#pages.push(meeting.#enter(n % 2, person, cookies.get(person)!));
		await meeting.check();
		return meeting;
	}

	async do(doing: Doing): Promise<void> {
		const { database } = this.#on;
		const page = 'who' in doing && typeof doing.who === 'number' ? this.#pageAt(doing.who) : this.#pages[0]!;
		if (this.#fault.deaf) page.line.deaf = true;
		switch (doing.kind) {
			case 'ask':
				page.line.lose = doing.loss;
				return this.#ask(page, doing.plan);
			case 'together': {
				const pages = doing.who.map((place) => this.#pageAt(place));
				pages[0]!.line.lose = doing.loss;
				await Promise.all(doing.plans.map((plan, n) => this.#ask(pages[n]!, plan)));
				return;
			}
			case 'rival': {
				// another process decides about the same meeting, and tells nobody here
				const [here, there] = doing.who.map((place) => this.#pageAt(place)) as [Page, Page];
				here.line.lose = doing.loss;
				await Promise.all([this.#ask(here, doing.plans[0]), this.#askElsewhere(there, doing.plans[1])]);
				return;
			}
			case 'elsewhere':
				// so that more than one thing lies between what pages here are told
				for (const plan of doing.plans) await this.#askElsewhere(page, plan);
				return;
			case 'step': {
				const point = presentPoint(this.#now);
				if (!point) return;
				const next = stepsBeside(point).behind ?? point.steps[0]!;
				page.line.lose = doing.loss;
				return this.#ask(page, { name: 'step.turn', body: { item: point.id, step: next.id } });
			}
			case 'ballot': {
				const vote = openVote(this.#now) ?? this.#now.votes.at(-1);
				if (!vote) return;
				page.line.lose = doing.loss;
				return this.#cast(page, vote, doing.seed);
			}
			case 'closing': {
				const vote = openVote(this.#now);
				if (!vote) return;
				this.#stage.note('votes at the moment of closing');
				// of two ballots of one person at once, nobody could say which came last
				const casts = new Map(doing.casts.map(([who, seed]) => [this.#pageAt(who), seed]));
				await Promise.all([
					...[...casts].map(([page, seed]) => this.#cast(page, vote, seed)),
					this.#ask(this.#pages[0]!, { name: 'vote.close', body: { vote: vote.id } })
				]);
				return;
			}
			case 'write': {
				const point = presentPoint(this.#now);
				if (!point || surfaceOf[point.kind] !== 'board') return;
				const next = stepsBeside(point).behind ?? point.steps[0]!;
				const turn: Planned = { name: 'step.turn', body: { item: point.id, step: next.id } };
				await Promise.all([this.#write(page), doing.turns ? this.#ask(this.#pages[0]!, turn) : null]);
				return;
			}
			case 'reload': {
				if (page.ended !== null) return;
				page.link.leave();
				// to the other process
				this.#pages[this.#pages.indexOf(page)] = this.#enter(1 - page.at, page.person, page.cookie);
				return this.#stage.note('a reload');
			}
			case 'restart': {
				await this.#stop(doing.at);
				await this.#serve(doing.at);
				return this.#stage.note('a restart');
			}
			case 'line': {
				if (this.#hub.isUp) this.#hub.cut();
				else this.#hub.heal();
				return this.#stage.note(this.#hub.isUp ? 'processes that hear each other again' : 'processes that do not hear each other');
			}
			case 'role': {
				if (page === this.#pages[0] || this.#roles.get(page.person) === 'guest') return;
				await database.connection.run(
					({ sql }) => sql`update memberships set role = ${doing.role} where think_tank_id = ${this.#stage.thinkTank} and person_id = ${page.person}`
				);
				this.#roles.set(page.person, doing.role);
				return this.#stage.note('another role');
			}
		}
	}

	/** Looks at everything there is, and holds it against what happened. */
	async check(): Promise<void> {
		const before = this.#states.length;
		await this.#replay();
		await Promise.all(this.#pages.filter(({ ended }) => ended === null).map(({ line }) => line.settled(this.#id)));
		// what was decided on the other process is told a little later, or looked up where it cannot be
		const behind = () => this.#pages.some(({ meeting, ended }) => ended === null && meeting !== null && meeting.version < this.#told);
		for (const began = performance.now(); behind() && performance.now() - began < this.#patienceMs;) await pause(5);
		const stored = await this.#on.database.meetings.find(this.#id);
		hold(same(stored, this.#now), 'MEET-11 the database has another meeting than the events make');
		for (const { id, answer } of this.#asked.splice(0)) {
			const kept = this.#versions.get(id);
			hold((this.#kept.get(id) ?? 0) <= 1, 'MEET-13 a command had two effects');
			if (answer.ok)
				hold(
					kept === undefined ? answer.value.version <= this.#states.length : answer.value.version === kept,
					'MEET-13 a command was answered as what it was not'
				);
			else hold(kept === undefined && !this.#kept.has(id), `MEET-13 a command that was refused as ${answer.refusal} had an effect`);
		}
		for (const { meeting, ended, person } of this.#pages) {
			// a guest is one only as long as the meeting lasts
			if (ended !== null) hold(this.#roles.get(person) === 'guest', 'MEET-30 a page was shown out that may stay');
			if (ended !== null || meeting === null) continue;
			hold(meeting.version >= this.#told, 'MEET-30 a page was not told what happened');
			hold(same(meeting, this.#states[meeting.version - 1]), 'MEET-30 a page has another meeting than the events made');
		}
		for (const now of this.#states.slice(before)) this.#checkVotes(now);
		await this.#checkBox();
	}

	/** What was written, in private or not, is there once, on the board or where it is hidden still. */
	async checkWords(): Promise<void> {
		const { database } = this.#on;
		for (const [board, { item, texts, unknown }] of this.#words) {
			const found: string[] = [];
			const drafts = await database.drafts.of(item);
			for (const document of [board, ...drafts.map(({ document }) => document)]) {
				const doc = await storedDoc(database, document);
				found.push(...cardsWithWords(doc).map(({ text }) => text));
				doc.destroy();
			}
			hold(
				new Set(found).size === found.length && same(found.filter((text) => !unknown.includes(text)).sort(), texts.sort()),
				'DRAFT-3 what was written is lost, or there twice'
			);
			const point = this.#now.agenda.find(({ id }) => id === item);
			const revealed = await database.connection.run(
				({ sql }) => sql`select from meeting_events where meeting_id = ${this.#id} and event ->> 'name' = 'drafts.revealed' and event ->> 'item' = ${item}`
			);
			if (point) hold(point.reveals === revealed.length, 'DRAFT-3 a reveal is counted twice, or not at all');
			if (revealed.length > 0) this.#stage.note('a reveal of words');
		}
	}

	async end(): Promise<void> {
		for (const { link } of this.#pages) link.leave();
		for (const at of this.#processes.keys()) await this.#stop(at);
	}

	get #now(): Meeting {
		return this.#states.at(-1)!;
	}

	#pageAt(place: number): Page {
		return this.#pages[place % this.#pages.length]!;
	}

	/** A process that serves the meeting, at the same address as the one before it. */
	async #serve(at: number): Promise<void> {
		const { database } = this.#on;
		const access = accessOver(database.access, openSessions(database, { origins: [] }), []);
		const world: World = { ...database, access, log };
		const faulty: World = { ...world, ...this.#fault.world?.(world) };
		const { meetings } = faulty;
		const note = <Kept>(id: Id, kept: Kept): Kept => {
			if (kept !== 'clash') this.#kept.set(id, (this.#kept.get(id) ?? 0) + 1);
			return kept;
		};
		const http = createServer();
		const seat = this.#hub.join(newId());
		const told: World = {
			...faulty,
			meetings: {
				...meetings,
				keep: async (decided, command) => note(command.id, await meetings.keep(decided, command)),
				reveal: async (decided, command, reveal) => note(command.id, await meetings.reveal(decided, command, reveal)),
				keepCounted: async (vote, decide, command) => {
					const kept = await meetings.keepCounted(vote, decide, command);
					return typeof kept === 'string' ? kept : note(command.id, kept);
				}
			}
		};
		const live = attach(http, told, { bus: seat });
		await new Promise<void>((resolve) => http.listen(this.#processes[at]?.port ?? 0, '127.0.0.1', resolve));
		this.#processes[at] = { http, live, seat, port: (http.address() as AddressInfo).port };
	}

	async #stop(at: number): Promise<void> {
		const { http, live, seat } = this.#processes[at]!;
		const closed = new Promise((resolve) => http.close(resolve));
		await live.stop();
		await seat.stop();
		http.closeAllConnections();
		await closed;
	}

	#enter(at: number, person: Id, cookie: string): Page {
		const line = new Line(`http://127.0.0.1:${this.#processes[at]!.port}`, cookie);
		const page = { at, person, cookie, line, meeting: null, ended: null } as unknown as Page;
		page.link = enterMeeting({
			meeting: this.#id,
			connect: () => line,
			newId: () => (this.#lastId = newId()),
			changed: ({ meeting }) => (page.meeting = meeting),
			ended: (reason) => (page.ended = reason)
		});
		return page;
	}

	async #ask(page: Page, plan: Planned): Promise<void> {
		if (plan.name === 'meeting.schedule' || page.ended !== null) return;
		const { name, body } = commandFor(plan, this.#now);
		const asked = page.link.command(name as CommandName, body as never);
		const id = this.#lastId;
		const answer = await asked;
		this.#asked.push({ id, answer });
		this.#stage.note(`${name} ${answer.ok ? 'done' : 'refused'}`);
	}

	async #askElsewhere(page: Page, plan: Planned): Promise<void> {
		if (plan.name === 'meeting.schedule' || page.ended !== null) return;
		const { database } = this.#on;
		const rival = deskOver(database, {
			facilitated: () => true,
			hidden: (meeting) => database.drafts.hidden(meeting),
			candidates: (document) => database.votes.candidates(document),
			// as if its page had written what it adopts
			wording: async () => written
		});
		const command = commandFor(plan, this.#now);
		const id = newId();
		const answer = await rival.command(await subjectOf(this.#on, page.person), this.#id, id, command as Exclude<Command, { name: 'meeting.schedule' }>);
		this.#stage.note(`elsewhere ${typeof answer === 'string' ? 'refused' : 'done'}`);
		this.#asked.push({ id, answer: typeof answer === 'string' ? { ok: false, refusal: answer } : { ok: true, value: answer } });
	}

	async #cast(page: Page, vote: Vote, seed: number): Promise<void> {
		if (page.ended !== null) return;
		const marks = marksFor(vote, seed);
		const answer = await page.link.ask('ballot.cast', { vote: vote.id, id: newId(), marks });
		this.#stage.note(`a ballot ${answer.ok ? 'cast' : answer.refusal}`);
		if (!answer.ok) return;
		hold(keepsRule(vote, marks), 'VOTE-3 a ballot was taken that does not keep within its rule');
		hold(this.#roles.get(page.person) !== 'observer' || this.#now.coFacilitators.includes(page.person), 'VOTE-8 an observer voted');
		if (!this.#ballots.has(vote.id)) this.#ballots.set(vote.id, new Map());
		this.#ballots.get(vote.id)!.set(page.person, marks);
	}

	/** Writes a card as its page would have it kept: for oneself, where nobody sees what others write. */
	async #write({ person }: Page): Promise<void> {
		const point = presentPoint(this.#now)!;
		const text = `words ${newId()}`;
		const card = newId();
		const own = isPrivate(presentStep(point));
		const { anonymous } = presentStep(point);
		const asked = { meeting: this.#id, thinkTank: this.#stage.thinkTank, item: point.id, person, document: newId(), anonymous, passedOn: false };
		const document = own ? await this.#on.database.drafts.open(asked) : point.document;
		const there = this.#words.get(point.document) ?? { item: point.id, texts: [], unknown: [] };
		this.#words.set(point.document, there);
		try {
			await this.#processes[0]!.live.edit(document, person, (doc) => {
				createCard(doc, { id: card, author: person, createdAt: 1, column: 'threats', group: null, before: null });
				splice(doc, { card }, { at: 0, removed: 0, inserted: text });
			});
			there.texts.push(text);
		} catch (error) {
			// nobody was told that it is kept, as when the step is turned in this moment
			if (!(error instanceof StorageError)) throw error;
			there.unknown.push(text);
		}
		this.#stage.note(own ? 'words in private' : 'words on a board');
	}

	/** Carries out what has been kept since, and asks of each whether whoever had it so might. */
	async #replay(): Promise<void> {
		const rows = await this.#on.database.connection.run(({ orm }) =>
			orm
				.select({ version: meetingEvents.version, event: meetingEvents.event, command: meetingEvents.commandId, actor: meetingEvents.actorId })
				.from(meetingEvents)
				.where(and(eq(meetingEvents.meetingId, this.#id), gt(meetingEvents.version, this.#states.length)))
				.orderBy(meetingEvents.version)
		);
		for (const { version, event, command, actor } of rows) {
			hold(version === this.#states.length + 1, 'MEET-3 versions do not count events');
			const before = this.#states.at(-1) ?? null;
			if (before) hold(this.#mayHave(before, event, actor!), `ROLE-1 ${event.name} was had by somebody who may not`);
			this.#states.push(evolve(before, event)!);
			this.#versions.set(command, version);
			// what another process kept, nobody here was told of
			if (this.#kept.has(command) || this.#told === 0) this.#told = version;
			this.#stage.note(event.name);
		}
	}

	#mayHave(before: Meeting, event: MeetingEvent, actor: Id): boolean {
		const role = this.#roles.get(actor) ?? null;
		const named = (role === 'member' || role === 'observer') && before.coFacilitators.includes(actor);
		const situation = { state: before.state, archived: false, facilitated: false, step: null };
		const rights = { role: named ? ('co-facilitator' as const) : role, administrator: false };
		return askedFor[event.name].some((name) => may(rights, name, situation));
	}

	/** What a vote that is over says is what was acknowledged of it. */
	#checkVotes({ votes }: Meeting): void {
		const closed = votes.filter(({ state, level }) => state === 'closed' && level !== 'secret');
		for (const vote of closed) {
			const cast = [...(this.#ballots.get(vote.id)?.values() ?? [])];
			const { voted, tallies } = vote.result!;
			hold(voted === cast.length, 'VOTE-9 a result counts other voters than were acknowledged');
			for (const { option, spread } of tallies) {
				const expected: Record<string, number> = {};
				for (const marks of cast) if (option in marks) expected[marks[option]!] = (expected[marks[option]!] ?? 0) + 1;
				hold(same(spread, expected), 'VOTE-9 a result counts other marks than were acknowledged');
			}
			if (cast.length > 0) this.#stage.note('a result with ballots');
		}
	}

	/** Every ballot that lies in an open box keeps within its rule, and is the last one of its voter. */
	async #checkBox(): Promise<void> {
		const vote = openVote(this.#now);
		if (!vote || vote.level === 'secret') return;
		const rows = await this.#on.database.connection.run(({ orm }) =>
			orm.select({ person: ballots.personId, marks: ballots.marks }).from(ballots).where(eq(ballots.voteId, vote.id))
		);
		hold(
			rows.every(({ marks }) => keepsRule(vote, marks)),
			'VOTE-3 a ballot is kept that does not keep within its rule'
		);
		const stored = Object.fromEntries(rows.map(({ person, marks }) => [person, marks]));
		hold(same(stored, Object.fromEntries(this.#ballots.get(vote.id) ?? [])), 'VOTE-6 the ballots that are kept are not those that were acknowledged');
	}
}

/** What each event may have been asked for by, written down a second time. */
const askedFor: Record<EventName, readonly CommandName[]> = {
	'meeting.scheduled': ['meeting.schedule'],
	'meeting.described': ['meeting.describe'],
	'meeting.postponed': ['meeting.postpone'],
	'meeting.cancelled': ['meeting.cancel'],
	'meeting.duplicated': ['meeting.duplicate'],
	'meeting.opened': ['meeting.open'],
	'meeting.closed': ['meeting.close'],
	'meeting.reopened': ['meeting.reopen'],
	'meeting.turned': ['meeting.turn', 'agenda.remove'],
	'agenda.added': ['agenda.add', 'agenda.propose'],
	'agenda.accepted': ['agenda.accept'],
	'agenda.changed': ['agenda.change'],
	'agenda.moved': ['agenda.move'],
	'agenda.removed': ['agenda.remove'],
	'step.turned': ['step.turn'],
	'step.switched': ['step.switch'],
	'drafts.revealed': ['step.turn', 'step.switch', 'drafts.admit'],
	'facilitator.named': ['facilitator.name', 'conduct.take'],
	'facilitator.released': ['facilitator.release'],
	'timer.started': ['timer.start'],
	'timer.paused': ['timer.pause'],
	'timer.resumed': ['timer.resume'],
	'timer.extended': ['timer.extend'],
	'timer.stopped': ['timer.stop'],
	'turns.asked': ['turns.ask'],
	'turns.withdrawn': ['turns.withdraw'],
	'turns.given': ['turns.give'],
	'turns.ended': ['turns.end'],
	'turns.dropped': ['turns.drop'],
	'turns.arranged': ['turns.set'],
	'vote.opened': ['vote.open', 'vote.again'],
	'vote.closed': ['vote.close'],
	'vote.cancelled': ['vote.cancel'],
	'decision.adopted': ['decision.adopt'],
	'decision.withdrawn': ['decision.withdraw']
};

async function subjectOf(on: TestDatabase, person: Id) {
	const [row] = await on.database.connection.run(({ sql }) => sql<{ digest: string }[]>`select digest from sessions where person_id = ${person} limit 1`);
	return { session: row!.digest, person };
}

/** A ballot out of chance: one that fits its vote, mostly. */
function marksFor({ rule, options }: Vote, seed: number): Marks {
	const random = randomFrom(seed);
	const ids = options.map(({ id }) => id);
	const any = () => Object.fromEntries(ids.filter(() => random.chance(0.6)).map((id) => [id, random.integer(-1, 6)]));
	if (random.chance(0.25)) return any();
	switch (rule.kind) {
		case 'choice':
			return { [ids[0]!]: random.integer(-1, 1) };
		case 'approve':
			return Object.fromEntries(ids.slice(0, random.integer(0, rule.max)).map((id) => [id, 1]));
		case 'dots':
			return { [random.pick(ids)]: random.integer(1, Math.min(rule.perCard, rule.budget)) };
		case 'score':
			return Object.fromEntries(ids.map((id) => [id, random.integer(1, 5)]));
		case 'rank':
			return Object.fromEntries(ids.slice(0, rule.top ?? ids.length).map((id, at) => [id, at + 1]));
	}
}

/** What a ballot may say, written down a second time. */
function keepsRule({ rule, options }: Vote, marks: Marks): boolean {
	const values = Object.values(marks);
	const sum = values.reduce((sum, value) => sum + value, 0);
	if (Object.keys(marks).some((id) => options.every((option) => option.id !== id))) return false;
	switch (rule.kind) {
		case 'choice':
			return values.length === 1 && [-1, 0, 1].includes(values[0]!);
		case 'approve':
			return values.every((value) => value === 1) && sum <= rule.max;
		case 'dots':
			return sum >= 1 && sum <= rule.budget && values.every((value) => value >= 1 && value <= rule.perCard);
		case 'score':
			return values.every((value) => value >= 1 && value <= 5) && values.length >= (rule.all ? options.length : 1);
		case 'rank': {
			const places = values.toSorted((a, b) => a - b);
			const most = rule.top ?? options.length;
			return places.length >= (rule.top === null ? options.length : 1) && places.length <= most && places.every((place, at) => place === at + 1);
		}
	}
}
