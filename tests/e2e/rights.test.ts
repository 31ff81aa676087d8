import { open, type Database } from '#db/open.ts';
import { createFounding, type Founding } from '#db/seed/founding.ts';
import { createAction } from '#realtime/board/actions-edits.ts';
import { createCard } from '#realtime/board/edits.ts';
import { notesOf } from '#realtime/board/notes.ts';
import { documentKinds, type DocumentKind } from '#realtime/board/schema.ts';
import { openBoard } from '#realtime/client/board-link.ts';
import { enterMeeting } from '#realtime/client/meeting-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import { commandNames, type AnyCommandInput, type CommandName } from '#realtime/meeting/commands.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { may, type Action } from '#realtime/meeting/permissions.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import type { Rights } from '#realtime/meeting/roles.ts';
import { openSessions } from '#server/auth/sessions.ts';
import { newId } from '#server/auth/tokens.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { comeByLink, makeGuestLink } from '../support/guests.ts';
import { leaseClientId, socketWith, untilStatus } from '../support/page.ts';
import { Product, type Somebody } from '../support/product.ts';

/**
 * Every kind of document and every command × every kind of person, in their own think tank and in another one,
 * over the wire. Kinds and commands are enumerated from what there is: a new one without a row fails.
 */

type Asker = keyof typeof rightsOf;

/** What each is to the first think tank; nobody but the last two is anything to the second. */
const rightsOf = {
	nobody: { role: null, administrator: false },
	guest: { role: 'guest', administrator: false },
	observer: { role: 'observer', administrator: false },
	member: { role: 'member', administrator: false },
	'co-facilitator': { role: 'co-facilitator', administrator: false },
	chair: { role: 'chair', administrator: false },
	facilitator: { role: 'facilitator', administrator: false },
	administrator: { role: null, administrator: true },
	'facilitator elsewhere': { role: null, administrator: false },
	'guest elsewhere': { role: null, administrator: false }
} as const satisfies Record<string, Rights>;
const askers = Object.keys(rightsOf) as Asker[];

/** `reads` and `writes`, or why a page is turned away. */
type Outcome = 'reads' | 'writes' | 'signed-out' | 'not-found';

const everybody = (outcome: Outcome, but: Partial<Record<Asker, Outcome>> = {}): Record<Asker, Outcome> => ({
	...(Object.fromEntries(askers.map((asker) => [asker, outcome])) as Record<Asker, Outcome>),
	nobody: 'signed-out',
	...but
});
const written = everybody('writes', { observer: 'reads', administrator: 'not-found', 'facilitator elsewhere': 'not-found', 'guest elsewhere': 'not-found' });

const own: Record<DocumentKind, Record<Asker, Outcome>> = {
	board: written,
	notes: written,
	actions: { ...written, guest: 'reads' },
	minutes: everybody('not-found'),
	// the facilitator’s own
	drafts: everybody('not-found', { facilitator: 'writes' })
};
const foreign: Record<DocumentKind, Record<Asker, Outcome>> = {
	board: everybody('not-found', { 'facilitator elsewhere': 'writes', 'guest elsewhere': 'writes' }),
	notes: everybody('not-found', { 'facilitator elsewhere': 'writes', 'guest elsewhere': 'writes' }),
	actions: everybody('not-found', { 'facilitator elsewhere': 'writes', 'guest elsewhere': 'reads' }),
	minutes: everybody('not-found'),
	drafts: everybody('not-found', { 'facilitator elsewhere': 'writes' })
};

/** An edit that a page of ours would make. */
const edits: Record<DocumentKind, (doc: Y.Doc, person: string) => void> = {
	board: (doc, author) => createCard(doc, { id: newId(), author, createdAt: 1, column: 'threats', group: null, before: null }),
	notes: (doc) => notesOf(doc).push([new Y.XmlElement('paragraph')]),
	actions: (doc, author) => createAction(doc, { id: newId(), author, createdAt: 1, origin: null, what: 'کار' }),
	minutes: () => {},
	drafts: (doc, author) => createCard(doc, { id: newId(), author, createdAt: 1, column: 'threats', group: null, before: null })
};

let product: Product;
let database: Database;
let elsewhere: Founding;
const people = new Map<Asker, Somebody>();
const documents = { own: new Map<DocumentKind, string>(), foreign: new Map<DocumentKind, string>() };

/** The documents of a think tank by their kinds; of those that nothing makes yet, rows made here. */
async function documentsOf({ thinkTank, meeting, activities, documents: { swot, actions } }: Founding, person: string): Promise<Map<DocumentKind, string>> {
	const found = new Map<DocumentKind, string>([
		['board', swot],
		['actions', actions],
		['drafts', await database.drafts.open({ meeting, thinkTank, item: activities.swot, person, document: newId(), anonymous: false, passedOn: false })]
	]);
	const notes = await database.connection.run(
		({ sql }) => sql<{ id: string }[]>`
			select d.id from documents d join agenda_items a on a.document_id = d.id where d.think_tank_id = ${thinkTank} and d.kind = 'notes' order by a.position limit 1`
	);
	found.set('notes', notes[0]!.id);
	for (const kind of documentKinds.filter((kind) => !found.has(kind))) {
		const id = newId();
		await database.connection.run(({ sql }) => sql`insert into documents (id, kind, think_tank_id) values (${id}, ${kind}, ${thinkTank})`);
		found.set(kind, id);
	}
	return found;
}

const command = (asker: Asker, meeting: string, { name, body }: AnyCommandInput) =>
	fetch(`${product.url}/api/meetings/${meeting}/commands`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...(people.has(asker) && { cookie: people.get(asker)!.cookie }) },
		body: JSON.stringify({ id: newId(), command: { name, body } })
	});

beforeAll(async () => {
	product = await Product.prepare([
		{ name: { fa: 'دبیر' }, role: 'facilitator' },
		{ name: { fa: 'رئیس' }, role: 'chair' },
		{ name: { fa: 'عضو' }, role: 'member' },
		{ name: { fa: 'دستیار' }, role: 'member' },
		{ name: { fa: 'ناظر' }, role: 'observer' }
	]);
	(['facilitator', 'chair', 'member', 'co-facilitator', 'observer'] as const).forEach((asker, i) => people.set(asker, product.people[i]!));
	await product.start();
	database = await open({ ...product.database, besideServer: true });
	const sessions = openSessions(database, { origins: [] });
	for (const asker of ['administrator', 'facilitator elsewhere'] as const) {
		const id = newId();
		await database.people.create({ id, name: { fa: 'کسی' }, administrator: asker === 'administrator' });
		people.set(asker, { id, name: { fa: 'کسی' }, role: 'member', province: null, cookie: (await sessions.signIn(id, false)).split(';')[0]! });
	}
	elsewhere = await createFounding(database, { facilitator: people.get('facilitator elsewhere')!.id, language: 'fa', newId });
	people.set('guest', await comeByLink(product, (await makeGuestLink(product)).token, 'مهمان'));
	const other = { url: product.url, founding: elsewhere, people: [people.get('facilitator elsewhere')!] } as unknown as Product;
	people.set('guest elsewhere', await comeByLink(product, (await makeGuestLink(other)).token, 'مهمانی دیگر'));
	expect((await command('facilitator', product.founding.meeting, { name: 'facilitator.name', body: { person: people.get('co-facilitator')!.id } })).ok).toBe(
		true
	);
	documents.own = await documentsOf(product.founding, people.get('facilitator')!.id);
	documents.foreign = await documentsOf(elsewhere, people.get('facilitator elsewhere')!.id);
});
afterAll(async () => {
	await database?.close();
	await product?.remove();
});

describe.each([
	['their own', 'own', own],
	['another', 'foreign', foreign]
] as const)('documents of %s think tank', (_, where, expected) => {
	describe.each(documentKinds)('%s', (kind) => {
		test.each(askers)('%s', async (asker) => {
			const somebody = people.get(asker);
			const link = openBoard({
				url: product.boardsUrl,
				document: documents[where].get(kind)!,
				clientId: somebody ? await leaseClientId(product, somebody) : 4_000_000,
				storage: memoryStorage(),
				socket: socketWith(somebody?.cookie ?? '')
			});
			await untilStatus(link, ({ connection }) => connection === 'online' || connection === 'ended');
			const isIn = link.status.connection === 'online';
			if (isIn) {
				edits[kind](link.doc, somebody!.id);
				await untilStatus(link, ({ connection, unsaved }) => connection === 'ended' || unsaved === 0);
			}
			const { reason } = link.status;
			link.close();
			expect(reason === null ? 'writes' : isIn && reason === 'read-only' ? 'reads' : reason).toBe(expected[kind][asker]);
		});
	});
});

describe('commands', () => {
	const person = newId();
	const bodies: { [Name in CommandName]: () => Extract<AnyCommandInput, { name: Name }>['body'] } = {
		'meeting.schedule': () => ({ title: { fa: 'نشست' }, startsAt: Date.UTC(2027, 0, 1), minutes: 60 }),
		'meeting.describe': () => ({ place: newId() }),
		'meeting.postpone': () => ({ startsAt: Date.UTC(2027, 0, 1) }),
		'meeting.cancel': () => ({}),
		'meeting.duplicate': () => ({ startsAt: Date.UTC(2027, 0, 1) }),
		'meeting.open': () => ({}),
		'meeting.close': () => ({}),
		'meeting.turn': () => ({ item: person }),
		'meeting.reopen': () => ({}),
		'agenda.add': () => ({ kind: 'discussion', title: { fa: 'بند' }, minutes: 5 }),
		'agenda.propose': () => ({ kind: 'discussion', title: { fa: 'پیشنهاد' }, minutes: 5 }),
		'agenda.accept': () => ({ item: person }),
		'agenda.change': () => ({ item: person, minutes: 6 }),
		'agenda.move': () => ({ item: person, before: null }),
		'agenda.remove': () => ({ item: person }),
		'step.turn': () => ({ item: person, step: person }),
		'step.switch': () => ({ item: person, see: false }),
		'drafts.admit': () => ({ item: person }),
		'conduct.take': () => ({}),
		'facilitator.name': () => ({ person }),
		'facilitator.release': () => ({ person }),
		'timer.start': () => ({ minutes: 1 }),
		'timer.pause': () => ({}),
		'timer.resume': () => ({}),
		'timer.extend': () => ({ minutes: 1 }),
		'timer.stop': () => ({}),
		'turns.ask': () => ({ as: 'for' }),
		'turns.withdraw': () => ({}),
		'turns.give': () => ({ person }),
		'turns.end': () => ({ person }),
		'turns.drop': () => ({ person }),
		'turns.set': () => ({ fair: true }),
		// of a point that is not there: another vote open would be in the way of what is asked next
		'vote.open': () => ({ item: person, rule: { kind: 'choice' }, level: 'open', options: { texts: ['A motion'] } }),
		'vote.close': () => ({ vote: person }),
		'vote.cancel': () => ({ vote: person }),
		'vote.again': () => ({ vote: person }),
		'decision.adopt': () => ({ item: person, wording: person, text: 'متن', person: null, office: null, due: null, mandate: null, by: 'consensus' }),
		'decision.withdraw': () => ({ decision: person })
	};
	/** nobody is in the meeting over a socket, so a chair may conduct it */
	const situation = { state: 'live', archived: false, facilitated: false, step: null } as const;
	const elsewhereRights: Partial<Record<Asker, Rights>> = {
		administrator: rightsOf.administrator,
		'facilitator elsewhere': { role: 'facilitator', administrator: false },
		'guest elsewhere': { role: 'guest', administrator: false }
	};

	const expectedOf = (rights: Rights, name: Action): string =>
		may(rights, name, situation) ? 'decided' : may(rights, 'meeting.see', situation) || may(rights, 'think-tank.see', situation) ? 'not-allowed' : 'not-found';

	describe.each(commandNames)('%s', (name) => {
		test.each(askers)('%s', async (asker) => {
			for (const [meeting, rights, restorer] of [
				[product.founding.meeting, rightsOf[asker], 'facilitator'],
				[elsewhere.meeting, elsewhereRights[asker] ?? { role: null, administrator: false }, 'facilitator elsewhere']
			] as const) {
				const answer = await command(asker, meeting, { name, body: bodies[name]() } as AnyCommandInput);
				const code = answer.ok ? 'decided' : ((await answer.json()) as { error: { code: string } }).error.code;
				const decided = !['not-allowed', 'not-found', 'signed-out', 'malformed'].includes(code);
				expect(decided ? 'decided' : code).toBe(asker === 'nobody' ? 'signed-out' : expectedOf(rights, name));
				if (name === 'meeting.close' && code === 'decided') expect((await command(restorer, meeting, { name: 'meeting.reopen', body: {} })).ok).toBe(true);
			}
		});
	});
});

describe('ideas of others, at a step that inspires', () => {
	beforeAll(async () => {
		const steps = stepsOf('inspired', newId);
		for (const [asker, { meeting }] of [
			['facilitator', product.founding],
			['facilitator elsewhere', elsewhere]
		] as const) {
			const point = async () =>
				(
					(await (await fetch(`${product.url}/api/meetings/${meeting}`, { headers: { cookie: people.get(asker)!.cookie } })).json()) as { meeting: Meeting }
				).meeting.agenda.at(-1)!;
			await command(asker, meeting, { name: 'agenda.add', body: { kind: 'brainstorm', title: { fa: 'بارش فکری' }, minutes: 5, steps } });
			const item = await point();
			points.set(meeting, item.id);
			await command(asker, meeting, { name: 'meeting.turn', body: { item: item.id } });
			await command(asker, meeting, { name: 'step.turn', body: { item: item.id, step: steps[1]!.id } });
		}
	});
	const points = new Map<string, string>();
	const writes: readonly Asker[] = ['guest', 'member', 'co-facilitator', 'chair', 'facilitator'];

	test.each(askers.filter((asker) => asker !== 'nobody'))('DRAFT-7 %s', async (asker) => {
		const link = enterMeeting({ url: product.url, meeting: product.founding.meeting, cookie: people.get(asker)!.cookie, changed: () => {}, ended: () => {} });
		try {
			// whoever the meeting is nothing to has no link into it: asked for without one, it is not there either
			const answer = await link.ask('drafts.inspire', { item: points.get(product.founding.meeting)! });
			expect(answer).toEqual(
				writes.includes(asker)
					? { ok: true, value: { ideas: [] } }
					: { ok: false, refusal: asker === 'observer' ? 'not-allowed' : expect.stringMatching(/not-found|unanswered/) }
			);
		} finally {
			link.leave();
		}
	});
});
