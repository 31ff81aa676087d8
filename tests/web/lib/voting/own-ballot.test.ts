import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FollowedMeeting } from '#lib/meeting/followed-meeting.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { OwnBallot } from '#lib/voting/own-ballot.svelte.ts';
import { receiptOf } from '#realtime/client/secret-ballot.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { digestOf, newBlindKey, signBlinded } from '#realtime/server/votes/blind-keys.ts';

const id = (name: string) => name.padEnd(20, '0');
const me = id('me');
const key = await newBlindKey();
const option = id('motion');
const yes: Marks = { [option]: 1 };
const no: Marks = { [option]: -1 };

const vote = {
	id: id('vote'),
	item: id('item'),
	rule: { kind: 'choice' },
	level: 'secret',
	options: [{ id: option, text: 'A motion', authors: [] }],
	key: key.public,
	state: 'open'
} as unknown as Vote;

/** what a device keeps */
let device: Map<string, string>;
/** the server's: one token a voter is signed, and ballots are cast under it */
let signed: string | null;
let cast: Map<string, Marks>;
/** what comes in place of the server's answers, one by one; null: the answer is lost, though the server has done it */
let signing: (string | null)[];
let casting: ((() => Response) | null)[];

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

beforeEach(() => {
	device = new Map();
	signed = null;
	cast = new Map();
	signing = [];
	casting = [];
	vi.stubGlobal('localStorage', {
		getItem: (name: string) => device.get(name) ?? null,
		setItem: (name: string, value: string) => void device.set(name, value),
		removeItem: (name: string) => void device.delete(name)
	});
	vi.stubGlobal('fetch', (_: unknown, { body }: { body: string }) => {
		const given = casting.shift();
		if (given) return Promise.resolve(given());
		const ballot = JSON.parse(body) as { token: string; marks: Marks };
		const receipt = digestOf(Buffer.from(ballot.token, 'base64'));
		cast.set(receipt, ballot.marks);
		return given === null ? Promise.reject(new TypeError('the answer is lost')) : Promise.resolve(json({ receipt }));
	});
});
afterEach(() => vi.unstubAllGlobals());

/** A page of the voter's. */
function page({ closed = false, of = vote } = {}): OwnBallot {
	const at = {
		me: { id: me },
		answers: true,
		meeting: { votes: [{ ...vote, state: closed ? 'closed' : 'open' }] },
		noteTurnout: () => {},
		ask: (name: string, { blinded }: { blinded: string }) => {
			if (name === 'ballot.cast') return Promise.resolve(closed ? { ok: false, refusal: 'vote-over' } : { ok: true, value: null });
			if (name === 'ballot.own') return Promise.resolve({ ok: true, value: { marks: null, signed: signed !== null, voted: 0, entitled: 2 } });
			signed ??= blinded;
			const given = signing.shift();
			if (given !== undefined) return Promise.resolve({ ok: false, refusal: given ?? 'unanswered' });
			if (signed !== blinded) return Promise.resolve({ ok: false, refusal: 'ballot-cast' });
			const signature = Buffer.from(signBlinded(key.private, Buffer.from(blinded, 'base64'))).toString('base64');
			return Promise.resolve({ ok: true, value: { signature } });
		}
	};
	return new OwnBallot(at as unknown as FollowedMeeting, of);
}

async function casts(ballot: OwnBallot, marks: Marks): Promise<void> {
	ballot.mark(marks);
	await ballot.send();
}

/** It is cast, once, as it is shown, and its receipt is on the page and on the device. */
function isCast(ballot: OwnBallot, marks: Marks): void {
	expect(ballot).toMatchObject({ cast: marks, marks, prepared: false, failure: null });
	expect([...cast]).toEqual([[ballot.receipt, marks]]);
	expect([...device.values()].map((kept) => JSON.parse(kept) as unknown)).toEqual([{ vote: vote.id, marks, receipt: ballot.receipt }]);
}

describe('an answer that is not the end', () => {
	const answers: [string, () => Response][] = [
		['a proxy’s 403', () => new Response('<html>blocked</html>', { status: 403 })],
		['a proxy’s 404', () => new Response('', { status: 404 })],
		['a proxy’s 429', () => json({ error: 'slow down' }, 429)],
		['a portal’s page', () => new Response('<html>Sign in to the network</html>')],
		['something else’s 200', () => json({})],
		['something else’s receipt', () => json({ receipt: '0'.repeat(40) })],
		['a 200 cut short', () => new Response('{"receipt":"0a1')],
		['a 204', () => new Response(null, { status: 204 })],
		['a body that came cut short to the server', () => json({ error: { code: 'malformed' } }, 400)],
		['a full store', () => json({ error: { code: 'storage-full' } }, 507)]
	];
	test.each(answers)('VOTE-18 %s leaves a secret ballot on the device, and it is cast with the next try', async (_, answer) => {
		const ballot = page();
		casting = [answer];
		await casts(ballot, yes);
		expect(ballot).toMatchObject({ cast: null, prepared: true, receipt: null, sending: false });
		expect(ballot.failure).not.toBeNull();
		// after a reload, too
		const reloaded = page();
		await reloaded.refresh();
		isCast(reloaded, yes);
		await ballot.resume();
		isCast(ballot, yes);
	});

	test.each([null, 'storage-full', 'not-entitled', 'not-found'])('VOTE-18 a request to be signed that brings %s leaves it there too', async (refusal) => {
		const ballot = page();
		signing = [null, refusal];
		await casts(ballot, yes);
		expect(ballot).toMatchObject({ prepared: true, failure: m.vote_cast_unanswered() });
		await ballot.resume();
		expect(ballot.prepared).toBe(true);
		await ballot.resume();
		isCast(ballot, yes);
	});
});

test.each(['vote-over', 'ballot-cast', 'ballot-unfit', 'no-such-vote', 'token-unsigned'])('VOTE-18 the server’s %s is the end of a ballot', async (code) => {
	const ballot = page();
	casting = [() => json({ error: { code } }, 409)];
	await casts(ballot, yes);
	expect(ballot).toMatchObject({ prepared: false, cast: null, receipt: null });
	expect(ballot.failure).not.toBeNull();
	expect(device.size).toBe(0);
});

test('VOTE-12 the receipt that a page keeps is the digest of its token', async () => {
	const ballot = page();
	casting = [null];
	await casts(ballot, yes);
	const prepared = JSON.parse([...device.values()][0]!) as { token: string };
	await ballot.resume();
	expect(ballot.receipt).toBe(await receiptOf(prepared));
	isCast(ballot, yes);
});

test('VOTE-18 a page keeps a secret ballot where the device does not', async () => {
	vi.stubGlobal('localStorage', undefined);
	const ballot = page();
	expect(ballot.keeps).toBe(false);
	casting = [null];
	await casts(ballot, yes);
	expect(ballot.prepared).toBe(true);
	await ballot.resume();
	expect(ballot).toMatchObject({ cast: yes, prepared: false, failure: null, keeps: false });
	expect([...cast]).toEqual([[ballot.receipt, yes]]);
});

test('VOTE-18 a device that has no room for the signature takes none away', async () => {
	const ballot = page();
	vi.stubGlobal('localStorage', {
		...localStorage,
		setItem: (name: string, value: string) => {
			if (value.includes('"signature":"')) throw new Error('it is full');
			device.set(name, value);
		}
	});
	casting = [null];
	await casts(ballot, yes);
	expect(ballot).toMatchObject({ prepared: true, keeps: false });
	// the vote is closed: no token is signed any more, and the answer about this one may still be had
	signing = ['vote-over'];
	await ballot.resume();
	isCast(ballot, yes);
});

describe('two tabs', () => {
	test('VOTE-19 a tab that has not seen it takes over what another has cast, and its receipt', async () => {
		const [first, second, third] = [page(), page(), page()];
		await casts(first, yes);
		await casts(second, yes);
		expect(second.failure).toBeNull();
		await casts(third, no);
		expect(third.failure).toBe(m.vote_cast_other_tab());
		third.mark(yes);
		for (const ballot of [second, third]) expect(ballot).toMatchObject({ receipt: first.receipt, cast: yes, marks: yes, prepared: false });
		isCast(first, yes);
	});

	test('VOTE-19 a tab shows what another has prepared otherwise, and sends nothing before it is asked to', async () => {
		const [first, second] = [page(), page()];
		signing = [null];
		await casts(first, yes);
		await casts(second, no);
		expect(second).toMatchObject({ prepared: true, cast: null, marks: yes, failure: m.vote_cast_other_tab() });
		expect(cast.size).toBe(0);
		await second.resume();
		isCast(second, yes);
		await first.resume();
		isCast(first, yes);
	});

	test('VOTE-19 of two tabs that cast at the same moment, one does, and the other shows it', async () => {
		const [first, second] = [page(), page()];
		await Promise.all([casts(first, yes), casts(second, no)]);
		expect(second.failure).toBe(m.vote_cast_other_tab());
		expect(second).toMatchObject({ receipt: first.receipt, cast: yes, marks: yes });
		isCast(first, yes);
	});

	test('VOTE-19 a tab follows what another prepares and casts, and lets nothing be marked any more', async () => {
		const [first, second] = [page(), page()];
		casting = [null];
		await casts(first, yes);
		second.follow();
		expect(second).toMatchObject({ prepared: true, marks: yes });
		await first.resume();
		second.follow();
		second.mark(no);
		isCast(second, yes);
	});
});

describe('the closing', () => {
	const over = () => json({ error: { code: 'vote-over' } }, 409);

	test('VOTE-20 a secret ballot that had come in time gets its receipt after the closing, after a reload too', async () => {
		casting = [null];
		await casts(page(), yes);
		const closed = page({ closed: true });
		expect(closed.underWay).toBe(true);
		await closed.resume();
		expect(closed).toMatchObject({ arrived: 'in-time', underWay: false });
		isCast(closed, yes);
	});

	test.each([
		['was signed', () => (casting = [() => json({}, 502), over])],
		['was not', () => (signing = [null, 'vote-over'])]
	])('VOTE-20 a secret ballot that came too late is known to, whether or not its token %s', async (_, happens) => {
		happens();
		await casts(page(), yes);
		const closed = page({ closed: true });
		await closed.resume();
		expect(closed).toMatchObject({ arrived: 'late', underWay: false, cast: null, receipt: null });
	});

	test('VOTE-20 a ballot with a name that came too late is known to', async () => {
		const ballot = page({ closed: true, of: { ...vote, level: 'open', key: null } });
		await casts(ballot, yes);
		expect(ballot).toMatchObject({ arrived: 'late', underWay: false, cast: null });
	});

	test('VOTE-20 nothing is said of a ballot that was cast while its vote was open', async () => {
		const ballot = page();
		await casts(ballot, yes);
		expect(ballot.arrived).toBeNull();
	});
});
