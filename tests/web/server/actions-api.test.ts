import { createAction } from '#realtime/board/actions-edits.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { newId } from '#server/auth/tokens.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let founding: Awaited<ReturnType<Stage['found']>>;
let other: Awaited<ReturnType<Stage['found']>>;
let facilitator: { id: Id; cookie: string };
let member: { id: Id; cookie: string };
let stranger: { id: Id; cookie: string };

beforeAll(async () => (stage = await openStage()));
afterAll(() => stage.close());
beforeEach(async () => {
	[facilitator, member, stranger] = [await stage.arrive(), await stage.arrive(), await stage.arrive()];
	founding = await stage.found(facilitator.id);
	other = await stage.found(stranger.id);
	await stage.database.thinkTanks.addMember(founding.thinkTank, member.id, 'member');
});

async function make(values: Partial<Parameters<typeof createAction>[1]> = {}, document = founding.documents.actions): Promise<Id> {
	const id = newId();
	await stage.services.live!.edit(document, facilitator.id, (doc) =>
		createAction(doc, { id, author: facilitator.id, createdAt: 1, origin: null, what: 'گزارش', ...values })
	);
	return id;
}
const patch = async (by: { cookie: string }, id: Id, body: object) => {
	const answer = await stage.ask('PATCH', `/api/actions/${id}`, { cookie: by.cookie, body: { document: founding.documents.actions, ...body } });
	return { status: answer.status, body: (await answer.json()) as { action?: Record<string, unknown>; error?: { code: string } } };
};
const get = async <Body>(by: { cookie: string }, path: string) => (await (await stage.ask('GET', path, { cookie: by.cookie })).json()) as Body;

describe('the API of actions', () => {
	test('ACTION-8 a change by the API is in the document at once, within the rights of whoever asks, with its history', async () => {
		const [theirs, nobodys] = [await make({ person: facilitator.id }), await make()];
		expect((await patch(member, theirs, { state: 'done' })).body.error).toEqual({ code: 'not-allowed' });
		expect(await patch(member, nobodys, { person: member.id, due: '2026-12-01', what: 'گزارش فصل', notes: 'دو\nسطر' })).toMatchObject({
			status: 200,
			body: { action: { personId: member.id, due: '2026-12-01', what: 'گزارش فصل', notes: 'دو\nسطر', state: 'open' } }
		});
		expect(await patch(member, nobodys, { office: 'دفتر یزد' })).toMatchObject({ body: { action: { personId: null, office: 'دفتر یزد' } } });
		// given away, and not made by them: theirs no more
		expect((await patch(member, nobodys, { state: 'done' })).body.error).toEqual({ code: 'not-allowed' });
		expect((await patch(facilitator, theirs, { state: 'done' })).status).toBe(200);
		const { changes } = await get<{ changes: { field: string; after: string; personId: Id }[] }>(
			member,
			`/api/actions/${nobodys}/changes?document=${founding.documents.actions}`
		);
		expect(changes.find(({ field }) => field === 'due')).toMatchObject({ after: '2026-12-01', personId: member.id });
		expect(changes.filter(({ field }) => field === 'who').map(({ after }) => after)).toEqual(['دفتر یزد', member.id]);
	});

	test('ACTION-8 foreign and missing actions look alike', async () => {
		const mine = await make();
		const foreign = await make({}, other.documents.actions);
		const asked = [
			[foreign, founding.documents.actions],
			[foreign, other.documents.actions],
			[newId(), founding.documents.actions],
			[mine, founding.documents.swot],
			[mine, newId()]
		] as const;
		for (const [id, document] of asked) {
			expect(await patch(member, id, { document, state: 'done' })).toEqual({ status: 404, body: { error: { code: 'not-found' } } });
			expect(await get(member, `/api/actions/${id}/changes?document=${document}`)).toEqual({ error: { code: 'not-found' } });
		}
		expect(await get(stranger, `/api/think-tanks/${founding.thinkTank}/actions`)).toEqual({ error: { code: 'not-found' } });
	});

	test.each([
		{ state: 'finished' },
		{ due: '2026-02-30' },
		{ due: 'tomorrow' },
		{ what: '' },
		{ what: 'x\u202ey' },
		{ what: 'x'.repeat(501) },
		{ notes: '\0' },
		{ office: 'o'.repeat(121) },
		{ person: 'x' },
		{ author: 'x' }
	])('%o is malformed, and changes nothing', async (body) => {
		const id = await make();
		expect((await patch(facilitator, id, body)).body).toEqual({ error: { code: 'malformed' } });
	});

	test('an action is given to nobody who is not of the think tank', async () => {
		expect((await patch(facilitator, await make(), { person: stranger.id })).body).toEqual({ error: { code: 'no-such-person' } });
	});

	test('ACTION-8 one’s own actions, over all think tanks and no others', async () => {
		await stage.database.thinkTanks.addMember(other.thinkTank, member.id, 'observer');
		const [here, there] = [await make({ person: member.id, due: '2026-12-02' }), await make({ person: member.id, due: '2026-12-01' }, other.documents.actions)];
		await make({ person: facilitator.id });
		const { actions } = await get<{ actions: { actionId: Id; mayChange: boolean }[] }>(member, '/api/actions/mine');
		expect(actions.map(({ actionId, mayChange }) => [actionId, mayChange])).toEqual([
			[there, false],
			[here, true]
		]);
	});

	test('ACTION-9 the actions of whoever goes are handed over where the other is a member, and are nobody’s elsewhere', async () => {
		await stage.database.thinkTanks.addMember(other.thinkTank, member.id, 'member');
		const [here, there, done] = [
			await make({ person: member.id }),
			await make({ person: member.id }, other.documents.actions),
			await make({ person: member.id, state: 'done' })
		];
		await stage.services.live!.handOver(member.id, facilitator.id, stranger.id);
		await stage.services.live!.projectNow(other.documents.actions);
		await stage.services.live!.projectNow(founding.documents.actions);
		const personOf = async (document: Id, id: Id) => (await stage.database.actions.find(document, id))!.personId;
		expect(await personOf(founding.documents.actions, here)).toBe(facilitator.id);
		expect(await personOf(other.documents.actions, there)).toBe(null);
		expect(await personOf(founding.documents.actions, done)).toBe(member.id);
	});

	test('ACTION-11 the list and its table are filtered alike, and no cell is a formula', async () => {
		await make({ what: '=1+1', due: '2026-11-23', office: '@دفتر', state: 'doing' });
		await make({ what: 'دیگر', person: member.id });
		const path = `/api/think-tanks/${founding.thinkTank}/actions`;
		const list = await get<{ actions: { what: string }[]; total: number; mayWriteAll: boolean }>(member, `${path}?state=open,doing&sort=due&count=1`);
		expect(list).toMatchObject({ total: 2, mayWriteAll: false, actions: [{ what: '=1+1' }] });
		expect(await get(member, `${path}?person=${member.id}`)).toMatchObject({ total: 1, actions: [{ what: 'دیگر' }] });
		expect(await get(member, `${path}?sort=height`)).toEqual({ error: { code: 'malformed' } });
		const table = await stage.ask('GET', `${path}.csv?language=fa&state=doing`, { cookie: member.cookie });
		// text() would take the byte order mark away
		const csv = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await table.arrayBuffer());
		expect(csv.charCodeAt(0)).toBe(0xfeff);
		const [head, line, end] = csv.slice(1).split('\r\n');
		expect(head).toContain('"مسئول"');
		expect(line).toMatch(/^"'=1\+1","'@دفتر","۱۴۰۵\/۰۹\/۰۲","2026-11-23","در دست انجام"/);
		expect(end).toBe('');
	});
});
