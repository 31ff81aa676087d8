import { eq, sql } from 'drizzle-orm';
import { createFounding } from '#db/seed/founding.ts';
import { attendances } from '#db/schema/meetings.ts';
import { memberships } from '#db/schema/think-tanks.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits, rates } from '#realtime/meeting/limits.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { Present } from '#realtime/protocol/control.ts';
import { newId } from '#server/auth/tokens.ts';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startEmbedded, type TestDatabase } from '../support/databases.ts';
import { serveLive, type LiveServer } from '../support/live-server.ts';

/** Meetings over real sockets, on a real database. */

let embedded: TestDatabase;
let server: LiveServer;
let founding: Awaited<ReturnType<typeof createFounding>>;
let facilitator: Somebody;
const open: MeetingLink[] = [];

interface Somebody {
	id: Id;
	cookie: string;
}

/** A page of somebody, and what it has seen. */
interface Page {
	link: MeetingLink;
	meeting: Meeting | null;
	present: Present;
	happened: string[];
	ended: string | null;
}

beforeAll(async () => {
	embedded = await startEmbedded();
	server = await serveLive(embedded.database);
}, 60_000);
afterAll(async () => {
	await server.stop();
	await embedded.stop();
});

beforeEach(async () => {
	facilitator = await arrive();
	founding = await createFounding(embedded.database, { facilitator: facilitator.id, language: 'fa', newId });
});
afterEach(() => {
	for (const link of open.splice(0)) link.leave();
});

async function arrive(role?: MemberRole): Promise<Somebody> {
	const id = newId();
	await embedded.database.people.create({ id, name: { fa: 'کسی' }, province: 'IR-21' });
	if (role) await embedded.database.thinkTanks.addMember(founding.thinkTank, id, role);
	return { id, cookie: await server.signIn(id) };
}

function enter({ cookie }: Somebody, { takesPart = true } = {}): Page {
	const page: Page = { meeting: null, present: [], happened: [], ended: null } as unknown as Page;
	page.link = enterMeeting({
		url: server.origin,
		meeting: founding.meeting,
		cookie,
		takesPart,
		changed: ({ meeting, present }) => Object.assign(page, { meeting, present }),
		happened: (events) => page.happened.push(...events.map(({ name }) => name)),
		ended: (reason) => (page.ended = reason)
	});
	open.push(page.link);
	return page;
}

async function entered(who: Somebody, options?: { takesPart?: boolean }): Promise<Page> {
	const page = enter(who, options);
	await until(() => expect(page.meeting).not.toBeNull());
	return page;
}

/** A socket of a client that is not ours. */
async function bare({ cookie }: Somebody): Promise<ReturnType<typeof io>> {
	const socket = io(server.origin, { path: '/socket.io', transports: ['websocket'], extraHeaders: { cookie }, reconnection: false });
	await new Promise<void>((resolve) => socket.on('connect', () => resolve()));
	return socket;
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 10 });
const stored = () => embedded.database.meetings.find(founding.meeting);
const refusalOf = async (answer: ReturnType<MeetingLink['command']>) => {
	const given = await answer;
	return given.ok ? null : given.refusal;
};

test('MEET-30 what one decides both see, and so does the database', async () => {
	const member = await arrive('member');
	const [desk, seat] = [await entered(facilitator), await entered(member)];
	const [first, second] = desk.meeting!.agenda;
	expect((await desk.link.command('agenda.move', { item: second!.id, before: first!.id })).ok).toBe(true);
	expect((await desk.link.command('meeting.describe', { place: 'تالار تعاون' })).ok).toBe(true);
	const draft = { kind: 'brainstorm', title: { fa: 'بارش' }, minutes: 20, columns: [{ id: 'ideas', title: 'پیشنهادها' }] } as const;
	expect((await desk.link.command('agenda.add', { ...draft, columns: [...draft.columns] })).ok).toBe(true);
	await until(() => expect(seat.meeting!.version).toBe(desk.meeting!.version));
	expect(seat.meeting).toEqual(desk.meeting);
	expect(seat.happened).toEqual(['agenda.moved', 'meeting.described', 'agenda.added']);
	expect(await stored()).toEqual(seat.meeting);
});

test('MEET-30 pages come back by themselves to a server that was stopped in order and started again', async () => {
	const member = await arrive('member');
	const pages = [await entered(facilitator)];
	// of many, some hear the server say goodbye, and some only find it gone
	while (pages.length < 12) pages.push(await entered(member));
	await server.stop();
	server = await serveLive(embedded.database, { port: Number(new URL(server.origin).port) });
	expect(await pages[0]!.link.command('meeting.describe', { place: 'تالار تعاون' })).toMatchObject({ ok: true });
	await until(() => expect(pages.map(({ meeting }) => meeting!.place)).toEqual(pages.map(() => 'تالار تعاون')));
	expect(pages.map(({ ended }) => ended)).toEqual(pages.map(() => null));
});

test('MEET-30 two facilitators who decide at once see the same in the end', async () => {
	const other = await arrive('facilitator');
	const [one, two] = [await entered(facilitator), await entered(other)];
	const ids = one.meeting!.agenda.map(({ id }) => id);
	const asked = ids.flatMap((id, i) => [
		one.link.command('agenda.move', { item: id, before: ids[(i + 2) % ids.length] === id ? null : ids[(i + 2) % ids.length]! }),
		two.link.command('agenda.change', { item: id, minutes: 5 + i }),
		two.link.command('agenda.remove', { item: ids[0]! })
	]);
	const answers = await Promise.all(asked);
	// one took a point away: what the other still asks of it says so
	expect(new Set(answers.map((answer) => (answer.ok ? 'done' : answer.refusal)))).toEqual(new Set(['done', 'no-such-item']));
	await until(() => expect(one.meeting!.version).toBe(two.meeting!.version));
	expect(one.meeting).toEqual(two.meeting);
	expect(await stored()).toEqual(one.meeting);
});

test('MEET-31 the same id sent twice happens once, and is answered alike', async () => {
	const { cookie } = facilitator;
	const socket = io(server.origin, { path: '/socket.io', transports: ['websocket'], extraHeaders: { cookie } });
	const page = await entered(facilitator);
	const request = {
		meeting: founding.meeting,
		id: newId(),
		command: { name: 'agenda.add', body: { kind: 'discussion', title: { fa: 'یک بار' }, minutes: 10 } }
	};
	const answers = await Promise.all([1, 2, 3].map(() => socket.emitWithAck('meeting.command', request)));
	socket.close();
	expect(answers[0]).toMatchObject({ ok: true });
	expect(answers).toEqual([answers[0], answers[0], answers[0]]);
	await until(() => expect(page.meeting!.agenda.filter(({ title }) => title.fa === 'یک بار')).toHaveLength(1));
	expect(page.happened).toEqual(['agenda.added']);
});

test('MEET-33 a lowered role acts on the next command, and everybody is shown it', async () => {
	const page = await entered(facilitator);
	const seat = await entered(await arrive('member'));
	await embedded.database.connection.run(({ orm }) => orm.update(memberships).set({ role: 'observer' }).where(eq(memberships.personId, facilitator.id)));
	expect(await refusalOf(page.link.command('meeting.close', {}))).toBe('not-allowed');
	await until(() => expect(seat.present.find(({ id }) => id === facilitator.id)?.role).toBe('observer'));
	expect((await stored())!.state).toBe('live');
});

test('MEET-33 a closed meeting takes nothing but to be reopened', async () => {
	const [desk, seat] = [await entered(facilitator), await entered(await arrive('member'))];
	expect((await desk.link.command('meeting.close', {})).ok).toBe(true);
	await until(() => expect(seat.meeting!.state).toBe('closed'));
	expect(await refusalOf(seat.link.command('agenda.propose', { kind: 'vote', title: { fa: 'دیر' }, minutes: 5 }))).toBe('meeting-closed');
	expect(await refusalOf(desk.link.command('meeting.describe', { place: 'جای دیگر' }))).toBe('meeting-closed');
	expect((await desk.link.command('meeting.reopen', {})).ok).toBe(true);
	await until(() => expect(seat.meeting!.state).toBe('live'));
	expect(seat.meeting).toEqual(await stored());
});

test('MEET-30 a meeting that is nothing to somebody is not there for them', async () => {
	const stranger = enter(await arrive());
	await until(() => expect(stranger.ended).toBe('not-found'));
	expect(stranger.meeting).toBeNull();
});

test('MEET-32 who looks on is told everything, shown to nobody, and noted nowhere', async () => {
	const desk = await entered(facilitator);
	const member = await arrive('member');
	const looker = await entered(member, { takesPart: false });
	expect(looker.present.map(({ id }) => id)).toEqual([facilitator.id]);
	await desk.link.command('meeting.describe', { minutes: 45 });
	await until(() => expect(looker.meeting!.minutes).toBe(45));
	looker.link.takePart(true);
	await until(() => expect(desk.present.map(({ id }) => id)).toEqual([facilitator.id, member.id]));
	looker.link.takePart(false);
	await until(() => expect(desk.present.map(({ id }) => id)).toEqual([facilitator.id]));
	const [noted] = (await attendance()).filter(({ id }) => id === member.id);
	expect(noted!.stretches).toHaveLength(1);
});

const attendance = () => embedded.database.meetings.attendance(founding.meeting);
/** Everything that was noted, and when the meeting began, moved back by this. */
const goBack = (seconds: number) =>
	embedded.database.connection.run(({ orm }) =>
		orm
			.update(attendances)
			.set({
				cameAt: sql`${attendances.cameAt} - make_interval(secs => ${seconds})` as never,
				seenAt: sql`${attendances.seenAt} - make_interval(secs => ${seconds})` as never
			})
			.where(eq(attendances.meetingId, founding.meeting))
	);

test('MEET-34 who was there, from where, from when to when', async () => {
	const desk = await entered(facilitator);
	const member = await arrive('member');
	const seat = await entered(member);
	await until(async () =>
		expect(await attendance()).toMatchObject([
			{ id: facilitator.id, role: 'facilitator' },
			{ id: member.id, role: 'member', province: 'IR-21' }
		])
	);
	// an hour later the member leaves
	await goBack(limits.attendanceGapMs / 1_000 - 5);
	seat.link.leave();
	await until(async () => {
		const [, { stretches } = { stretches: [] }] = await attendance();
		expect(stretches).toHaveLength(1);
		expect(stretches[0]!.to - stretches[0]!.from).toBeGreaterThan(limits.attendanceGapMs - 10_000);
	});
	// away for long: another stretch
	await goBack(limits.attendanceGapMs / 1_000 + 5);
	await entered(member);
	await until(async () => expect((await attendance()).find(({ id }) => id === member.id)!.stretches).toHaveLength(2));
	// closing draws out to the end and notes nobody from then on
	await desk.link.command('meeting.close', {});
	await until(async () => {
		const { closedAt } = (await stored())!;
		expect((await attendance()).find(({ id }) => id === member.id)!.stretches.at(-1)!.to).toBe(closedAt);
	});
	const late = await arrive('member');
	await entered(late);
	await embedded.database.meetings.attend(founding.meeting, [{ ...late, role: 'member', province: null }], limits.attendanceGapMs);
	expect((await attendance()).map(({ id }) => id)).toEqual([facilitator.id, member.id]);
});

test('WIRE-15 requests beyond the allowance are refused, whoever goes on is disconnected, and nobody else notices', async () => {
	const desk = enter(facilitator);
	await vi.waitFor(() => expect(desk.meeting).not.toBeNull());
	const socket = await bare(await arrive('member'));
	const gone = new Promise<void>((resolve) => socket.on('disconnect', () => resolve()));
	const ask = () => socket.emitWithAck('meeting.leave', { meeting: founding.meeting }) as Promise<{ ok: boolean; refusal?: string }>;
	expect(await ask()).toMatchObject({ ok: true });
	// what arrives in one piece is counted before the first of it is answered
	const answers = await Promise.all(Array.from({ length: rates.commands.atOnce + 50 }, ask));
	expect(answers.at(-1)).toEqual({ ok: false, refusal: 'too-many' });
	const debt = (limits.commandDebtMs / 1_000) * rates.commands.perSecond;
	for (let i = 0; i < 2 * debt; i++) socket.emit('meeting.unheard');
	await gone;
	expect((await desk.link.command('meeting.describe', { place: 'همان تالار' })).ok).toBe(true);
	expect(desk.ended).toBeNull();
});

test('PRESENCE-3 whoever enters ever again tells nobody anything, and many who come at once are told of together', async () => {
	const desk = await entered(facilitator);
	const [restless, crowd] = [await arrive('member'), await Promise.all(Array.from({ length: 12 }, () => arrive('member')))];
	const watcher = await bare(facilitator);
	let lists = 0;
	watcher.on('meeting.present', () => lists++);
	await watcher.emitWithAck('meeting.enter', { meeting: founding.meeting });
	const socket = await bare(restless);
	const enters = () => socket.emitWithAck('meeting.enter', { meeting: founding.meeting }) as Promise<{ ok: boolean }>;
	expect(await enters()).toMatchObject({ ok: true });
	await until(() => expect(desk.present.map(({ id }) => id)).toEqual([facilitator.id, restless.id]));
	const before = lists;
	const began = performance.now();
	await Promise.all(Array.from({ length: 40 }, enters));
	const pages = await Promise.all(crowd.map((somebody) => entered(somebody)));
	await until(() => expect(desk.present).toHaveLength(2 + crowd.length));
	// forty times nothing new, and all who come within a gap at its end
	expect(lists - before).toBeGreaterThan(0);
	expect(lists - before).toBeLessThanOrEqual((performance.now() - began) / limits.presentGapMs + 2);
	for (const page of pages) page.link.leave();
	await until(() => expect(desk.present).toHaveLength(2));
	for (const one of [watcher, socket]) one.disconnect();
});

test('PRESENCE-3 who comes and goes before the others are told of it stays with nobody', async () => {
	const passing = await arrive('member');
	const [comer, watcher] = [await bare(passing), await bare(facilitator)];
	let shown: Present = [];
	watcher.on('meeting.present', ({ present }: { present: Present }) => (shown = present));
	// a list has just been told, so that the next one waits
	const seat = enter(facilitator);
	await until(() => expect(seat.present).toHaveLength(1));
	await comer.emitWithAck('meeting.enter', { meeting: founding.meeting });
	const answer = (await watcher.emitWithAck('meeting.enter', { meeting: founding.meeting })) as { value: { present: Present } };
	shown = answer.value.present;
	expect(shown.map(({ id }) => id)).toEqual([facilitator.id, passing.id]);
	comer.emit('meeting.leave', { meeting: founding.meeting });
	await until(() => expect(shown.map(({ id }) => id)).toEqual([facilitator.id]));
	for (const socket of [comer, watcher]) socket.disconnect();
});

test('WIRE-17 a person has sixteen sockets of meetings at most', async () => {
	const hoarder = await arrive('member');
	const sockets = [];
	for (let i = 0; i < limits.socketsPerPerson; i++) sockets.push(await bare(hoarder));
	const last = await bare(hoarder);
	await new Promise<void>((resolve) => (last.connected ? last.on('disconnect', () => resolve()) : resolve()));
	expect(sockets.every(({ connected }) => connected)).toBe(true);
	for (const socket of sockets) socket.disconnect();
});

test('WIRE-17 who asks a meeting again and again and never fetches the answers is let go at a megabyte', async () => {
	const desk = await entered(facilitator);
	const long = 'ب'.repeat(limits.titleUnits);
	while (desk.meeting!.agenda.length < limits.agendaItems) {
		await desk.link.command('agenda.add', { kind: 'discussion', title: { fa: long, en: long }, minutes: 10 });
	}
	const deaf = await arrive('member');
	// by long polling, where nothing is on its way between one question and the next
	const poll = async (sid: string, body?: string) =>
		(
			await fetch(`${server.origin}/socket.io/?EIO=4&transport=polling${sid && `&sid=${sid}`}`, {
				method: body === undefined ? 'GET' : 'POST',
				headers: { cookie: deaf.cookie },
				...(body === undefined ? {} : { body })
			})
		).text();
	const { sid } = JSON.parse((await poll('')).slice(1)) as { sid: string };
	await poll(sid, '40');
	await poll(sid);
	const bytes = JSON.stringify(desk.meeting).length;
	for (let asked = 0; asked * bytes <= limits.bufferedBytes; asked++) {
		expect(await poll(sid, `42${asked}${JSON.stringify(['meeting.enter', { meeting: founding.meeting }])}`)).toBe('ok');
	}
	await until(() => expect(desk.present).toHaveLength(2));
	await until(() => expect(desk.present.map(({ id }) => id)).toEqual([facilitator.id]));
	expect(await poll(sid)).toContain('Session ID unknown');
});
