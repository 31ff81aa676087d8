import { createAction, writeAction } from '#realtime/board/actions-edits.ts';
import { createDecision } from '#realtime/board/decisions-edits.ts';
import { attachEvidence, createCard, splice } from '#realtime/board/edits.ts';
import { quadrants } from '#realtime/board/schema.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { presenceFrame, updateFrame } from '#realtime/protocol/frames.ts';
import { createApi } from '#server/api/api.ts';
import type { Services } from '#server/api/services.ts';
import { newId } from '#server/auth/tokens.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { databaseKinds, startCluster, type Cluster } from '../support/databases.ts';
import { comeByLink, makeGuestLink } from '../support/guests.ts';
import { openPage, saved, socketWith, untilStatus } from '../support/page.ts';
import { metricsToken, Product } from '../support/product.ts';

/** A whole meeting with a mark in everything that anybody gives the server, and then a look for the marks in all that it wrote down. */

const [, postgres] = databaseKinds;

/** Marks that were given to the server, each under what it was given as. */
class Marks {
	readonly #given = new Map<string, string>();
	#count = 0;

	/** A new word that stands nowhere else. */
	word(as: string): string {
		return this.add(as, `نهان‌${++this.#count}${endings[0]}`);
	}

	/** The same of Latin letters, as an address or a number is made of. */
	latin(as: string): string {
		return this.add(as, `nahan${++this.#count}${endings[1]}`);
	}

	add(as: string, secret: string): string {
		this.#given.set(secret, as);
		return secret;
	}

	/** What the marks that stand in a text were given as, in whichever spelling they stand there. */
	in(text: string): string[] {
		const stands = (words: string) => spellingsOf(words).some((spelling) => text.includes(spelling));
		// there are thousands of them, and each that was made here ends in one of two endings
		const worthwhile = new Map(endings.map((ending) => [ending, stands(ending)]));
		return [...this.#given]
			.filter(([secret]) => endings.every((ending) => !secret.endsWith(ending) || worthwhile.get(ending)) && stands(secret))
			.map(([, as]) => as);
	}
}

const endings = ['ژرفا', 'zharfa'];

/** Words as they are, in an address, in JSON either way, and as bytes. */
const spellingsOf = (words: string): string[] => [
	words,
	encodeURIComponent(words),
	JSON.stringify(words).slice(1, -1),
	words.replaceAll(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
	Buffer.from(words).toString('hex')
];

/** Everything that can be called, as it is registered: a new route is asked with marks without anybody's doing. */
const routes = createApi(async () => ({}) as Services).routes.filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'));

describe.each([
	{ name: 'PGlite', skip: false, start: async () => null as Cluster | null },
	{ name: 'PostgreSQL, which goes away meanwhile', skip: postgres.missing !== null, start: startCluster as () => Promise<Cluster | null> }
])('$name', ({ skip, start }) => {
	let cluster: Cluster | null = null;
	let product: Product;
	afterAll(async () => {
		await product?.remove();
		await cluster?.remove();
	});

	test.skipIf(skip)('LOG-1 no text, token, choice, password or address of anybody is in what the server writes down', { timeout: 240_000 }, async () => {
		const marks = new Marks();
		cluster = await start();
		product = await Product.prepare(
			[
				{ name: { fa: marks.word('a name') }, role: 'facilitator', administrator: true },
				{ name: { fa: marks.word('a name') }, role: 'member' }
			],
			cluster ? { url: cluster.url } : {}
		);
		const [facilitator, member] = product.people as [(typeof product.people)[0], (typeof product.people)[0]];
		for (const { cookie } of product.people) marks.add('a session', cookie.split('=')[1]!);
		marks.add('the token of the figures', metricsToken);
		await product.start({ LOG_LEVEL: 'debug' });
		const { meeting, thinkTank, documents } = product.founding;

		const call = (method: string, path: string, { cookie, body, headers = {} }: { cookie?: string; body?: unknown; headers?: Record<string, string> }) =>
			fetch(`${product.url}${path}`, {
				method,
				redirect: 'manual',
				headers: { ...(cookie === undefined ? {} : { cookie }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
				...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })
			});
		const done = async (method: string, path: string, given: Parameters<typeof call>[2]) => {
			const answer = await call(method, path, given);
			expect(answer.status, `${method} ${path}`).toBeLessThan(300);
			return answer;
		};

		/** Every route is asked with marks in its path, query, headers and body, by somebody who may and by nobody. */
		async function askEverything(): Promise<void> {
			const asked = routes.flatMap(({ method, path }) => {
				const fields = ['name', 'text', 'title', 'token', 'password', 'identifier', 'code', 'email', 'mobile', 'userName', 'label', 'what'];
				const body = Object.fromEntries(fields.map((field) => [field, marks.latin(`${field} for ${path}`)]));
				const filled = path.replaceAll(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => (name === 'id' ? meeting : marks.latin(`${name} of ${path}`)));
				const address = `${filled}?q=${encodeURIComponent(marks.word(`the query of ${path}`))}`;
				const headers = { authorization: `Bearer ${marks.latin('a header')}`, 'user-agent': marks.latin('a browser') };
				const { cookie } = facilitator;
				if (method === 'GET') return [call(method, address, { cookie, headers })];
				// signing out would end the meeting
				if (path.endsWith('/sign-out')) return [];
				return [
					call(method, address, { cookie, headers, body }),
					call(method, address, { cookie, headers, body: `{"text": ${marks.word(`no JSON for ${path}`)}` }),
					call(method, address, { cookie: `hamandish=${marks.latin('a wrong session')}`, headers, body })
				];
			});
			await Promise.all(asked);
		}

		/** Pages are asked for with marks in their addresses. */
		async function askPages(): Promise<void> {
			for (const path of ['/sign-in?next=/', '/guest/', '/invitations/', '/reset/', '/set-up/', '/people?search=', '/meetings/', '/nowhere/'])
				await call('GET', path + encodeURIComponent(marks.latin(`a page ${path}`)), { cookie: facilitator.cookie });
		}

		// people come: by an invitation with all that an account has, with wrong passwords, by a guest link
		const invited = await done('POST', `/api/think-tanks/${thinkTank}/invitations`, {
			cookie: facilitator.cookie,
			body: { role: 'member', uses: null, days: 1, label: marks.word('what an invitation is called') }
		});
		const { token } = (await invited.json()) as { token: string };
		marks.add('the token of an invitation', token);
		const account = {
			userName: marks.latin('a user name'),
			mobile: marks.add('a mobile number', '09127463518'),
			email: `${marks.latin('an e-mail address')}@example.org`,
			password: marks.word('a password')
		};
		const accepted = await done('POST', `/api/invitations/${token}`, {
			body: { name: { fa: marks.word('a name') }, office: { fa: marks.word('an office') }, province: 'IR-21', language: 'fa', ...account }
		});
		marks.add('a session', accepted.headers.get('set-cookie')!.split(';')[0]!.split('=')[1]!);
		for (const identifier of [account.userName, account.mobile, account.email]) {
			expect((await call('POST', '/api/sign-in', { body: { identifier, password: marks.word('a wrong password') } })).status).toBe(401);
			await done('POST', '/api/sign-in', { body: { identifier, password: account.password } });
		}
		const guestLink = await makeGuestLink(product);
		marks.add('the token of a guest link', guestLink.token);
		const guest = await comeByLink(product, guestLink.token, marks.word('the name of a guest'));
		marks.add('the session of a guest', guest.cookie.split('=')[1]!);

		// they write, say where they are, and send what no honest page does
		const board = await openPage(product, member, documents.swot);
		await untilStatus(board, saved);
		const id = newId();
		const text = marks.word('a card');
		createCard(board.doc, { id, author: member.id, createdAt: 1, column: quadrants[0], group: null, before: null });
		splice(board.doc, { card: id }, { at: 0, removed: 0, inserted: text });
		attachEvidence(board.doc, id, newId(), { kind: 'note', text: marks.word('evidence') });
		const actions = await openPage(product, facilitator, documents.actions);
		await untilStatus(actions, saved);
		const action = newId();
		createAction(actions.doc, { id: action, author: facilitator.id, createdAt: 1, origin: null, what: marks.word('an action'), person: member.id });
		writeAction(actions.doc, action, 'notes', marks.word('the notes of an action'));
		await Promise.all([untilStatus(board, saved), untilStatus(actions, saved)]);
		expect(await (await done('GET', `/api/documents/${documents.swot}/factors`, { cookie: member.cookie })).text()).toContain(text);

		// a decision, as it is and as it is not
		const wording = newId();
		const decided = { text: marks.word('a decision'), person: null, office: marks.word('an office that answers for it'), due: null, mandate: null };
		createDecision(board.doc, { id: wording, author: member.id, createdAt: 1, card: id, ...decided });
		await untilStatus(board, saved);
		const found = (await (await done('GET', `/api/meetings/${meeting}`, { cookie: facilitator.cookie })).json()) as { meeting: Meeting };
		const item = found.meeting.agenda.find(({ document }) => document === documents.swot)!.id;
		const adopt = (words: typeof decided) => ({ id: newId(), command: { name: 'decision.adopt', body: { item, wording, ...words, by: 'consensus' } } });
		const stale = adopt({ ...decided, text: marks.word('a decision that reads otherwise') });
		expect((await call('POST', `/api/meetings/${meeting}/commands`, { cookie: facilitator.cookie, body: stale })).status).toBe(409);
		await done('POST', `/api/meetings/${meeting}/commands`, { cookie: facilitator.cookie, body: adopt(decided) });

		const hostile = new Y.Doc();
		hostile.getText(marks.latin('the name of a root')).insert(0, marks.word('a refused edit'));
		const update = updateFrame(Y.encodeStateAsUpdate(hostile));
		const frames = [
			presenceFrame([{ client: 7, clock: 1, state: { caret: marks.word('presence') } }]),
			update,
			update.slice(0, -3),
			Buffer.from(marks.word('bytes that are no frame'))
		];
		/** Sends frames that are refused; resolves when the server has closed the socket. */
		const attack = (frame: Uint8Array) =>
			new Promise<void>((resolve) => {
				const socket = new (socketWith(member.cookie))(`${product.boardsUrl}/${documents.swot}?client=${marks.latin('a query')}`);
				socket.onopen = () => {
					for (const sent of [frame, Buffer.from(marks.word('bytes that are no frame'))]) socket.send(Uint8Array.from(sent));
				};
				socket.onclose = () => resolve();
				socket.onerror = () => {};
			});
		// opened while the database is there: nobody is let in without it
		const control = io(product.url, { transports: ['websocket'], extraHeaders: { cookie: facilitator.cookie }, forceNew: true });
		const command = async () => {
			const commands = [
				{ meeting, id: newId(), command: { name: 'meeting.change', place: marks.word('a place'), title: { fa: marks.word('a title') } } },
				{ meeting, id: newId(), command: { name: marks.latin('the name of a command'), text: marks.word('a command') } },
				{ meeting: marks.latin('no meeting'), id: newId(), command: { name: 'meeting.open' } }
			];
			for (const request of commands) await control.emitWithAck('meeting.command', request);
		};
		for (const frame of frames) await attack(frame);
		await command();
		await askEverything();
		await askPages();

		if (cluster) {
			await cluster.crash();
			splice(board.doc, { card: id }, { at: 0, removed: 0, inserted: marks.word('written while the database is down') });
			await untilStatus(board, ({ reason }) => reason === 'storage-unavailable');
			await Promise.all(frames.map(attack));
			await command();
			await askEverything();
			await askPages();
			await cluster.startAgain();
			await untilStatus(board, saved);
		}
		control.close();
		for (const page of [board, actions]) page.close();
		await product.stop();

		// it said a lot, and a mark in it would be found
		expect(product.log).toContain('"level":"debug"');
		if (cluster) expect(product.log).toContain('"level":"error"');
		for (const spelt of [text, encodeURIComponent(text), JSON.stringify({ text })]) expect(marks.in(`${product.log}${spelt}`)).toEqual(['a card']);
		expect(marks.in(product.log)).toEqual([]);
		// what lies beside the embedded database: who has it open
		if (cluster) return;
		for (const file of readdirSync(product.database.dataDir, { withFileTypes: true }).filter((entry) => entry.isFile()))
			expect(marks.in(readFileSync(join(product.database.dataDir, file.name), 'utf8')), file.name).toEqual([]);
	});
});
