import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAction } from '#realtime/board/actions-edits.ts';
import { patternOf, stepsOf } from '#realtime/meeting/recipes.ts';
import { digestOf, newId, newToken } from '#server/auth/tokens.ts';
import { openStage, type Stage } from './stage.ts';

const askers = ['nobody', 'facilitator', 'member', 'observer', 'guest', 'stranger', 'administrator'] as const;
type Asker = (typeof askers)[number];

let stage: Stage;
let founding: Awaited<ReturnType<Stage['found']>>;
const cookies = new Map<Asker, string>();
/** a guest link of the meeting, another one, and somebody who waits at the door */
const guestLink = { token: newToken(), id: newId() };
const spareLink = { token: newToken(), id: newId() };
const waiting = newId();
const action = newId();
/** a version by which the meeting had left a step */
let left: number;

beforeAll(async () => {
	stage = await openStage({ demo: true });
	const facilitator = await stage.arrive();
	founding = await stage.found(facilitator.id);
	cookies.set('facilitator', facilitator.cookie);
	for (const role of ['member', 'observer'] as const) {
		const { id, cookie } = await stage.arrive();
		await stage.database.thinkTanks.addMember(founding.thinkTank, id, role);
		cookies.set(role, cookie);
	}
	for (const [{ token, id }, approval] of [
		[guestLink, false],
		[spareLink, true]
	] as const) {
		const link = { id, digest: digestOf(token), approval, meeting: founding.meeting, thinkTank: founding.thinkTank, label: null };
		await stage.database.guests.addLink({ ...link, expiresAt: Date.now() + 3_600_000, createdBy: facilitator.id }, Date.now(), 10);
	}
	const guest = { id: newId(), name: { fa: 'مهمان' }, province: 'IR-21' } as const;
	await stage.database.guests.come(digestOf(guestLink.token), guest, Date.now(), 10);
	await stage.database.guests.come(digestOf(guestLink.token), { ...guest, id: waiting }, Date.now(), 10);
	cookies.set('guest', (await stage.sessions.signIn(guest.id, false)).split(';')[0]!);
	cookies.set('stranger', (await stage.arrive()).cookie);
	cookies.set('administrator', (await stage.arrive({ administrator: true })).cookie);
	await stage.services.live!.edit(founding.documents.actions, facilitator.id, (doc) =>
		createAction(doc, { id: action, author: facilitator.id, createdAt: 1, origin: null, what: 'کار', person: facilitator.id })
	);
	const turn = { id: newId(), command: { name: 'meeting.turn', body: { item: founding.activities.brainstorm } } };
	const turned = await stage.ask('POST', `/api/meetings/${founding.meeting}/commands`, { cookie: facilitator.cookie, body: turn });
	left = ((await turned.json()) as { version: number }).version;
});
afterAll(() => stage.close());

interface Row {
	route: string;
	path: () => string;
	/** a function: made when everything else is there */
	body?: unknown;
	/** status and, of a refusal, code */
	expected: Record<Asker, string>;
}

const everybody = (answer: string): Record<Asker, string> => ({
	nobody: answer,
	facilitator: answer,
	member: answer,
	observer: answer,
	guest: answer,
	stranger: answer,
	administrator: answer
});
const withSession = (answer: string): Record<Asker, string> => ({ ...everybody(answer), nobody: '401 signed-out' });
/** who has an account, which a guest has not */
const withAccount = (answer: string): Record<Asker, string> => ({ ...withSession(answer), guest: '403 not-allowed' });
/** who is of the think tank; an administrator is not by that */
const ofTheThinkTank: Record<Asker, string> = { ...withSession('200'), stranger: '404 not-found', administrator: '404 not-found' };
/** who decides about the think tank and its members: its facilitator and administrators */
const governing = (answer: string): Record<Asker, string> => ({
	...withSession('403 not-allowed'),
	facilitator: answer,
	administrator: answer,
	guest: '404 not-found',
	stranger: '404 not-found'
});
const forAdministrators = (answer: string): Record<Asker, string> => ({ ...withSession('403 not-allowed'), administrator: answer });
const ownThinkTank = (rest = ''): string => `/api/think-tanks/${founding.thinkTank}${rest}`;
const words = { fa: 'متن' };

const passkeyAnswer = {
	id: 'none',
	rawId: 'none',
	type: 'public-key',
	response: { clientDataJSON: '', authenticatorData: '', signature: '' },
	clientExtensionResults: {}
};
const newAccount = {
	name: { fa: 'کسی' },
	office: null,
	province: null,
	userName: 'kasi',
	mobile: null,
	email: null,
	password: 'three words in a row',
	language: 'fa'
};
/** who conducts the meeting */
const conducting = (answer: string): Record<Asker, string> => ({
	...withSession('404 not-found'),
	facilitator: answer,
	member: '403 not-allowed',
	observer: '403 not-allowed',
	guest: '403 not-allowed'
});

const rows: Row[] = [
	{ route: 'GET /api/me', path: () => '/api/me', expected: withSession('200') },
	{ route: 'PATCH /api/me', path: () => '/api/me', body: { theme: 'dark' }, expected: withSession('204') },
	{ route: 'POST /api/client-ids', path: () => '/api/client-ids', body: { count: 2 }, expected: withSession('200') },
	{ route: 'GET /api/home', path: () => '/api/home', expected: withSession('200') },
	{ route: 'GET /api/search', path: () => '/api/search?words=x', expected: withSession('200') },
	{ route: 'POST /api/home/seen', path: () => '/api/home/seen', body: { at: 1 }, expected: withSession('204') },
	// there is a think tank already: the sample is not offered to anybody, and looks missing
	{ route: 'POST /api/sample', path: () => '/api/sample', body: { language: 'fa' }, expected: withSession('404 not-found') },
	{ route: 'GET /api/meetings/:id', path: () => `/api/meetings/${founding.meeting}`, expected: ofTheThinkTank },
	{ route: 'GET /api/meetings/:id/late', path: () => `/api/meetings/${founding.meeting}/late`, expected: ofTheThinkTank },
	{
		// no such contribution: whoever may not decide is refused before that is known
		route: 'POST /api/meetings/:id/late/:late',
		path: () => `/api/meetings/${founding.meeting}/late/${newId()}`,
		body: { admit: true },
		expected: {
			...withSession('404 not-found'),
			member: '403 not-allowed',
			observer: '403 not-allowed',
			guest: '403 not-allowed'
		}
	},
	{
		// whoever has a signed token casts a ballot, and nobody is asked who they are
		route: 'POST /api/ballots',
		path: () => '/api/ballots',
		body: { vote: newId(), token: 'AAAA', signature: 'AAAA', marks: {} },
		expected: everybody('404 no-such-vote')
	},
	{ route: 'GET /api/meetings/:id/course', path: () => `/api/meetings/${founding.meeting}/course`, expected: ofTheThinkTank },
	{
		route: 'GET /api/meetings/:id/course/:version/board',
		path: () => `/api/meetings/${founding.meeting}/course/${left}/board`,
		expected: ofTheThinkTank
	},
	{ route: 'GET /api/meetings/:id/attendance', path: () => `/api/meetings/${founding.meeting}/attendance`, expected: ofTheThinkTank },
	{
		// no such point: whoever may not write for themself is refused before that is known
		route: 'POST /api/meetings/:id/drafts',
		path: () => `/api/meetings/${founding.meeting}/drafts`,
		body: { item: newId() },
		expected: { ...withSession('409 no-such-item'), observer: '403 not-allowed', administrator: '404 not-found', stranger: '404 not-found' }
	},
	{
		// nothing happens by it: whoever may not is refused all the same
		route: 'POST /api/meetings/:id/commands',
		path: () => `/api/meetings/${founding.meeting}/commands`,
		body: { id: newId(), command: { name: 'facilitator.release', body: { person: newId() } } },
		expected: { ...withSession('403 not-allowed'), facilitator: '200', stranger: '404 not-found' }
	},
	{
		route: 'GET /api/think-tanks/:id/next-meeting',
		path: () => `/api/think-tanks/${founding.thinkTank}/next-meeting`,
		expected: { ...withSession('403 not-allowed'), facilitator: '200', administrator: '200', guest: '404 not-found', stranger: '404 not-found' }
	},
	{
		route: 'POST /api/think-tanks/:id/meetings',
		path: () => `/api/think-tanks/${founding.thinkTank}/meetings`,
		body: { meeting: { title: { fa: 'نشست بعدی' }, startsAt: Date.UTC(2027, 0, 2, 6), minutes: 90 } },
		expected: { ...withSession('403 not-allowed'), facilitator: '201', administrator: '201', guest: '404 not-found', stranger: '404 not-found' }
	},
	{ route: 'GET /api/think-tanks', path: () => '/api/think-tanks', expected: withSession('200') },
	{ route: 'GET /api/think-tank-templates', path: () => '/api/think-tank-templates', expected: forAdministrators('200') },
	{
		route: 'POST /api/think-tanks',
		path: () => '/api/think-tanks',
		body: { name: words, host: words, purpose: words, province: null, termFrom: null, termTo: null, mandate: [words], facilitate: false },
		expected: forAdministrators('201')
	},
	{ route: 'GET /api/think-tanks/:id', path: ownThinkTank, expected: { ...ofTheThinkTank, guest: '404 not-found', administrator: '200' } },
	{ route: 'PATCH /api/think-tanks/:id', path: ownThinkTank, body: { province: 'IR-23' }, expected: governing('204') },
	{
		route: 'PUT /api/think-tanks/:id/archived',
		path: () => ownThinkTank('/archived'),
		// it is so already
		body: { archived: false },
		expected: { ...forAdministrators('204'), guest: '404 not-found', stranger: '404 not-found' }
	},
	{ route: 'POST /api/think-tanks/:id/mandate', path: () => ownThinkTank('/mandate'), body: { text: words }, expected: governing('201') },
	{
		route: 'PATCH /api/think-tanks/:id/mandate/:item',
		path: () => ownThinkTank(`/mandate/${newId()}`),
		body: { progress: 10 },
		expected: governing('409 no-such-mandate')
	},
	{ route: 'DELETE /api/think-tanks/:id/mandate/:item', path: () => ownThinkTank(`/mandate/${newId()}`), expected: governing('409 no-such-mandate') },
	{
		route: 'GET /api/think-tanks/:id/recipes',
		path: () => ownThinkTank('/recipes'),
		expected: { ...ofTheThinkTank, guest: '404 not-found', administrator: '200' }
	},
	{
		route: 'POST /api/think-tanks/:id/recipes',
		path: () => ownThinkTank('/recipes'),
		body: () => ({ name: newId(), surface: 'board', steps: patternOf(stepsOf('silent', newId)) }),
		expected: governing('201')
	},
	{ route: 'DELETE /api/think-tanks/:id/recipes/:recipe', path: () => ownThinkTank(`/recipes/${newId()}`), expected: governing('409 no-such-recipe') },
	{ route: 'GET /api/think-tanks/:id/candidates', path: () => ownThinkTank('/candidates?search=x'), expected: governing('200') },
	{
		route: 'POST /api/think-tanks/:id/members',
		path: () => ownThinkTank('/members'),
		body: { person: newId(), role: 'member', office: null },
		expected: governing('409 no-such-person')
	},
	{
		route: 'PATCH /api/think-tanks/:id/members/:person',
		path: () => ownThinkTank(`/members/${newId()}`),
		body: { role: 'member' },
		expected: governing('409 no-such-person')
	},
	{ route: 'DELETE /api/think-tanks/:id/members/:person', path: () => ownThinkTank(`/members/${newId()}`), expected: governing('409 no-such-person') },
	{ route: 'GET /api/think-tanks/:id/invitations', path: () => ownThinkTank('/invitations'), expected: governing('200') },
	{
		route: 'POST /api/think-tanks/:id/invitations',
		path: () => ownThinkTank('/invitations'),
		body: { role: 'member', uses: 1, days: 7, label: null },
		expected: governing('201')
	},
	{
		route: 'DELETE /api/think-tanks/:id/invitations/:invitation',
		path: () => ownThinkTank(`/invitations/${newId()}`),
		expected: governing('409 no-such-invitation')
	},
	{ route: 'GET /api/people', path: () => '/api/people?search=x', expected: forAdministrators('200') },
	{ route: 'GET /api/people/log', path: () => '/api/people/log', expected: forAdministrators('200') },
	{ route: 'GET /api/people/invitations', path: () => '/api/people/invitations', expected: forAdministrators('200') },
	{
		route: 'POST /api/people/invitations',
		path: () => '/api/people/invitations',
		body: { uses: null, days: 1, label: 'الف' },
		expected: forAdministrators('201')
	},
	{
		route: 'DELETE /api/people/invitations/:invitation',
		path: () => `/api/people/invitations/${newId()}`,
		expected: forAdministrators('409 no-such-invitation')
	},
	{ route: 'GET /api/people/:id', path: () => `/api/people/${newId()}`, expected: forAdministrators('404 not-found') },
	{ route: 'PATCH /api/people/:id', path: () => `/api/people/${newId()}`, body: { administrator: true }, expected: forAdministrators('404 not-found') },
	{
		route: 'POST /api/people/:id/reset',
		path: () => `/api/people/${newId()}/reset`,
		body: { secondFactor: false },
		expected: forAdministrators('404 not-found')
	},
	{ route: 'POST /api/people/:id/deactivate', path: () => `/api/people/${newId()}/deactivate`, expected: forAdministrators('404 not-found') },
	{ route: 'POST /api/people/:id/hand-over', path: () => `/api/people/${newId()}/hand-over`, body: { to: null }, expected: forAdministrators('404 not-found') },
	{ route: 'POST /api/people/:id/reactivate', path: () => `/api/people/${newId()}/reactivate`, expected: forAdministrators('404 not-found') },
	{ route: 'GET /api/meetings/:id/guests', path: () => `/api/meetings/${founding.meeting}/guests`, expected: conducting('200') },
	{
		route: 'POST /api/meetings/:id/guest-links',
		path: () => `/api/meetings/${founding.meeting}/guest-links`,
		body: { label: null, approval: true, hours: 24 },
		expected: conducting('201')
	},
	{
		route: 'DELETE /api/meetings/:id/guest-links/:link',
		path: () => `/api/meetings/${founding.meeting}/guest-links/${spareLink.id}`,
		expected: conducting('204')
	},
	{
		route: 'POST /api/meetings/:id/guests/:person',
		path: () => `/api/meetings/${founding.meeting}/guests/${waiting}`,
		body: { state: 'refused' },
		expected: conducting('204')
	},
	{ route: 'GET /api/me/guest-meetings', path: () => '/api/me/guest-meetings', expected: withSession('200') },
	{ route: 'GET /api/guest/:token', path: () => `/api/guest/${guestLink.token}`, expected: everybody('200') },
	{
		route: 'GET /api/think-tanks/:id/actions',
		path: () => `/api/think-tanks/${founding.thinkTank}/actions`,
		expected: { ...ofTheThinkTank, guest: '404 not-found', administrator: '403 not-allowed' }
	},
	{
		route: 'GET /api/think-tanks/:id/decisions',
		path: () => `/api/think-tanks/${founding.thinkTank}/decisions`,
		expected: { ...ofTheThinkTank, guest: '404 not-found', administrator: '403 not-allowed' }
	},
	{
		route: 'GET /api/think-tanks/:id/actions.csv',
		path: () => `/api/think-tanks/${founding.thinkTank}/actions.csv?language=fa`,
		expected: { ...ofTheThinkTank, guest: '404 not-found', administrator: '403 not-allowed' }
	},
	{ route: 'GET /api/actions/mine', path: () => '/api/actions/mine', expected: withSession('200') },
	{
		route: 'GET /api/actions/:id/changes',
		path: () => `/api/actions/${action}/changes?document=${founding.documents.actions}`,
		expected: ofTheThinkTank
	},
	{
		// the facilitator's own: a member may not
		route: 'PATCH /api/actions/:id',
		path: () => `/api/actions/${action}`,
		body: () => ({ document: founding.documents.actions, state: 'doing' }),
		expected: { ...ofTheThinkTank, member: '403 not-allowed', observer: '403 not-allowed', guest: '403 not-allowed' }
	},
	{ route: 'GET /api/documents/:id/people', path: () => `/api/documents/${founding.documents.swot}/people`, expected: ofTheThinkTank },
	{ route: 'GET /api/documents/:id/factors', path: () => `/api/documents/${founding.documents.swot}/factors`, expected: ofTheThinkTank },
	{ route: 'GET /api/documents/:id/factors.csv', path: () => `/api/documents/${founding.documents.swot}/factors.csv?language=fa`, expected: ofTheThinkTank },
	{ route: 'GET /api/links/:token', path: () => `/api/links/${newToken()}`, expected: everybody('404 link-unknown') },
	{
		route: 'POST /api/links/:token',
		path: () => `/api/links/${newToken()}`,
		body: { name: 'کسی', userName: 'kasi', password: 'a b c d e f g h' },
		expected: everybody('404 link-unknown')
	},
	{ route: 'GET /api/demo/enter/:token', path: () => `/api/demo/enter/${newToken()}`, expected: everybody('404 not-found') },
	{ route: 'GET /api/openapi.json', path: () => '/api/openapi.json', expected: everybody('200') },
	{ route: 'POST /api/sign-in', path: () => '/api/sign-in', body: () => ({ identifier: newId(), password: 'x' }), expected: everybody('401 sign-in-wrong') },
	{ route: 'POST /api/sign-in/passkey/options', path: () => '/api/sign-in/passkey/options', body: {}, expected: everybody('200') },
	{ route: 'POST /api/sign-in/passkey', path: () => '/api/sign-in/passkey', body: passkeyAnswer, expected: everybody('401 passkey-refused') },
	{ route: 'GET /api/me/account', path: () => '/api/me/account', expected: withAccount('200') },
	{ route: 'PATCH /api/me/profile', path: () => '/api/me/profile', body: { province: 'IR-07' }, expected: withAccount('204') },
	// nobody here has a password to prove with
	{ route: 'POST /api/me/authenticator', path: () => '/api/me/authenticator', body: { password: 'x' }, expected: withAccount('403 password-wrong') },
	{
		route: 'POST /api/me/authenticator/confirm',
		path: () => '/api/me/authenticator/confirm',
		body: { code: '000000' },
		expected: withAccount('409 code-wrong')
	},
	{ route: 'POST /api/me/authenticator/off', path: () => '/api/me/authenticator/off', body: { password: 'x' }, expected: withAccount('403 password-wrong') },
	{ route: 'POST /api/me/recovery-codes', path: () => '/api/me/recovery-codes', body: { password: 'x' }, expected: withAccount('403 password-wrong') },
	{ route: 'POST /api/me/passkeys/options', path: () => '/api/me/passkeys/options', body: { password: 'x' }, expected: withAccount('403 password-wrong') },
	{
		route: 'POST /api/me/passkeys',
		path: () => '/api/me/passkeys',
		body: { name: 'کلید', response: { ...passkeyAnswer, response: { clientDataJSON: '', attestationObject: '' } } },
		expected: withAccount('401 passkey-refused')
	},
	{ route: 'PATCH /api/me/passkeys/:passkey', path: () => '/api/me/passkeys/none', body: { name: 'x' }, expected: withAccount('404 not-found') },
	{ route: 'DELETE /api/me/passkeys/:passkey', path: () => '/api/me/passkeys/none', body: { password: 'x' }, expected: withAccount('403 password-wrong') },
	{ route: 'DELETE /api/me/sessions/:session', path: () => '/api/me/sessions/none', expected: withAccount('404 not-found') },
	{ route: 'POST /api/me/sessions/end-others', path: () => '/api/me/sessions/end-others', expected: withAccount('200') },
	{ route: 'POST /api/me/password', path: () => '/api/me/password', body: { password: 'three words in a row' }, expected: withAccount('204') },
	{ route: 'GET /api/invitations/:token', path: () => `/api/invitations/${newToken()}`, expected: everybody('404 link-unknown') },
	{ route: 'POST /api/invitations/:token', path: () => `/api/invitations/${newToken()}`, body: newAccount, expected: everybody('404 link-unknown') },
	{ route: 'POST /api/invitations/:token/join', path: () => `/api/invitations/${newToken()}/join`, expected: withAccount('404 link-unknown') },
	{ route: 'GET /api/reset/:token', path: () => `/api/reset/${newToken()}`, expected: everybody('404 link-unknown') },
	{ route: 'POST /api/reset/:token', path: () => `/api/reset/${newToken()}`, body: { password: 'x' }, expected: everybody('404 link-unknown') },
	// late: it makes guests of strangers
	{ route: 'POST /api/guest/:token/enter', path: () => `/api/guest/${guestLink.token}/enter`, body: { who: null }, expected: withSession('200') },
	// the last row: it ends the sessions
	{ route: 'POST /api/sign-out', path: () => '/api/sign-out', expected: everybody('204') }
];

async function answerOf(response: Response): Promise<string> {
	if (response.ok) return String(response.status);
	const { error } = (await response.json()) as { error: { code: string } };
	return `${response.status} ${error.code}`;
}

test('every route × role: whatever is registered has its row', () => {
	const registered = new Set(stage.api.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`));
	expect([...registered].sort()).toEqual(rows.map(({ route }) => route).sort());
});

describe.each(rows)('$route', ({ route, path, body, expected }) => {
	test.each(askers)('by %s', async (asker) => {
		const [method = ''] = route.split(' ');
		// as a page of ours asks: passkeys are bound to where it comes from
		const response = await stage.ask(method, path(), {
			cookie: cookies.get(asker),
			body: typeof body === 'function' ? (body as () => unknown)() : body,
			headers: { origin: 'http://localhost:3000' },
			// a row's wrong passwords are no guesses of the next row's
			address: `2001:db8::${rows.findIndex((row) => row.route === route).toString(16)}:${askers.indexOf(asker).toString(16)}`
		});
		expect(await answerOf(response)).toBe(expected[asker]);
		expect(response.headers.get('cache-control')).toBe('no-store');
	});
});

describe('what is missing, and what is wrong', () => {
	let member: string;
	let administrator: string;
	beforeAll(async () => {
		const { id, cookie } = await stage.arrive();
		await stage.database.thinkTanks.addMember(founding.thinkTank, id, 'member');
		member = cookie;
		administrator = (await stage.arrive({ administrator: true })).cookie;
	});

	test.each(['/api/meetings/ID', '/api/documents/ID/people', '/api/documents/ID/factors', '/api/documents/ID/factors.csv?language=fa'])(
		'%s: missing, foreign and malformed ids look alike',
		async (path) => {
			const foreign = path.includes('meetings') ? founding.meeting : founding.documents.swot;
			const answers = [];
			for (const [id, cookie] of [
				[newId(), member],
				['x', member],
				['%00', member],
				[foreign, administrator]
			] as const) {
				const response = await stage.ask('GET', path.replace('ID', id), { cookie });
				answers.push([response.status, await response.text()]);
			}
			expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
		}
	);

	test.each([
		['PATCH', '/api/me', { theme: 'pink' }],
		['PATCH', '/api/me', { administrator: true }],
		['PATCH', '/api/me', '{'],
		['PATCH', '/api/me', []],
		['POST', '/api/client-ids', { count: 0 }],
		['POST', '/api/client-ids', { count: 9 }],
		['POST', '/api/client-ids', { count: 1.5 }],
		['POST', '/api/client-ids', {}],
		['POST', '/api/sample', { language: 'de' }],
		['POST', '/api/sign-in', { identifier: 1, password: 'x' }],
		['POST', '/api/sign-in', { identifier: 'x', password: 'x'.repeat(1_001) }],
		['POST', '/api/sign-in/passkey', { id: 'x' }],
		['PATCH', '/api/me/profile', { name: {} }],
		['PATCH', '/api/me/profile', { name: { fa: ' ' } }],
		['PATCH', '/api/me/profile', { name: { en: `a${'\u0301'.repeat(50)}` } }],
		['PATCH', '/api/me/profile', { office: { fa: 'a\u202eb' } }],
		['PATCH', '/api/me/profile', { province: 'IR-99' }],
		['PATCH', '/api/me/profile', { administrator: true }],
		['POST', '/api/invitations/x', { ...newAccount, guest: false }],
		['POST', '/api/links/x', { name: ' ', userName: 'a', password: 'b' }],
		['POST', '/api/links/x', { name: 'a\u202eb', userName: 'a', password: 'b' }],
		['POST', '/api/links/x', { name: 'a'.repeat(101), userName: 'a', password: 'b' }],
		['POST', '/api/guest/x/enter', {}],
		['POST', '/api/guest/x/enter', { who: { name: ' ', province: 'IR-21', office: null } }],
		['POST', '/api/guest/x/enter', { who: { name: 'a\u202eb', province: 'IR-21', office: null } }],
		['POST', '/api/guest/x/enter', { who: { name: `a${'\u0301'.repeat(50)}`, province: 'IR-21', office: null } }],
		['POST', '/api/guest/x/enter', { who: { name: 'a\u0301'.repeat(9), province: 'IR-99', office: null } }],
		['POST', '/api/guest/x/enter', { who: { name: 'a', province: 'IR-21', office: 'b'.repeat(121) } }],
		['POST', '/api/guest/x/enter', { who: { name: 'a', province: 'IR-21', office: null, administrator: true } }],
		['POST', '/api/meetings/x/guest-links', { label: null, approval: true, hours: 0 }],
		['POST', '/api/meetings/x/guest-links', { label: null, approval: true, hours: 24 * 91 }],
		['POST', '/api/meetings/x/guest-links', { label: 'a\nb', approval: true, hours: 1 }],
		['POST', '/api/meetings/x/guests/y', { state: 'waiting' }]
	])('%s %s with %o is malformed', async (method, path, body) => {
		expect(await answerOf(await stage.ask(method, path, { cookie: administrator, body }))).toBe('400 malformed');
	});

	test('too much is refused before it is read', async () => {
		expect(await answerOf(await stage.ask('PATCH', '/api/me', { cookie: member, body: { theme: 'x'.repeat(200_000) } }))).toBe('413 too-large');
	});

	test('what is no route is not found', async () => {
		for (const path of ['/api', '/api/', '/api/nothing', '/api/me/more'])
			expect(await answerOf(await stage.ask('GET', path, { cookie: member }))).toBe('404 not-found');
	});

	test.each([
		'PATCH /api/me',
		'POST /api/client-ids',
		'POST /api/sample',
		'POST /api/sign-out',
		'POST /api/links/x',
		'POST /api/guest/x/enter',
		'POST /api/sign-in',
		'POST /api/me/password'
	])('%s from a foreign page is refused', async (route) => {
		const [method = '', path = ''] = route.split(' ');
		for (const origin of ['https://evil.example', 'null', 'http://localhost:3001']) {
			expect(await answerOf(await stage.ask(method, path, { cookie: member, body: {}, headers: { origin } }))).toBe('403 foreign-origin');
		}
		expect((await stage.ask(method, path, { cookie: undefined, body: {}, headers: { origin: 'http://localhost:3000' } })).status).not.toBe(403);
	});

	test('one-click links are there in the demo alone', async () => {
		const { id } = await stage.arrive();
		const token = stage.oneClickLinks!.add(id);
		const entered = await stage.ask('GET', `/api/demo/enter/${token}`);
		expect([entered.status, entered.headers.get('location')]).toEqual([303, '/meetings/a/b']);
		const me = await stage.ask('GET', '/api/me', { cookie: entered.headers.get('set-cookie')!.split(';')[0] });
		expect(((await me.json()) as { person: { id: string } }).person.id).toBe(id);
	});

	test('SQL is brought up to date before it is read', async () => {
		stage.projected.length = 0;
		await stage.ask('GET', `/api/documents/${founding.documents.swot}/factors`, { cookie: member });
		await stage.ask('GET', `/api/documents/${founding.documents.swot}/factors.csv?language=en`, { cookie: member });
		expect(stage.projected).toEqual([founding.documents.swot, founding.documents.swot]);
	});

	test('a member may write, an observer may not', async () => {
		const { id, cookie: observer } = await stage.arrive();
		await stage.database.thinkTanks.addMember(founding.thinkTank, id, 'observer');
		const mayWrite = async (cookie: string) =>
			((await (await stage.ask('GET', `/api/meetings/${founding.meeting}`, { cookie })).json()) as { mayWrite: boolean }).mayWrite;
		expect([await mayWrite(member), await mayWrite(observer)]).toEqual([true, false]);
	});

	test('settings are kept, and what is not given stays', async () => {
		await stage.ask('PATCH', '/api/me', { cookie: member, body: { language: 'en', textSize: 'large' } });
		await stage.ask('PATCH', '/api/me', { cookie: member, body: { language: null, theme: 'dark' } });
		expect(await (await stage.ask('GET', '/api/me', { cookie: member })).json()).toMatchObject({
			language: null,
			theme: 'dark',
			textSize: 'large',
			calendar: null,
			administrator: false
		});
	});

	test('nothing that was asked stands in the log with a token', async () => {
		const token = newToken();
		await stage.ask('GET', `/api/links/${token}`, { cookie: member, headers: { authorization: token } });
		const lines = stage.logLines.join('');
		expect(lines).toContain('"path":"/api/links/…"');
		for (const secret of [token, member.split('=')[1]!, administrator.split('=')[1]!]) expect(lines).not.toContain(secret);
	});
});
