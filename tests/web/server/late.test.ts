import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { applyBatch } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { newId } from '#server/auth/tokens.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { openStage, type Stage } from './stage.ts';
import { storedDoc } from '../../support/stored.ts';

/** Late contributions over HTTP. */

let stage: Stage;
let founding: Awaited<ReturnType<Stage['found']>>;
let facilitator: { id: Id; cookie: string };
let author: { id: Id; cookie: string };
let other: { id: Id; cookie: string };

beforeAll(async () => {
	stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

beforeEach(async () => {
	await stage.clear();
	await stage.database.connection.run(({ sql }) => sql`insert into client_ids (id, person_id) values (1, null)`);
	[facilitator, author, other] = [await stage.arrive(), await stage.arrive(), await stage.arrive()];
	founding = await stage.found(facilitator.id);
	for (const { id } of [author, other]) await stage.database.thinkTanks.addMember(founding.thinkTank, id, 'member');
});

/** Keeps a card that its author wrote too late. */
async function arrived(text: string, { person = author.id, after = [] as Uint8Array[] } = {}): Promise<{ id: Id; update: Uint8Array }> {
	const doc = new Y.Doc();
	if (after.length > 0) applyBatch(doc, after);
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	const card = newId();
	createCard(doc, { id: card, author: person, createdAt: 1, column: 'threats', group: null, before: null });
	splice(doc, { card }, { at: 0, removed: 0, inserted: text });
	const id = newId();
	const update = Y.mergeUpdates(updates);
	await stage.database.late.keep({ id, meeting: founding.meeting, document: founding.documents.swot, person, update, excerpt: text }, null);
	return { id, update };
}

const list = async (who: { cookie: string }) => {
	const response = await stage.ask('GET', `/api/meetings/${founding.meeting}/late`, { cookie: who.cookie });
	return (await response.json()) as { mayDecide: boolean; contributions: { id: Id; excerpt: string; admitted: boolean | null; author: { id: Id } }[] };
};
const decide = async (who: { cookie: string }, id: Id, body: unknown = { admit: true }, meeting = founding.meeting) => {
	const response = await stage.ask('POST', `/api/meetings/${meeting}/late/${id}`, { cookie: who.cookie, body });
	return response.status === 204 ? 204 : ((await response.json()) as { error: { code: string } }).error.code;
};
const onBoard = async () => {
	const doc = await storedDoc(stage.database, founding.documents.swot);
	return [...readBoard(doc).cards.values()].map(({ text }) => text);
};

describe('late contributions', () => {
	test('LATE-7 whoever decides sees all, an author their own, and nobody else any', async () => {
		const own = await arrived('از من');
		await arrived('از دیگری', { person: other.id });
		expect(await list(facilitator)).toMatchObject({
			mayDecide: true,
			contributions: [{ excerpt: 'از دیگری' }, { excerpt: 'از من', author: { id: author.id } }]
		});
		expect(await list(author)).toMatchObject({ mayDecide: false, contributions: [{ id: own.id, admitted: null }] });
		expect(
			(
				await list(
					await (async () => {
						const observer = await stage.arrive();
						await stage.database.thinkTanks.addMember(founding.thinkTank, observer.id, 'observer');
						return observer;
					})()
				)
			).contributions
		).toEqual([]);
		expect(await decide(facilitator, own.id, { admit: false })).toBe(204);
		expect((await list(author)).contributions).toMatchObject([{ excerpt: 'از من', admitted: false }]);
	});

	test('LATE-5 admitting puts it on the board once, also when it is asked for twice', async () => {
		const { id } = await arrived('دیر رسید');
		const before = (await onBoard()).length;
		expect(await Promise.all([decide(facilitator, id), decide(facilitator, id)])).toEqual([204, 204]);
		expect(await onBoard()).toHaveLength(before + 1);
		expect(await decide(facilitator, id, { admit: false })).toBe('late-decided');
		expect(await decide(facilitator, id)).toBe(204);
		expect((await onBoard()).filter((text) => text === 'دیر رسید')).toHaveLength(1);
	});

	test('LATE-5 nobody decides who may not, in an archived think tank nobody at all, and nobody about a meeting of others', async () => {
		const { id } = await arrived('می‌ماند');
		for (const who of [author, other]) expect(await decide(who, id)).toBe('not-allowed');
		const stranger = await stage.arrive();
		const administrator = await stage.arrive({ administrator: true });
		const elsewhere = await stage.found(stranger.id);
		for (const who of [stranger, administrator]) expect(await decide(who, id)).toBe('not-found');
		// a facilitator elsewhere, with an id of here
		expect(await decide(stranger, id, { admit: true }, elsewhere.meeting)).toBe('not-found');
		expect(await decide(facilitator, newId())).toBe('not-found');
		expect(await decide(facilitator, 'x')).toBe('not-found');
		for (const body of [{}, { admit: 'yes' }, { admit: true, update: 'x' }, []]) expect(await decide(facilitator, id, body)).toBe('malformed');
		await stage.database.connection.run(({ sql }) => sql`update think_tanks set archived_at = now() where id = ${founding.thinkTank}`);
		expect(await decide(facilitator, id)).toBe('not-allowed');
		expect((await list(facilitator)).mayDecide).toBe(false);
		expect(await onBoard()).not.toContain('می‌ماند');
		expect((await stage.database.late.find(id))!.admitted).toBeNull();
	});

	test('LATE-6 what does not fit is refused with a code of its own, and waits on', async () => {
		const base = await arrived('پایه');
		const { id } = await arrived('بی‌پایه', { person: other.id, after: [base.update] });
		// rests on a card that nobody admitted: the same client goes on counting
		const doc = new Y.Doc();
		doc.clientID = 77;
		const updates: Uint8Array[] = [];
		createCard(doc, { id: newId(), author: other.id, createdAt: 1, column: 'threats', group: null, before: null });
		doc.on('update', (update: Uint8Array) => updates.push(update));
		createCard(doc, { id: newId(), author: other.id, createdAt: 1, column: 'threats', group: null, before: null });
		const unfit = newId();
		await stage.database.late.keep(
			{ id: unfit, meeting: founding.meeting, document: founding.documents.swot, person: author.id, update: Y.mergeUpdates(updates), excerpt: '' },
			null
		);
		expect(await decide(facilitator, unfit)).toBe('late-unfit');
		expect((await stage.database.late.find(unfit))!.admitted).toBeNull();
		expect(await decide(facilitator, unfit, { admit: false })).toBe(204);
		expect([await decide(facilitator, base.id), await decide(facilitator, id)]).toEqual([204, 204]);
	});
});
