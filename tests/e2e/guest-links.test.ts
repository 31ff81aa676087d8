import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import { enterMeeting, type EndReason, type MeetingLink } from '#realtime/client/meeting-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { OutReason, Waiting } from '#realtime/protocol/control.ts';
import { newId } from '#server/auth/tokens.ts';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { comeByLink, makeGuestLink } from '../support/guests.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type Somebody } from '../support/product.ts';

/** Guests over real sockets: what lets them in, and what takes them out. */

let product: Product;
const left: (() => void)[] = [];

beforeAll(async () => {
	product = await Product.prepare([
		{ name: { fa: 'دبیر' }, role: 'facilitator' },
		{ name: { fa: 'رئیس' }, role: 'chair' },
		{ name: { fa: 'مدیر دفتر یزد' }, role: 'member', province: 'IR-21' }
	]);
	await product.start();
});
afterEach(() => {
	for (const leave of left.splice(0)) leave();
});
afterAll(() => product?.remove());

const facilitator = () => product.people[0]!;
/** what a right that is lost may take to act */
const isLong = process.env['LONG'] === '1';
const actsWithinMs = 2_000;

/** Asks the API, and answers what came. */
async function ask(method: string, path: string, cookie?: string, body?: unknown) {
	const response = await fetch(`${product.url}/api${path}`, {
		method,
		headers: { ...(cookie !== undefined && { cookie }), ...(body !== undefined && { 'content-type': 'application/json' }) },
		...(body !== undefined && { body: JSON.stringify(body) })
	});
	const text = await response.text();
	return { status: response.status, cookie: response.headers.get('set-cookie')?.split(';')[0], body: (text === '' ? null : JSON.parse(text)) as unknown };
}

async function revoke(link: string): Promise<void> {
	const { status } = await ask('DELETE', `/meetings/${product.founding.meeting}/guest-links/${link}`, facilitator().cookie);
	expect(status).toBe(204);
}
const decide = (guest: string, state: 'admitted' | 'refused') =>
	ask('POST', `/meetings/${product.founding.meeting}/guests/${guest}`, facilitator().cookie, { state });

const come = (token: string, name: string) => comeByLink(product, token, name);

/** Somebody's board and place in the meeting, and what they are told there. */
async function takePart(somebody: Somebody) {
	const storage = memoryStorage();
	const board = await openPage(product, somebody, product.founding.documents.swot, storage);
	await untilStatus(board, saved);
	const place = stand(somebody);
	await vi.waitFor(() => expect(place.present).toContain(somebody.id));
	left.push(() => board.close());
	return { somebody, board, storage, place };
}

interface Place {
	link: MeetingLink;
	present: string[];
	door: readonly Waiting[] | null;
	out: EndReason | null;
}
function stand(somebody: Somebody): Place {
	const place: Partial<Place> = { present: [], door: null, out: null };
	place.link = enterMeeting({
		url: product.url,
		meeting: product.founding.meeting,
		cookie: somebody.cookie,
		changed: ({ present }) => (place.present = present.map(({ id }) => id)),
		door: (waiting) => (place.door = waiting),
		ended: (reason) => (place.out = reason)
	});
	left.push(() => place.link!.leave());
	return place as Place;
}

function write({ board, somebody }: { board: BoardLink; somebody: Somebody }, text: string): void {
	const card = newId();
	createCard(board.doc, { id: card, author: somebody.id, createdAt: 1, column: 'strengths', group: null, before: null });
	splice(board.doc, { card }, { at: 0, removed: 0, inserted: text });
}
const has = (board: BoardLink, text: string) => [...readBoard(board.doc).cards.values()].some((card) => card.text === text);

/** What takes a guest out of the meeting, and how another fares meanwhile. */
async function thrownOut(act: (guest: Somebody, link: string) => Promise<unknown>, reason: OutReason): Promise<void> {
	const [first, second] = [await makeGuestLink(product), await makeGuestLink(product)];
	const [guest, other, host] = await Promise.all([
		takePart(await come(first.token, 'مهمان یکم')),
		takePart(await come(second.token, 'مهمان دوم')),
		takePart(facilitator())
	]);
	const words = `نوشتهٔ مهمان ${newId()}`;
	write(guest, words);
	await untilStatus(guest.board, saved);
	await vi.waitFor(() => expect(has(host.board, words)).toBe(true));
	await vi.waitFor(() => expect(host.place.present).toEqual(expect.arrayContaining([guest.somebody.id, other.somebody.id])), {
		timeout: 5_000
	});

	const began = performance.now();
	await act(guest.somebody, first.id);
	await Promise.all([
		untilStatus(guest.board, ({ connection }) => connection === 'ended'),
		vi.waitFor(() => expect(guest.place.out).toBe(reason), { timeout: 5_000, interval: 10 }),
		vi.waitFor(() => expect(host.place.present).not.toContain(guest.somebody.id), { timeout: 5_000, interval: 10 })
	]);
	if (isLong) expect(performance.now() - began).toBeLessThan(actsWithinMs);
	expect(guest.board.status.reason).toBe('not-found');
	for (const path of [
		`/meetings/${product.founding.meeting}`,
		`/documents/${product.founding.documents.swot}/people`,
		`/documents/${product.founding.documents.actions}/people`
	])
		expect((await ask('GET', path, guest.somebody.cookie)).status).toBe(404);

	// nothing is taken any more, also on a new connection
	write(guest, `zu spät ${words}`);
	const again = await openPage(product, guest.somebody, product.founding.documents.swot, guest.storage);
	await untilStatus(again, ({ connection }) => connection === 'ended');
	expect(again.status.reason).toBe('not-found');
	// of the board, the device has only what was not sent
	expect([has(again, words), has(again, `zu spät ${words}`)]).toEqual([false, false]);
	expect((await guest.storage.load()).unsent.length).toBeGreaterThan(0);
	again.close();

	// what was written stays, and nothing came after it
	expect(has(host.board, words)).toBe(true);
	expect(has(host.board, `zu spät ${words}`)).toBe(false);
	expect(host.board.status.connection).toBe('online');
	expect(host.place.out).toBeNull();
	if (reason === 'meeting-closed') return;
	expect([other.board.status.connection, other.place.out]).toEqual(['online', null]);
	write(other, `weiter ${words}`);
	await vi.waitFor(() => expect(has(host.board, `weiter ${words}`)).toBe(true));
}

describe('the door', () => {
	test('GUEST-3 GUEST-8 whoever may let guests in sees at once who waits, and nobody else does', async () => {
		const { token } = await makeGuestLink(product, { approval: true });
		const [host, member] = [stand(facilitator()), stand(product.people[2]!)];
		await vi.waitFor(() => expect(host.door).toEqual([]));
		const guest = await come(token, 'مدیر دفتر یزد');
		await vi.waitFor(() => expect(host.door).toEqual([expect.objectContaining({ id: guest.id, name: guest.name, province: 'IR-21' })]));
		expect((await decide(guest.id, 'admitted')).status).toBe(204);
		await vi.waitFor(() => expect(host.door).toEqual([]));
		expect(member.door).toBeNull();
		// of the same name as a member, and told apart
		const roles: Record<string, string> = {};
		const watching = enterMeeting({
			url: product.url,
			meeting: product.founding.meeting,
			cookie: guest.cookie,
			changed: ({ present }) => {
				for (const { id, role } of present) roles[id] = role;
			},
			ended: () => {}
		});
		left.push(() => watching.leave());
		await vi.waitFor(() => expect(roles).toMatchObject({ [guest.id]: 'guest', [product.people[2]!.id]: 'member' }));
	});

	test('GUEST-3 a chair is at the door while no facilitator is in the meeting', async () => {
		const { token } = await makeGuestLink(product, { approval: true });
		const chair = stand(product.people[1]!);
		await vi.waitFor(() => expect(chair.door).toEqual([]));
		const guest = await come(token, 'کسی پشت در');
		await vi.waitFor(() => expect(chair.door).toHaveLength(1));
		const host = stand(facilitator());
		await vi.waitFor(() => expect([host.door?.length, chair.door?.length]).toEqual([1, 0]));
		host.link.leave();
		await vi.waitFor(() => expect(chair.door).toHaveLength(1));
		await decide(guest.id, 'refused');
		// the facilitator alone decided; the chair sees it all the same
		await vi.waitFor(() => expect(chair.door).toEqual([]));
	});
});

describe('the way out', () => {
	test('GUEST-5 WIRE-13 a revoked link', () => thrownOut((_guest, link) => revoke(link), 'link-revoked'));

	test('GUEST-5 a guest who is asked to leave', () => thrownOut(({ id }) => decide(id, 'refused'), 'refused'));

	test('GUEST-5 a meeting that is closed', () =>
		thrownOut(async () => {
			const socket = io(product.url, { transports: ['websocket'], extraHeaders: { cookie: facilitator().cookie } });
			const answer = await socket.emitWithAck('meeting.command', {
				meeting: product.founding.meeting,
				id: newId(),
				command: { name: 'meeting.close', body: {} }
			});
			expect(answer).toMatchObject({ ok: true });
			socket.close();
		}, 'meeting-closed'));
});
