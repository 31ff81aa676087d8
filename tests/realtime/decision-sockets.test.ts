import { createFounding } from '#db/seed/founding.ts';
import { createDecision, spliceDecision } from '#realtime/board/decisions-edits.ts';
import { readDecision, readDecisions } from '#realtime/board/decisions-read.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import { adoptable } from '#realtime/meeting/decisions.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import { newId } from '#server/auth/tokens.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startEmbedded, type TestDatabase } from '../support/databases.ts';
import { serveLive, type LiveServer } from '../support/live-server.ts';
import { saved, socketWith, untilStatus } from '../support/page.ts';

/** Decisions over real sockets, on a real database: worded on one, adopted on the other. */

let embedded: TestDatabase;
let server: LiveServer;
let founding: Awaited<ReturnType<typeof createFounding>>;
let facilitator: Somebody;
const open: (() => void)[] = [];

interface Somebody {
	id: Id;
	cookie: string;
}

interface Page {
	link: MeetingLink;
	board: BoardLink;
	meeting: Meeting;
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
	for (const leave of open.splice(0)) leave();
});

async function arrive(role?: MemberRole): Promise<Somebody> {
	const id = newId();
	await embedded.database.people.create({ id, name: { fa: 'کسی' }, province: 'IR-21' });
	if (role) await embedded.database.thinkTanks.addMember(founding.thinkTank, id, role);
	return { id, cookie: await server.signIn(id) };
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 10 });

async function entered({ id, cookie }: Somebody): Promise<Page> {
	const page = {} as Page;
	page.link = enterMeeting({ url: server.origin, meeting: founding.meeting, cookie, changed: ({ meeting }) => (page.meeting = meeting), ended: () => {} });
	const [clientId] = await embedded.database.clientIds.lease(id, 1);
	page.board = openBoard({
		url: `${server.origin.replace(/^http/, 'ws')}/yjs`,
		document: founding.documents.swot,
		clientId: clientId!,
		storage: memoryStorage(),
		socket: socketWith(cookie)
	});
	open.push(
		() => page.link.leave(),
		() => page.board.close()
	);
	await until(() => expect(page.meeting).toBeDefined());
	await untilStatus(page.board, saved);
	return page;
}

const begin = ({ board }: Page, author: Id, text: string): Id => {
	const id = newId();
	createDecision(board.doc, { id, author, createdAt: 1, card: null, text });
	return id;
};

/** What a page sends that adopts a wording as it shows it. */
const asSeen = ({ board, meeting }: Page, wording: Id) =>
	({
		item: meeting.agenda.find(({ document }) => document === founding.documents.swot)!.id,
		wording,
		...adoptable(readDecision(board.doc, wording)!),
		by: 'consensus'
	}) as const;

test('DECIDE-1 DECIDE-3 DECIDE-4 worded by a member, seen letter by letter, adopted by the facilitator as it was read and not as it was before', async () => {
	const member = await arrive('member');
	const [desk, seat] = [await entered(facilitator), await entered(member)];
	const wording = begin(seat, member.id, 'دفترها');
	await until(() => expect(readDecision(desk.board.doc, wording)?.text).toBe('دفترها'));
	const stale = asSeen(desk, wording);
	for (const letter of ' بازرسی شوند') {
		const { length } = readDecision(seat.board.doc, wording)!.text;
		spliceDecision(seat.board.doc, wording, { at: length, removed: 0, inserted: letter });
		const { text } = readDecision(seat.board.doc, wording)!;
		await until(() => expect(readDecision(desk.board.doc, wording)!.text).toBe(text));
	}
	expect(await desk.link.command('decision.adopt', stale)).toEqual({ ok: false, refusal: 'wording-changed' });
	expect(await seat.link.command('decision.adopt', asSeen(seat, wording))).toEqual({ ok: false, refusal: 'not-allowed' });
	expect(await desk.link.command('decision.adopt', asSeen(desk, wording))).toMatchObject({ ok: true });
	await until(() => expect(seat.meeting.decisions).toMatchObject([{ number: 1, text: 'دفترها بازرسی شوند', wording, withdrawnAt: null }]));
	expect(seat.meeting).toEqual(await embedded.database.meetings.find(founding.meeting));
});

test('DECIDE-4 the chair adopts and withdraws while the facilitator is there', async () => {
	const chair = await arrive('chair');
	const [desk, seat] = [await entered(facilitator), await entered(chair)];
	const wording = begin(seat, chair.id, 'دبیرخانه گزارش دهد');
	await untilStatus(seat.board, saved);
	expect(await seat.link.command('decision.adopt', asSeen(seat, wording))).toMatchObject({ ok: true });
	await until(() => expect(desk.meeting.decisions).toHaveLength(1));
	expect(await seat.link.command('decision.withdraw', { decision: desk.meeting.decisions[0]!.id })).toMatchObject({ ok: true });
	await until(() => expect(desk.meeting.decisions[0]!.withdrawnAt).not.toBeNull());
});

test('DECIDE-1 who may not write at the step words nothing, and what is not committed is not adopted', async () => {
	const observer = await arrive('observer');
	const [desk, seat] = [await entered(facilitator), await entered(observer)];
	const wording = begin(seat, observer.id, 'ناظر');
	await untilStatus(seat.board, ({ connection }) => connection === 'ended');
	expect(seat.board.status.reason).toBe('read-only');
	expect(readDecisions(desk.board.doc).size).toBe(0);
	expect(await desk.link.command('decision.adopt', { ...asSeen(seat, wording) })).toEqual({ ok: false, refusal: 'wording-changed' });
});
