import { createCard, splice } from '#realtime/board/edits.ts';
import { closeCodes } from '#realtime/protocol/close-codes.ts';
import { refusals } from '#realtime/protocol/control.ts';
import { frameKinds } from '#realtime/protocol/frames.ts';
import { reasons } from '#realtime/server/boards/gate/refusal.ts';
import { errorStatus } from '#server/api/errors.ts';
import { newId } from '#server/auth/tokens.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openPage, saved, socketWith, untilStatus } from '../support/page.ts';
import { metricsToken, Product } from '../support/product.ts';

/** What an operator reads at /metrics of the built product. */

let product: Product;

beforeAll(async () => {
	product = await Product.prepare([
		{ name: { fa: 'دبیر' }, role: 'facilitator' },
		{ name: { fa: 'عضو' }, role: 'member' }
	]);
	await product.start();
});
afterAll(() => product?.remove());

const ask = (authorization?: string) => fetch(`${product.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });

test('METRIC-1 the figures open to their token alone', async () => {
	for (const wrong of [
		undefined,
		'',
		'Bearer',
		'Bearer ',
		`Bearer ${metricsToken}x`,
		`Basic ${metricsToken}`,
		metricsToken,
		`Bearer ${metricsToken.slice(0, -1)}`
	]) {
		const answer = await ask(wrong);
		expect([answer.status, answer.headers.get('www-authenticate')], String(wrong)).toEqual([401, 'Bearer']);
		expect(await answer.text()).not.toContain('hamandish_');
	}
	const answer = await ask(`Bearer ${metricsToken}`);
	expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
});

test('METRIC-4 what the README tells to look at is told', async () => {
	const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
	// one process has no Redis
	const named = [...readme.matchAll(/`(hamandish_\w+)`/g)]
		.map(([, name]) => name!)
		.filter((name) => !['hamandish_default', 'hamandish_redis_reached'].includes(name));
	expect(named.length).toBeGreaterThan(5);
	const told = new Set([...(await (await ask(`Bearer ${metricsToken}`)).text()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!));
	expect(named.filter((name) => !told.has(name))).toEqual([]);
});

test('METRIC-2 METRIC-3 METRIC-5 what people do and what they are refused is counted, and none of them is named', async () => {
	const before = await product.figures();
	const [first, second] = product.people as [(typeof product.people)[0], (typeof product.people)[0]];
	const { swot } = product.founding.documents;
	const pages = await Promise.all([first, second, second].map((person) => openPage(product, person, swot)));
	await Promise.all(pages.map((page) => untilStatus(page, saved)));
	const id = newId();
	createCard(pages[0]!.doc, { id, author: first.id, createdAt: 1, column: 'threats', group: null, before: null });
	for (const letter of 'رازِ نهفته') splice(pages[0]!.doc, { card: id }, { at: 0, removed: 0, inserted: letter });
	await untilStatus(pages[0]!, saved);

	// each of the four ways to be refused, once
	await new Promise((resolve) => new (socketWith(second.cookie))(`${product.boardsUrl}/${newId()}`).addEventListener('close', resolve));
	await new Promise((resolve) => new WebSocket(`${product.boardsUrl}/${swot}`, { headers: { origin: 'https://evil.example' } }).once('error', resolve));
	const meetingSocket = io(product.url, { transports: ['websocket'], extraHeaders: { cookie: second.cookie }, forceNew: true });
	expect(await meetingSocket.emitWithAck('meeting.enter', { meeting: newId() })).toEqual({ ok: false, refusal: 'not-found' });
	expect((await fetch(`${product.url}/api/me`)).status).toBe(401);

	await vi.waitFor(async () => {
		const now = await product.figures();
		const grown = (name: string) => now.get(`hamandish_${name}`)! - before.get(`hamandish_${name}`)!;
		expect({ people: grown('people'), rooms: grown('rooms'), boards: grown('board_sockets'), meetings: grown('meeting_sockets') }).toEqual({
			people: 2,
			rooms: 1,
			boards: 3,
			meetings: 1
		});
		for (const name of ['edits_total', 'commits_total', 'commit_seconds_count', 'commit_seconds_sum']) expect(grown(name), name).toBeGreaterThan(0);
		for (const way of ['in', 'out']) expect(grown(`frames_${way}_total{kind="update"}`)).toBeGreaterThan(0);
		for (const way of ['in', 'out']) expect(grown(`bytes_${way}_total{kind="step2"}`)).toBeGreaterThan(grown(`frames_${way}_total{kind="step2"}`));
		expect(grown('closed_sockets_total{reason="not-found"}')).toBe(1);
		expect(grown('refused_upgrades_total{status="403"}')).toBe(1);
		expect(grown('refused_requests_total{refusal="not-found"}')).toBe(1);
		expect(grown('refused_calls_total{code="signed-out"}')).toBe(1);
		for (const name of ['hamandish_buffered_bytes', 'hamandish_queued_bytes', 'nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes'])
			expect(now.has(name), name).toBe(true);
	});

	// what may stand in a label
	const closed = new Set([
		...frameKinds,
		...Object.keys(closeCodes),
		...refusals,
		...Object.keys(errorStatus),
		...Object.keys(reasons),
		'403',
		'404',
		'429',
		'503'
	]);
	const ours = [...before.keys()].filter((series) => series.startsWith('hamandish_'));
	const labels = ours.flatMap((series) => [...series.matchAll(/(\w+)="([^"]*)"/g)].filter(([, name]) => name !== 'le').map((label) => label[2]!));
	expect(labels.filter((label) => !closed.has(label))).toEqual([]);
	// all of them from the start: nothing that happened has made a series
	expect([...(await product.figures()).keys()].filter((series) => series.startsWith('hamandish_'))).toEqual(ours);

	meetingSocket.close();
	for (const page of pages) page.close();
});

test('METRIC-1 without a token there is no such address', async () => {
	await product.stop();
	await product.start({ METRICS_TOKEN: '' });
	for (const authorization of [undefined, 'Bearer ', 'Bearer null', `Bearer ${metricsToken}`]) expect((await ask(authorization)).status).toBe(404);
});
