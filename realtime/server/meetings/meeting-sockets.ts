import { presentPoint } from '#realtime/meeting/agenda.ts';
import type { EventName } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { may } from '#realtime/meeting/permissions.ts';
import { isInspiring, presentStep } from '#realtime/meeting/steps.ts';
import { openVote } from '#realtime/meeting/voting.ts';
import {
	requests,
	type Answer,
	type Answers,
	type ClientToServer,
	type Idea,
	type Present,
	type Pulse,
	type Refusal,
	type RequestName,
	type RequestOf,
	type ServerToClient
} from '#realtime/protocol/control.ts';
import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { Allowances } from '../allowance.ts';
import type { Arrivals } from '../arrivals.ts';
import { authorize } from '../authorize.ts';
import type { Bus } from '../bus.ts';
import { lookUp } from '../look-up.ts';
import type { Metrics } from '../metrics.ts';
import { StorageError, type Access, type DoorStore, type DraftStore, type Log, type MeetingStore, type Subject, type VoteStore } from '../ports.ts';
import { VoteDesk } from '../votes/vote-desk.ts';
import { Gathered } from './gathered.ts';
import { HandOvers } from './hand-overs.ts';
import { InOrder, type Happened } from './in-order.ts';
import { MeetingDesk, type DeskWorld } from './meeting-desk.ts';
import { Pulses } from './pulses.ts';
import { Shares, type Share } from './shares.ts';
import { standingOf } from './standing.ts';

declare module '../bus.ts' {
	interface Told {
		'meeting.happened': Happened;
		/** something that is read from the database has changed: the door, what is hidden, how many have voted */
		'meeting.door': Id;
		'meeting.hidden': Id;
		'meeting.turnout': { meeting: Id; vote: Id };
		'meeting.late': { meeting: Id; author: Id };
		'meeting.gathered': Id;
	}
}

interface Here {
	participant: Participant;
	since: number;
	/** sees everything that happens, and is not in the meeting */
	looksOn: boolean;
	/** is shown who waits at the door */
	atDoor: boolean;
	/** somebody is writing on this page */
	writing: boolean;
	/** as this page was told last how far people are */
	toldPulse: string;
}
type MeetingSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, { subject: Subject; meetings: Map<Id, Here> }>;
type MeetingServer = Server<ClientToServer, ServerToClient, Record<string, never>, MeetingSocket['data']>;

/** The control path: who is in a meeting, who waits at its door, and what is decided about it, over socket.io. */
export function meetingSockets(
	http: HttpServer,
	{
		access,
		meetings,
		guests,
		drafts,
		log,
		metrics,
		allowances,
		arrivals,
		freshCopy,
		reveal,
		inspire,
		votes,
		candidates,
		wording,
		askRights,
		unconductedMs,
		bus
	}: {
		access: Access;
		meetings: MeetingStore;
		guests: DoorStore;
		drafts: Pick<DraftStore, 'hidden'>;
		log: Log;
		metrics: Metrics;
		allowances: Allowances;
		arrivals: Arrivals;
		freshCopy: DeskWorld['freshCopy'];
		reveal: DeskWorld['reveal'];
		/** a few of what others have written in private at an activity. Rejects with StorageError */
		inspire: (item: Id, round: string, person: Id) => Promise<Idea[]>;
		votes: VoteStore;
		candidates: DeskWorld['candidates'];
		wording: DeskWorld['wording'];
		/** rights on open documents act at once, and not with the next round */
		askRights: () => Promise<void>;
		/** {@link limits.unconductedMs} unless given */
		unconductedMs?: number | undefined;
		bus: Bus;
	}
) {
	const io: MeetingServer = new Server(http, {
		path: '/socket.io',
		serveClient: false,
		// as much as the HTTP API takes
		maxHttpBufferSize: limits.requestBytes,
		// it would end a board's upgrade that takes longer than a second; unknown paths are refused by attach
		destroyUpgrade: false,
		// socket.io's own cross-origin setting does not guard the websocket transport
		allowRequest: (request, decide) => {
			const refuse = (reason: string) => {
				// socket.io answers every refusal with this status
				metrics.count('refused_upgrades', '403');
				decide(reason, false);
			};
			if (!access.ownOrigin(request.headers)) return refuse('foreign-origin');
			rejecting(() => arrivals.admit(request.headers.cookie, (subject) => Promise.resolve(subject))).then(
				(subject) => {
					if (!subject) return refuse('signed-out');
					if (subject === 'too-many') return refuse(subject);
					Object.assign(request, { subject });
					decide(null, true);
				},
				() => refuse('storage-unavailable')
			);
		}
	});

	const inside = (meeting: Id): { socket: MeetingSocket; here: Here }[] =>
		[...io.of('/').sockets.values()].flatMap((socket) => {
			const here = socket.data.meetings.get(meeting);
			return here ? [{ socket, here }] : [];
		});

	/** Who is in a meeting by this process. */
	function presentHere(meeting: Id): Share['people'] {
		const people = new Map<Id, Share['people'][number]>();
		for (const { here } of inside(meeting)) {
			if (here.looksOn) continue;
			const { participant, since, writing } = here;
			const known = people.get(participant.id);
			if (!known || known.since > since) people.set(participant.id, { ...participant, since, writing: writing || (known?.writing ?? false) });
			else known.writing ||= writing;
		}
		return [...people.values()];
	}

	/** Who is in a meeting, and who of them is writing, by all processes. */
	function everybody(meeting: Id): Share['people'] {
		const people = new Map<Id, Share['people'][number]>();
		for (const one of [...presentHere(meeting), ...shares.of(meeting).flatMap((share) => share.people)]) {
			const known = people.get(one.id);
			const writing = one.writing || (known?.writing ?? false);
			people.set(one.id, { ...(known && known.since <= one.since ? known : one), writing });
		}
		return [...people.values()].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
	}

	const present = (meeting: Id): Present => everybody(meeting).map(({ writing: _, ...person }) => person);

	const facilitated = (meeting: Id): boolean => everybody(meeting).some(({ role }) => role === 'facilitator' || role === 'co-facilitator');

	const shares: Shares = new Shares(bus, shareOf, (meeting) => telling.ask(meeting));

	/** What this process has of a meeting at the moment; null: nothing. */
	function shareOf(meeting: Id): Share | null {
		const share = { people: presentHere(meeting), unconducted: handOvers.here(meeting), ...pulses.here(meeting) };
		return share.people.length === 0 && share.ready.length === 0 && !share.unconducted ? null : share;
	}

	const handOvers = new HandOvers(unconductedMs, Date.now, (meeting) => shares.of(meeting).flatMap(({ unconducted }) => unconducted ?? []));
	/** as everybody in a meeting was told last that nobody conducts it */
	const toldUnconducted = new Map<Id, string>();
	/** Looks who is there, and tells everybody if nobody conducts the meeting any more, or somebody does again. */
	function tellUnconducted(meeting: Id): void {
		handOvers.follow(meeting, present(meeting));
		shares.ask(meeting);
		const unconducted = handOvers.of(meeting);
		const text = JSON.stringify(unconducted);
		if (text === (toldUnconducted.get(meeting) ?? 'null')) return;
		if (unconducted) toldUnconducted.set(meeting, text);
		else toldUnconducted.delete(meeting);
		io.to(meeting).emit('meeting.unconducted', { meeting, unconducted });
	}

	const desk = new MeetingDesk({
		meetings,
		access,
		facilitated,
		silence(meeting, person) {
			handOvers.stands(standingOf(meeting));
			handOvers.follow(meeting.id, present(meeting.id));
			return handOvers.silence(meeting.id, person);
		},
		freshCopy,
		hidden: (meeting) => drafts.hidden(meeting),
		reveal,
		candidates,
		wording,
		changed(_meeting, from, events, now) {
			const happened = { from, events, now: standingOf(now) };
			bus.tell('meeting.happened', happened);
			return inOrder.happened(happened);
		}
	});

	/** Has anybody here something to do with a meeting? */
	const isHere = (meeting: Id): boolean => io.of('/').adapter.rooms.has(meeting) || shareOf(meeting) !== null;

	const inOrder = new InOrder({
		meetings,
		isHere,
		async tell({ from, events, now }) {
			const { meeting } = now;
			// whoever is told that they may write, or no longer may, finds it so; documents are open here also where the meeting is not
			if (events.some(({ name }) => changesRights.has(name))) await askRights();
			if (!isHere(meeting)) return;
			const turned = events.findLastIndex(({ name }) => name === 'step.turned' || name === 'meeting.turned');
			pulses.follow(now, turned < 0 ? null : from + turned + 1);
			io.to(meeting).emit('meeting.changed', { meeting, from, events: [...events] });
			handOvers.stands(now);
			tellUnconducted(meeting);
			beating.ask(meeting);
			if (events.some(({ name }) => name === 'drafts.revealed')) hiding.ask(meeting);
			// whoever is there when it opens has come by then; when it is closed, they stayed until then
			if (events.some(({ name }) => opensOrCloses.has(name))) attend(meeting, presentHere(meeting));
		},
		log
	});
	bus.listen('meeting.happened', (happened) => {
		inOrder.happened(happened).catch((error: unknown) => log.warn({ meeting: happened.now.meeting, error: String(error) }, 'what happened could not be told'));
	});

	const pulses = new Pulses((meeting) => shares.of(meeting));
	/** Tells everybody how far people are, each what they may know, if that has changed. */
	const beating = new Gathered<Id>(limits.pulseGapMs, (meeting) => {
		const pulseFor = pulseIn(meeting);
		for (const { socket, here } of inside(meeting)) {
			const pulse = pulseFor(here.participant);
			const text = JSON.stringify(pulse);
			if (here.toldPulse === text) continue;
			here.toldPulse = text;
			socket.emit('meeting.pulse', { meeting, pulse });
		}
	});

	/** How far people are in a meeting now, as each may know it. */
	function pulseIn(meeting: Id): (participant: Participant) => Pulse {
		const people = everybody(meeting);
		const idsOf = (some: typeof people) => new Set(some.map(({ id }) => id));
		const pulseOf = pulses.of(meeting, idsOf(people), idsOf(people.filter(({ writing }) => writing)));
		const situation = { state: 'live', archived: false, facilitated: facilitated(meeting), step: null } as const;
		return ({ id, role }) => pulseOf(id, may({ role, administrator: false }, 'step.turn', situation));
	}

	/** Tells everybody what is hidden. */
	const hiding = new Gathered<Id>(limits.pulseGapMs, (meeting) => {
		if (!isHere(meeting)) return;
		rejecting(() => drafts.hidden(meeting)).then(
			(hidden) => io.to(meeting).emit('meeting.hidden', { meeting, hidden }),
			(error: unknown) => log.warn({ meeting, error: String(error) }, 'what is hidden could not be read')
		);
	});
	const turnout = new Gathered<Id>(limits.turnoutGapMs, (vote) => {
		rejecting(async () => {
			const box = await votes.box(vote);
			if (box) io.to(box.meeting).emit('vote.turnout', { meeting: box.meeting, vote, ...(await votes.turnout(vote)) });
		}).catch((error: unknown) => log.warn({ vote, error: String(error) }, 'how many have voted could not be told'));
	});
	const voteDesk = new VoteDesk({
		votes,
		access,
		turnoutChanged(meeting, vote) {
			bus.tell('meeting.turnout', { meeting, vote });
			turnout.ask(vote);
		}
	});
	bus.listen('meeting.hidden', (meeting) => hiding.ask(meeting));
	bus.listen('meeting.turnout', ({ meeting, vote }) => void (isHere(meeting) && turnout.ask(vote)));
	bus.listen('meeting.door', (meeting) => tellDoor(meeting, true));
	bus.listen('meeting.late', ({ meeting, author }) => tellLateHere(meeting, author));
	bus.listen('meeting.gathered', (meeting) => void io.to(meeting).emit('meeting.gathered', { meeting }));

	/** Notes who is there, if the meeting is live; what cannot be noted now is with the next time. */
	function attend(meeting: Id, people: readonly Participant[]): void {
		rejecting(() => meetings.attend(meeting, people, limits.attendanceGapMs)).catch((error: unknown) =>
			log.warn({ meeting, error: String(error) }, 'who is there could not be noted')
		);
	}

	/** Tells an author, and whoever may decide, of a late contribution. */
	function tellLate(meeting: Id, author: Id): void {
		bus.tell('meeting.late', { meeting, author });
		tellLateHere(meeting, author);
	}

	function tellLateHere(meeting: Id, author: Id): void {
		const situation = { state: null, archived: false, facilitated: facilitated(meeting), step: null };
		for (const socket of io.of('/').sockets.values()) {
			const here = socket.data.meetings.get(meeting)?.participant;
			if (here && (here.id === author || may({ role: here.role, administrator: false }, 'late.decide', situation))) socket.emit('meeting.late', { meeting });
		}
	}

	/** who is in each meeting, as everybody there was told last */
	const told = new Map<Id, string>();
	const telling = new Gathered<Id>(limits.presentGapMs, (meeting) => {
		const people = present(meeting);
		const list = JSON.stringify(people);
		if (list !== (told.get(meeting) ?? '[]')) io.to(meeting).emit('meeting.present', { meeting, present: people });
		if (people.length > 0) told.set(meeting, list);
		else {
			told.delete(meeting);
			pulses.forget(meeting);
			if (!isHere(meeting)) inOrder.forget(meeting);
		}
		beating.ask(meeting);
		tellUnconducted(meeting);
		// a chair is at the door only as long as no facilitator is in the meeting
		tellDoor(meeting, false);
	});
	/** Two hundred who come back at once are a few lists, and whoever enters ever again is none. */
	const tell = (meeting: Id) => telling.ask(meeting);

	/** Shows who waits at the door to whoever may let them in: to all of them if something changed there, else to those who may only now. */
	function tellDoor(meeting: Id, changed: boolean): void {
		const situation = { state: null, archived: false, facilitated: facilitated(meeting), step: null };
		const told: MeetingSocket[] = [];
		for (const socket of io.of('/').sockets.values()) {
			const here = socket.data.meetings.get(meeting);
			if (!here) continue;
			const sees = may({ role: here.participant.role, administrator: false }, 'guests.change', situation);
			if (!sees && here.atDoor) socket.emit('meeting.door', { meeting, waiting: [] });
			if (sees && (changed || !here.atDoor)) told.push(socket);
			here.atDoor = sees;
		}
		if (told.length === 0) return;
		rejecting(() => guests.waiting(meeting)).then(
			(waiting) => {
				for (const socket of told) if (socket.data.meetings.get(meeting)?.atDoor) socket.emit('meeting.door', { meeting, waiting });
			},
			(error: unknown) => {
				log.warn({ meeting, error: String(error) }, 'who waits at the door could not be read');
				// the next sweep shows it to them
				for (const socket of told) {
					const here = socket.data.meetings.get(meeting);
					if (here) here.atDoor = false;
				}
			}
		);
	}

	function leave(socket: MeetingSocket, meeting: Id): void {
		const here = socket.data.meetings.get(meeting);
		if (!here) return;
		socket.data.meetings.delete(meeting);
		void socket.leave(meeting);
		if (here.looksOn) return;
		attend(meeting, [here.participant]);
		tell(meeting);
	}

	const handlers: { [Name in RequestName]: (socket: MeetingSocket, request: RequestOf<Name>) => Promise<Answers[Name] | Refusal> } = {
		async 'meeting.enter'(socket, { meeting: id, looksOn = false }) {
			const found = await access.meeting(socket.data.subject, id);
			// it may have gone meanwhile: what it joined then, nobody would leave
			if (!found || !socket.connected) return 'not-found';
			const before = socket.data.meetings.get(id);
			if (before?.looksOn === false && looksOn) leave(socket, id);
			const since = before?.looksOn === looksOn ? before.since : Date.now();
			socket.data.meetings.set(id, { participant: found.participant, since, looksOn, atDoor: false, writing: false, toldPulse: '' });
			await socket.join(id);
			if (looksOn) tellDoor(id, false);
			if (!looksOn) {
				attend(id, [found.participant]);
				tell(id);
			}
			// read once more: what happened between the first time and joining was told to others alone
			const [meeting, hidden] = await Promise.all([meetings.find(id).then((now) => now ?? found.meeting), drafts.hidden(id)]);
			pulses.follow(standingOf(meeting), null);
			await inOrder.read(id, meeting.version);
			// whoever only looks on casts no ballot, and would learn of no turnout before the next one
			const open = looksOn ? openVote(meeting) : null;
			if (open) turnout.ask(open.id);
			handOvers.stands(standingOf(meeting));
			tellUnconducted(id);
			const people = present(id);
			// it is shown what nobody was told: whatever it has become when the gap ends, everybody is told of it
			if (JSON.stringify(people) !== (told.get(id) ?? '[]')) told.set(id, '');
			return { meeting, present: people, now: Date.now(), pulse: pulseIn(id)(found.participant), hidden, unconducted: handOvers.of(id) };
		},
		async 'meeting.leave'(socket, { meeting }) {
			leave(socket, meeting);
			return null;
		},
		async 'meeting.signal'(socket, { meeting, writing, ready }) {
			const here = socket.data.meetings.get(meeting);
			if (!here || here.looksOn) return 'not-found';
			if (writing !== undefined) here.writing = writing;
			if (ready !== undefined) pulses.say(meeting, here.participant.id, ready);
			shares.ask(meeting);
			beating.ask(meeting);
			return null;
		},
		async 'meeting.gather'({ data: { subject } }, { meeting }) {
			const standing = await authorize(access, subject, 'meeting.gather', { meeting }, facilitated(meeting));
			if (typeof standing === 'string') return standing;
			bus.tell('meeting.gathered', meeting);
			io.to(meeting).emit('meeting.gathered', { meeting });
			return null;
		},
		async 'meeting.consent'(socket, { meeting, person, agrees }) {
			const here = socket.data.meetings.get(meeting);
			if (!here || here.looksOn) return 'not-found';
			handOvers.follow(meeting, present(meeting));
			const refusal = handOvers.say(meeting, here.participant.id, person, agrees);
			tellUnconducted(meeting);
			return refusal;
		},
		async 'meeting.command'({ data: { subject } }, { meeting, id, command }) {
			const done = await desk.command(subject, meeting, id, command);
			return typeof done === 'string' ? done : { version: done.version, into: done.into };
		},
		async 'drafts.inspire'({ data: { subject } }, { meeting: id, item }) {
			const standing = await authorize(access, subject, 'drafts.write', { meeting: id });
			if (typeof standing === 'string') return standing;
			const meeting = await meetings.find(id);
			const point = meeting && presentPoint(meeting);
			const step = point?.id === item ? presentStep(point) : null;
			// drawn once for all that is revealed together: going to and fro between steps draws no others
			return { ideas: step?.edit && isInspiring(step) ? await inspire(item, `${item} ${point!.reveals}`, subject.person) : [] };
		},
		'ballot.cast': ({ data: { subject } }, { meeting, ...ballot }) => voteDesk.cast(subject, meeting, ballot),
		'ballot.own': ({ data: { subject } }, { meeting, vote }) => voteDesk.own(subject, meeting, vote),
		'ballot.sign': ({ data: { subject } }, { meeting, ...asked }) => voteDesk.sign(subject, meeting, asked),
		'ballot.list': ({ data: { subject } }, { meeting, vote }) => voteDesk.list(subject, meeting, vote)
	};

	/** Nothing that a client sends, or leaves out, may throw out of a handler: that would end the process. */
	function listen<Name extends RequestName>(socket: MeetingSocket, name: Name): void {
		const take = async (request: unknown, answer: unknown) => {
			const send = typeof answer === 'function' ? (answer as (answer: Answer<Name>) => void) : () => {};
			const reply = (answer: Answer<Name>) => {
				if (!answer.ok) metrics.count('refused_requests', answer.refusal);
				send(answer);
			};
			if (allowances.of(socket.data.subject.person).waitMs('commands') > 0) return reply({ ok: false, refusal: 'too-many' });
			try {
				const parsed = requests[name].safeParse(request);
				if (!parsed.success) return reply({ ok: false, refusal: 'malformed' });
				const value = await handlers[name](socket, parsed.data as RequestOf<Name>);
				reply(typeof value === 'string' ? { ok: false, refusal: value } : { ok: true, value });
			} catch (error) {
				log.warn({ request: name, error: String(error) }, 'a request of a meeting socket failed');
				reply({ ok: false, refusal: error instanceof StorageError && error.full ? 'storage-full' : 'storage-unavailable' });
			}
		};
		(socket as unknown as { on(name: string, listener: (request: unknown, answer: unknown) => void): void }).on(
			name,
			(request, answer) => void take(request, answer)
		);
	}

	io.on('connection', (socket) => {
		socket.data.subject = (socket.request as unknown as { subject: Subject }).subject;
		socket.data.meetings = new Map();
		const { person } = socket.data.subject;
		const beside = [...io.of('/').sockets.values()].filter((other) => other.data.subject.person === person && other !== socket).length;
		if (beside >= limits.socketsPerPerson) return socket.conn.close(true);
		// whatever arrives counts, whether or not it means something
		socket.conn.on('packet', () => {
			const allowance = allowances.of(person);
			allowance.take('commands', 1);
			if (allowance.waitMs('commands') > limits.commandDebtMs) socket.conn.close(true);
		});
		for (const name of Object.keys(requests) as RequestName[]) listen(socket, name);
		socket.on('disconnect', () => {
			for (const meeting of [...socket.data.meetings.keys()]) leave(socket, meeting);
		});
	});

	/** Takes somebody out of a meeting, and says why. */
	async function showOut(socket: MeetingSocket, meeting: Id): Promise<void> {
		leave(socket, meeting);
		const reason = await rejecting(() => guests.whyOut(meeting, socket.data.subject.person)).catch(() => 'removed' as const);
		socket.emit('meeting.out', { meeting, reason });
	}

	/** Asks anew what everybody may, so that an ended session or a removal acts on open sockets. */
	async function sweep(): Promise<void> {
		for (const { conn } of io.of('/').sockets.values()) if (waitingIn(conn) > limits.bufferedBytes) conn.close(true);
		const asked = [...io.of('/').sockets.values()].flatMap((socket) => [...socket.data.meetings.keys()].map((meeting) => ({ socket, meeting })));
		if (asked.length === 0) return;
		const found = await access.meetings(asked.map(({ socket, meeting }) => ({ subject: socket.data.subject, meeting })));
		const others = new Set<Id>();
		asked.forEach(({ socket, meeting }, i) => {
			const participant = found[i];
			if (!socket.data.meetings.has(meeting)) return;
			if (participant === 'signed-out') {
				socket.emit('signed-out');
				socket.disconnect(true);
			} else if (!participant) void showOut(socket, meeting);
			else {
				const here = socket.data.meetings.get(meeting)!;
				if (here.participant.role !== participant.role) others.add(meeting);
				here.participant = participant;
			}
		});
		// what somebody may do follows from what they are
		for (const meeting of others) tell(meeting);
		for (const meeting of new Set(asked.map(({ meeting }) => meeting))) tellDoor(meeting, false);
	}

	let sweeping: ReturnType<typeof setTimeout> | undefined;
	let stopped = false;
	const sweepLater = () => {
		if (stopped) return;
		sweeping = setTimeout(() => {
			sweep()
				.catch((error: unknown) => log.warn({ error: String(error) }, 'rights could not be asked anew'))
				.finally(sweepLater);
		}, limits.rightsSweepMs);
		sweeping.unref();
	};
	sweepLater();

	const noting = setInterval(() => {
		const inMeetings = new Set([...io.of('/').sockets.values()].flatMap((socket) => [...socket.data.meetings.keys()]));
		for (const meeting of inMeetings) attend(meeting, presentHere(meeting));
	}, limits.attendanceEveryMs);
	noting.unref();

	/** Tells what other processes have done, if they could not. */
	async function lookForOthers(missed: boolean): Promise<void> {
		try {
			await inOrder.lookUp();
			const here = [...inOrder.meetings];
			if (!missed || here.length === 0) return;
			for (const meeting of here) {
				hiding.ask(meeting);
				tellDoor(meeting, true);
				// what becomes of late words waits until others can be heard again
				if (bus.isUp) io.to(meeting).emit('meeting.late', { meeting });
			}
			for (const vote of await votes.open(here)) turnout.ask(vote);
		} catch (error) {
			log.warn({ error: String(error) }, 'what other processes have done could not be looked up');
		}
	}
	const stopLooking = lookUp(bus, lookForOthers);

	return {
		desk,
		votes: voteDesk,
		facilitated,
		tellLate,
		/** There is more or less in this meeting that was written in private. */
		hiddenChanged(meeting: Id): void {
			bus.tell('meeting.hidden', meeting);
			hiding.ask(meeting);
		},
		/** Somebody came to the door of a meeting, or is not there any more. */
		doorChanged(meeting: Id): void {
			bus.tell('meeting.door', meeting);
			tellDoor(meeting, true);
		},
		stop(): void {
			stopped = true;
			clearTimeout(sweeping);
			clearInterval(noting);
			stopLooking();
			shares.stop();
			telling.stop();
			beating.stop();
			hiding.stop();
			turnout.stop();
			io.disconnectSockets(true);
			io.engine.close();
		},
		*people(): Generator<Id> {
			for (const socket of io.of('/').sockets.values()) yield socket.data.subject.person;
		},
		get connections() {
			return io.of('/').sockets.size;
		}
	};
}

const opensOrCloses: ReadonlySet<EventName> = new Set(['meeting.opened', 'meeting.closed', 'meeting.reopened']);
/** What somebody may write follows from these. */
const changesRights: ReadonlySet<EventName> = new Set([...opensOrCloses, 'meeting.turned', 'step.turned', 'step.switched', 'agenda.changed']);

/** Letters that a client has not taken yet; engine.io keeps them without a limit, and does not show them. */
function waitingIn(conn: MeetingSocket['conn']): number {
	const { writeBuffer } = conn as unknown as { writeBuffer: readonly { data?: unknown }[] };
	return writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0);
}

/** A call of a port that rejects also where the port itself throws: out of a socket's event or a timer that would end the process. */
const rejecting = async <T>(call: () => Promise<T>): Promise<T> => call();
