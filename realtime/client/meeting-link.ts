import type { CommandInput, CommandName } from '#realtime/meeting/commands.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type {
	Answer,
	Answers,
	ClientToServer,
	Hidden,
	OutReason,
	Present,
	Pulse,
	Refusal,
	RequestName,
	RequestOf,
	ServerToClient,
	Unconducted,
	Turnout,
	Waiting
} from '#realtime/protocol/control.ts';
import { io } from 'socket.io-client';
import { drawId } from './draw-id.ts';

/** How a page's place in a meeting stands; `ended`: it does not come back by itself. */
export type MeetingConnection = 'connecting' | 'online' | 'offline' | 'ended';

/** What became of something that was asked; `unanswered`: nobody knows, the server did not say in time. */
export type AskAnswer<Name extends RequestName> = { ok: true; value: Answers[Name] } | { ok: false; refusal: Exclude<Refusal, 'too-many'> | 'unanswered' };

/** What became of a command. */
export type CommandAnswer = AskAnswer<'meeting.command'>;

/** What is asked beside commands; all of it may be asked again without having another effect. */
export type Question = Extract<RequestName, `ballot.${string}` | 'drafts.inspire'>;

/** Why a place in a meeting has ended; `not-found`: the meeting is not there, or nothing to this person. */
export type EndReason = 'signed-out' | 'not-found' | OutReason;

/** What a meeting link needs of socket.io's socket; tests bring one of their own. */
export interface MeetingSocket {
	on<Name extends keyof ServerToClient>(name: Name, listener: ServerToClient[Name]): unknown;
	on(name: 'connect' | 'disconnect', listener: () => void): unknown;
	emit<Name extends keyof ClientToServer>(name: Name, ...sent: Parameters<ClientToServer[Name]>): unknown;
	close(): unknown;
	connect(): unknown;
}

/** One page's place in a meeting. */
export interface MeetingLink {
	/**
	 * Asks for something, and resolves with what became of it. Through lost connections it is sent again under the same
	 * id, so that it happens once; after a while without an answer it is given up.
	 */
	command<Name extends CommandName>(name: Name, body: CommandInput<Name>): Promise<CommandAnswer>;
	/** Says that this person is writing, or ready to go on, or no longer. Whoever is not in the meeting at the moment says nothing. */
	signal(state: { writing?: boolean; ready?: boolean }): void;
	/** Asks everybody who looks elsewhere to come to where the meeting is. */
	gather(): void;
	/** Says whether one wants this person to conduct the meeting that nobody conducts; of oneself, it asks the others. */
	consent(person: Id, agrees: boolean): void;
	/** Asks something about a vote, or for ideas, as `command` does: through lost connections, and with one effect. A ballot that is cast carries its id. */
	ask<Name extends Question>(name: Name, body: Omit<RequestOf<Name>, 'meeting'>): Promise<AskAnswer<Name>>;
	/** From now on this page is in the meeting, or only looks on: who looks on is told everything and shown to nobody. */
	takePart(part: boolean): void;
	/** The person whose session had ended is signed in again: enters anew. */
	resume(): void;
	leave(): void;
}

/**
 * Enters a meeting and stays in it, through lost connections, until `leave`. What has happened to the meeting is
 * carried out here as on the server; whoever has missed something enters anew.
 */
export function enterMeeting(options: {
	/** the server's origin, such as https://example.org; the page's own unless given */
	url?: string;
	meeting: Id;
	/** false: it looks on without being in the meeting */
	takesPart?: boolean;
	/** called with the meeting and who is there, whenever either changed */
	changed: (state: { present: Present; meeting: Meeting }) => void;
	/** called with what has just happened to it; what was missed is not told one by one */
	happened?: (events: readonly MeetingEvent[], meeting: Meeting) => void;
	/** called when late contributions that concern this person came, or were decided about; and whenever one may have been missed */
	late?: () => void;
	connection?: (connection: MeetingConnection) => void;
	/** called with how far the server's clock is ahead of this one's, in milliseconds, with every entry */
	clock?: (aheadMs: number) => void;
	/** called with how far people are at the step at hand, whenever that has changed */
	pulse?: (pulse: Pulse) => void;
	/** called when nobody conducts the meeting any more, with who wants to, and with null when somebody does again; and with every entry */
	unconducted?: (unconducted: Unconducted | null) => void;
	/** called with what people have written in private, whenever that has changed */
	hidden?: (hidden: readonly Hidden[]) => void;
	/** called when whoever conducts the meeting asks everybody to come to where it is */
	gathered?: () => void;
	/** called with how many have voted by now in a vote that is open, with every ballot but gathered */
	turnout?: (vote: Id, turnout: Turnout) => void;
	/** called with who waits at the door, if this person may let them in, and again with every change */
	door?: (waiting: readonly Waiting[]) => void;
	/** called if the session ended, or the meeting is nothing to this person any more */
	ended: (reason: EndReason) => void;
	/** for clients that are no browser: the session's cookie */
	cookie?: string;
	/** socket.io's unless given */
	connect?: () => MeetingSocket;
	newId?: () => Id;
}): MeetingLink {
	const { meeting: id, changed, happened = () => {}, ended, door = () => {}, newId = drawId } = options;
	const socket = (options.connect ?? (() => openSocket(options.url, options.cookie)))();

	let meeting: Meeting | null = null;
	let present: Present = [];
	let takesPart = options.takesPart ?? true;
	let connected = false;
	/** what is told while the answer to `meeting.enter` is under way */
	let told: { from: number; events: MeetingEvent[] }[] | null = null;
	let entries = 0;
	let connection: MeetingConnection = 'connecting';
	/** it ended with the session, and the page has not left */
	let resumable = false;
	const unanswered = new Map<Id, { name: RequestName; request: unknown; answer: (answer: AskAnswer<RequestName>) => void }>();
	const timers = new Set<ReturnType<typeof setTimeout>>();

	function report(next: MeetingConnection): void {
		if (connection === next || connection === 'ended') return;
		connection = next;
		options.connection?.(next);
	}

	function later(work: () => void, ms: number): void {
		const timer = setTimeout(() => {
			timers.delete(timer);
			work();
		}, ms);
		timers.add(timer);
	}

	function end(reason: EndReason): void {
		if (connection === 'ended') return;
		report('ended');
		resumable = reason === 'signed-out';
		close();
		ended(reason);
	}

	function close(): void {
		socket.close();
		for (const timer of timers) clearTimeout(timer);
		timers.clear();
		for (const { answer } of [...unanswered.values()]) answer({ ok: false, refusal: 'unanswered' });
	}

	function enter(): void {
		const entry = ++entries;
		told = [];
		socket.emit('meeting.enter', { meeting: id, ...(!takesPart && { looksOn: true }) }, (answer: Answer<'meeting.enter'>) => {
			// a later one is under way, or the connection is a new one
			if (entry !== entries || connection === 'ended') return;
			if (!answer.ok) {
				if (answer.refusal === 'not-found' || answer.refusal === 'signed-out') return end(answer.refusal);
				return later(() => entry === entries && connected && enter(), limits.askAgainMs);
			}
			const meanwhile = told ?? [];
			told = null;
			({ meeting, present } = answer.value);
			options.clock?.(answer.value.now - Date.now());
			options.pulse?.(answer.value.pulse);
			options.hidden?.(answer.value.hidden);
			options.unconducted?.(answer.value.unconducted);
			report('online');
			changed({ meeting, present });
			options.late?.();
			for (const message of meanwhile) take(message);
		});
	}

	function take({ from, events }: { from: number; events: MeetingEvent[] }): void {
		if (told) return void told.push({ from, events });
		if (!meeting) return;
		const known = meeting.version - from;
		if (known >= events.length) return;
		if (known < 0) return enter();
		const fresh = events.slice(known);
		meeting = fresh.reduce<Meeting | null>(evolve, meeting)!;
		changed({ meeting, present });
		happened(fresh, meeting);
	}

	function send(askedId: Id): void {
		const pending = unanswered.get(askedId);
		if (!pending) return;
		socket.emit(pending.name, pending.request as never, (answer: Answer<RequestName>) => {
			if (answer.ok) return unanswered.get(askedId)?.answer(answer);
			const { refusal } = answer;
			// it may have been carried out or not: the same id asks for the same again
			if (refusal === 'storage-unavailable' || refusal === 'too-many') return later(() => connected && send(askedId), limits.askAgainMs);
			unanswered.get(askedId)?.answer({ ok: false, refusal });
		});
	}

	/** Sends a request until it is answered, and gives it up after a while. */
	function ask<Name extends RequestName>(name: Name, askedId: Id, request: unknown): Promise<AskAnswer<Name>> {
		return new Promise((resolve) => {
			if (connection === 'ended') return resolve({ ok: false, refusal: 'unanswered' });
			const answer = (answer: AskAnswer<RequestName>) => {
				if (unanswered.delete(askedId)) resolve(answer as AskAnswer<Name>);
			};
			unanswered.set(askedId, { name, request, answer });
			later(() => answer({ ok: false, refusal: 'unanswered' }), limits.commandPatienceMs);
			if (connected) send(askedId);
		});
	}

	socket.on('meeting.late', (message) => {
		if (message.meeting === id) options.late?.();
	});
	socket.on('connect', () => {
		connected = true;
		enter();
		for (const askedId of unanswered.keys()) send(askedId);
	});
	socket.on('disconnect', () => {
		connected = false;
		entries++;
		told = null;
		report('offline');
	});
	socket.on('meeting.present', (message) => {
		if (message.meeting !== id) return;
		present = message.present;
		if (meeting) changed({ meeting, present });
	});
	socket.on('meeting.changed', (message) => {
		if (message.meeting === id) take(message);
	});
	socket.on('meeting.pulse', (message) => {
		if (message.meeting === id) options.pulse?.(message.pulse);
	});
	socket.on('meeting.gathered', (message) => {
		if (message.meeting === id) options.gathered?.();
	});
	socket.on('meeting.unconducted', (message) => {
		if (message.meeting === id) options.unconducted?.(message.unconducted);
	});
	socket.on('meeting.hidden', (message) => {
		if (message.meeting === id) options.hidden?.(message.hidden);
	});
	socket.on('meeting.door', (message) => {
		if (message.meeting === id) door(message.waiting);
	});
	socket.on('vote.turnout', ({ meeting, vote, voted, entitled }) => {
		if (meeting === id) options.turnout?.(vote, { voted, entitled });
	});
	socket.on('meeting.out', (message) => {
		if (message.meeting === id) end(message.reason);
	});
	socket.on('signed-out', () => end('signed-out'));

	return {
		command(name, body) {
			const commandId = newId();
			return ask('meeting.command', commandId, { meeting: id, id: commandId, command: { name, body } });
		},
		ask: (name, body) => ask(name, newId(), { meeting: id, ...body }),
		signal(state) {
			if (connection === 'online' && takesPart) socket.emit('meeting.signal', { meeting: id, ...state }, () => {});
		},
		consent(person, agrees) {
			if (connection === 'online' && takesPart) socket.emit('meeting.consent', { meeting: id, person, agrees }, () => {});
		},
		gather() {
			if (connection === 'online') socket.emit('meeting.gather', { meeting: id }, () => {});
		},
		takePart(part) {
			if (part === takesPart) return;
			takesPart = part;
			if (connected) enter();
		},
		resume() {
			if (!resumable) return;
			resumable = false;
			connection = 'connecting';
			options.connection?.(connection);
			socket.connect();
		},
		leave() {
			resumable = false;
			connection = 'ended';
			close();
		}
	};
}

function openSocket(url = '', cookie?: string): MeetingSocket {
	const socket = io(url, {
		path: '/socket.io',
		transports: ['websocket'],
		reconnectionDelayMax: 5_000,
		...(cookie === undefined ? {} : { extraHeaders: { cookie } })
	});
	// after a server that stops has said goodbye, socket.io does not come back by itself
	socket.on('disconnect', (reason) => void (reason === 'io server disconnect' && socket.connect()));
	return socket as MeetingSocket;
}
