import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open } from '#db/open.ts';
import * as Y from 'yjs';
import { createAction } from '#realtime/board/actions-edits.ts';
import { createDecision } from '#realtime/board/decisions-edits.ts';
import { notesOf } from '#realtime/board/notes.ts';
import type { CommandName } from '#realtime/meeting/commands.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import type { Language } from '#realtime/meeting/texts.ts';
import { links } from '#db/schema/people.ts';
import { digestOf, newId, newToken } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, isAlive, launch, phone } from '../support/browser.ts';
import { firstStart, type FirstStart } from '../support/first-start.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { comeByLink, makeGuestLink } from '../support/guests.ts';
import { Product, type Somebody } from '../support/product.ts';

/** Every screen there is, in both languages, themes and sizes of window: nothing for axe to find, nothing that hangs over. */

const repository = join(import.meta.dirname, '../..');
const axe = readFileSync(join(repository, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** The routes that are registered: each must have a row below. */
const registered = readdirSync(join(repository, 'web/routes'), { recursive: true, encoding: 'utf8' })
	.filter((path) => path.endsWith('+page.svelte'))
	.map((path) => `/${path.replace(/\/?\+page\.svelte$/, '')}`);

let product: Product;
/** as it is installed, and as it is once its link has been used */
let fresh: FirstStart;
let begun: FirstStart;
let administrator: { cookie: string; id: string };
/** who came by a link, and who waits at the door of another */
let guest: Somebody;
let waiting: Somebody;
let guestLink: string;
let strictLink: string;
let folder: string;
let browser: Browser;

const credentials = { userName: 'modir', password: 'سه واژهٔ پشت سر هم' };
/** tokens of links that are open */
const [invitation, reset] = [newToken(), newToken()];

interface Screen {
	route: string;
	name: string;
	/** another server's address */
	on?: () => string;
	who: () => Pick<Somebody, 'cookie'> | null;
	path: () => string;
	ready: (page: Page) => Promise<unknown>;
}

const facilitator = () => product.people[0]!;
const live = () => `/meetings/${product.founding.meeting}/${product.founding.activities.swot}`;
/** a point of the founding agenda that is done in notes */
let notes: string;
const main = (page: Page) => page.locator('main').first().waitFor();
/** the versions by which the founding meeting had left a board and notes */
let left: { board: number; notes: number };
/** a meeting that has been scheduled, with a point that somebody proposed */
let scheduled = '';
const toCome = () => `/meetings/${scheduled}`;
const agenda = (page: Page) => page.locator('[data-connection="online"] [data-row]').first().waitFor();
const board = (page: Page) => page.locator('[data-saved="saved"]').waitFor();

/** A little of everything that notes may hold. */
async function writeNotes(document: Id): Promise<void> {
	const link = await openPage(product, facilitator(), document);
	await untilStatus(link, saved);
	const element = (name: string, ...children: (Y.XmlElement | Y.XmlText)[]) => {
		const made = new Y.XmlElement(name);
		made.insert(0, children);
		return made;
	};
	const text = (words: string, formats = {}) => {
		const made = new Y.XmlText();
		made.insert(0, words, formats);
		return made;
	};
	const point = (words: string) => element('listItem', element('paragraph', text(words)));
	notesOf(link.doc).insert(0, [
		element('heading', text('جمع‌بندی نشست نخست')),
		element('paragraph', text('دفاتر استانی '), text('باید', { bold: {} }), text(' گزارش بدهند.')),
		element('orderedList', point('کارگروه آموزش'), point('Contact the Chamber of Cooperatives')),
		element('blockquote', element('paragraph', text('گزارش سالانه', { link: { href: 'https://example.org/report' } })))
	]);
	await untilStatus(link, saved);
	link.close();
}

/** A decision that was adopted, and one that is being worded. */
async function decideThere(item: Id, document: Id): Promise<void> {
	const { id: author, cookie } = facilitator();
	const link = await openPage(product, facilitator(), document);
	await untilStatus(link, saved);
	const [wording, other] = [newId(), newId()];
	const said = { text: 'دفترهای استانی هر فصل گزارش دهند.', person: author, office: null, due: '2027-03-20', mandate: null };
	createDecision(link.doc, { id: wording, author, createdAt: 1, card: null, ...said });
	createDecision(link.doc, { id: other, author, createdAt: 2, card: null, text: 'The secretariat publishes a list of services.', office: 'دبیرخانه' });
	await untilStatus(link, saved);
	link.close();
	const adopted = await fetch(`${product.url}/api/meetings/${product.founding.meeting}/commands`, {
		method: 'POST',
		headers: { cookie, 'content-type': 'application/json' },
		body: JSON.stringify({ id: newId(), command: { name: 'decision.adopt', body: { item, wording, ...said, by: 'consensus' } } })
	});
	expect(adopted.status).toBe(200);
}

/** What there is to do: overdue, dated, undated, an office's and done. */
async function addActions(): Promise<void> {
	const { id } = facilitator();
	const page = await openPage(product, facilitator(), product.founding.documents.actions);
	await untilStatus(page, saved);
	const origin = { meeting: product.founding.meeting, document: null, card: null, decision: null };
	const given = [
		{ what: 'تهیهٔ گزارش فصلی برای اتاق تعاون و فرستادن آن به همهٔ دفترهای استانی', person: id, due: '2026-01-05' },
		{ what: 'Call the Yazd office', person: id },
		{ what: 'آماده‌سازی نشست بعدی', person: id, due: '2099-01-05', state: 'doing' },
		{ what: 'بازنگری اساس‌نامه', office: 'دبیرخانه', due: '2099-01-05' },
		{ what: 'ارسال صورت‌جلسه', person: id, state: 'done' }
	] as const;
	for (const values of given) createAction(page.doc, { id: newId(), author: id, createdAt: Date.now(), origin, ...values });
	await untilStatus(page, saved);
	page.close();
}

/** Every screen in Persian on a phone, and one in three in English on a desktop; the long run has each in each. */
const long = process.env['LONG'] === '1';
const looks = [
	{ language: 'fa', windows: long ? [phone, desktop] : [phone], isSeen: () => true },
	{ language: 'en', windows: long ? [desktop, phone] : [desktop], isSeen: (place: number) => long || place % 3 === 0 }
] as const;

const screens: Screen[] = [
	{ route: '/', name: 'home', who: facilitator, path: () => '/', ready: main },
	{ route: '/', name: 'home of nobody', who: () => null, path: () => '/', ready: main },
	{ route: '/', name: 'home of the first administrator', on: () => begun.origin, who: () => administrator, path: () => '/', ready: main },
	{ route: '/set-up/[token]', name: 'a set-up link', on: () => fresh.origin, who: () => null, path: () => fresh.setUpPath, ready: main },
	{ route: '/set-up/[token]', name: 'a used set-up link', on: () => begun.origin, who: () => null, path: () => begun.setUpPath, ready: main },
	{ route: '/sign-in', name: 'the door', who: () => null, path: () => '/sign-in', ready: main },
	{
		route: '/sign-in',
		name: 'the door, after a mistake',
		who: () => null,
		path: () => '/sign-in?renewed',
		ready: async (page) => {
			await isAlive(page);
			await page.locator('input[name=identifier]').fill(newId());
			await page.locator('input[name=password]').fill('x');
			await page.locator('input[name=password]').press('Enter');
			await page.getByRole('alert').waitFor();
			await page.locator('summary').click();
		}
	},
	{ route: '/account', name: 'an account', who: facilitator, path: () => '/account', ready: main },
	{ route: '/account', name: 'the account of an administrator', on: () => begun.origin, who: () => administrator, path: () => '/account', ready: main },
	{
		route: '/account',
		name: 'an authenticator being set up',
		on: () => begun.origin,
		who: () => administrator,
		path: () => '/account',
		ready: async (page) => {
			await isAlive(page);
			await page
				.locator('section', { hasText: /Two-step|دومرحله‌ای/ })
				.getByRole('button')
				.click();
			await page.locator('dialog[open] input').fill(credentials.password);
			await page.locator('dialog[open] input').press('Enter');
			await page.locator('[data-secret]').waitFor();
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
		}
	},
	{ route: '/invitations/[token]', name: 'an invitation', who: () => null, path: () => `/invitations/${invitation}`, ready: main },
	{ route: '/invitations/[token]', name: 'an invitation of somebody with an account', who: facilitator, path: () => `/invitations/${invitation}`, ready: main },
	{ route: '/invitations/[token]', name: 'an invitation that is none', who: () => null, path: () => '/invitations/nothing', ready: main },
	{ route: '/reset/[token]', name: 'a new password', who: () => null, path: () => `/reset/${reset}`, ready: main },
	{ route: '/reset/[token]', name: 'a reset link that is none', who: () => null, path: () => '/reset/nothing', ready: main },
	{ route: '/set-up/[token]', name: 'an unknown set-up link', who: () => null, path: () => '/set-up/nothing', ready: main },
	{ route: '/meetings/[meeting]', name: 'the page of a meeting to come', who: facilitator, path: toCome, ready: agenda },
	{ route: '/meetings/[meeting]', name: 'the page of a meeting, to read', who: () => product.people[1]!, path: toCome, ready: agenda },
	{
		route: '/meetings/[meeting]',
		name: 'the page of a live meeting',
		who: facilitator,
		path: () => `/meetings/${product.founding.meeting}?about`,
		ready: (page) => page.getByRole('button', { name: /پایان دادن|End the meeting/ }).waitFor()
	},
	{
		route: '/meetings/[meeting]',
		name: 'the end of a meeting, asked about',
		who: facilitator,
		path: () => `/meetings/${product.founding.meeting}?about`,
		ready: async (page) => {
			await agenda(page);
			await page.getByRole('button', { name: /پایان دادن|End the meeting/ }).click();
			await page.getByRole('dialog').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]',
		name: 'a new point of an agenda',
		who: facilitator,
		path: toCome,
		ready: async (page) => {
			await agenda(page);
			await page.getByRole('button', { name: /افزودن بند|Add an item/ }).click();
			await page.getByRole('dialog').locator('select').first().selectOption('brainstorm');
		}
	},
	{
		route: '/meetings/[meeting]',
		name: 'another time for a meeting',
		who: facilitator,
		path: toCome,
		ready: async (page) => {
			await agenda(page);
			await page.getByRole('button', { name: /کارهای نشست|Meeting actions/ }).click();
			await page.getByRole('menuitem').nth(1).click();
			await page.getByRole('dialog').waitFor();
		}
	},
	{
		route: '/think-tanks/[thinkTank]/meetings/new',
		name: 'a meeting to be scheduled',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}/meetings/new`,
		ready: main
	},
	{ route: '/meetings/[meeting]/[activity]', name: 'a live board', who: facilitator, path: live, ready: board },
	{ route: '/meetings/[meeting]/[activity]', name: 'a board to read', who: () => product.people[1]!, path: live, ready: board },
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'a brainstorm, empty',
		who: facilitator,
		path: () => `/meetings/${product.founding.meeting}/${product.founding.activities.brainstorm}`,
		ready: board
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'a card being written',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-card]:visible').first().click();
			await page.locator('textarea[data-writing]').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: "a card's menu",
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-card]:visible').first().focus();
			await page.keyboard.press('F10');
			await page.getByRole('menuitem').first().waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'evidence of a card',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-card]:visible').first().focus();
			await page.keyboard.press('e');
			await page.getByRole('dialog').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'the sheet of keys',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-card]:visible').first().focus();
			await page.keyboard.press('?');
			await page.getByRole('dialog').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'a meeting that is not there',
		who: facilitator,
		path: () => `/meetings/${newId()}/${newId()}`,
		ready: main
	},
	{
		route: '/meetings/[meeting]/wall',
		name: 'the wall of a live meeting',
		who: facilitator,
		path: () => `/meetings/${product.founding.meeting}/wall`,
		ready: (page) => page.locator('[data-connection="online"] [aria-busy="false"]').waitFor()
	},
	{
		route: '/meetings/[meeting]/wall',
		name: 'the wall of a meeting to come',
		who: () => product.people[1]!,
		path: () => `${toCome()}/wall`,
		ready: (page) => page.locator('[data-connection="online"] .to-come').waitFor()
	},
	{
		route: '/think-tanks',
		name: 'what a search found',
		who: facilitator,
		path: () => '/think-tanks',
		ready: async (page) => {
			await isAlive(page);
			await page.keyboard.press('Control+k');
			await page.getByRole('searchbox').fill('تعاون');
			await page.getByRole('dialog').getByRole('link').first().waitFor();
		}
	},
	{ route: '/think-tanks', name: 'think tanks', who: facilitator, path: () => '/think-tanks', ready: main },
	{ route: '/think-tanks', name: 'no think tank yet', on: () => begun.origin, who: () => administrator, path: () => '/think-tanks', ready: main },
	{
		route: '/think-tanks/new',
		name: 'a new think tank from a template',
		on: () => begun.origin,
		who: () => administrator,
		path: () => '/think-tanks/new',
		ready: async (page) => {
			await isAlive(page);
			await page.locator('input[value=founding]').check();
			await page.locator('ol textarea').nth(11).waitFor();
		}
	},
	{ route: '/think-tanks/[thinkTank]', name: 'a think tank', who: facilitator, path: () => `/think-tanks/${product.founding.thinkTank}`, ready: main },
	{
		route: '/think-tanks/[thinkTank]',
		name: 'a think tank to read',
		who: () => product.people[1]!,
		path: () => `/think-tanks/${product.founding.thinkTank}`,
		ready: main
	},
	{
		route: '/think-tanks/[thinkTank]',
		name: 'a mandate item being written',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}`,
		ready: async (page) => {
			await isAlive(page);
			await page.locator('ol button').first().click();
			await page.getByRole('menuitem').first().click();
			await page.getByRole('dialog').locator('textarea').first().waitFor();
		}
	},
	{
		route: '/think-tanks/[thinkTank]/edit',
		name: 'a think tank described anew',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}/edit`,
		ready: main
	},
	{
		route: '/think-tanks/[thinkTank]/members',
		name: 'members, and an invitation just made',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}/members`,
		ready: async (page) => {
			await isAlive(page);
			await page.locator('section').nth(1).getByRole('button').first().click();
			await page.getByRole('dialog').locator('button[type=submit]').click();
			await page.getByRole('dialog').getByRole('img').waitFor();
		}
	},
	{
		route: '/think-tanks/[thinkTank]/members',
		name: 'members to read',
		who: () => product.people[1]!,
		path: () => `/think-tanks/${product.founding.thinkTank}/members`,
		ready: main
	},
	{ route: '/people', name: 'people', on: () => begun.origin, who: () => administrator, path: () => '/people', ready: main },
	{ route: '/people/[person]', name: 'a person', on: () => begun.origin, who: () => administrator, path: () => `/people/${administrator.id}`, ready: main },
	{
		route: '/people/[person]',
		name: 'a password being reset',
		on: () => begun.origin,
		who: () => administrator,
		path: () => `/people/${administrator.id}`,
		ready: async (page) => {
			await isAlive(page);
			await page.locator('section').last().getByRole('button').first().click();
			await page.getByRole('dialog').getByRole('checkbox').waitFor();
		}
	},
	{ route: '/people/log', name: 'the access log', on: () => begun.origin, who: () => administrator, path: () => '/people/log', ready: main },
	{ route: '/people/invitations', name: 'invitations', on: () => begun.origin, who: () => administrator, path: () => '/people/invitations', ready: main },
	{ route: '/people', name: 'people, to nobody', who: facilitator, path: () => '/people', ready: main },
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'guest links, and one just made',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-waiting]').first().waitFor();
			await page.getByRole('button', { name: /^(مهمانان|Guests)$/ }).click();
			await page.getByRole('button', { name: /ساختن پیوند|Make the link/ }).click();
			await page.getByRole('img', { name: /QR|رمزینه/ }).waitFor();
			await page.locator('[data-guest]').first().waitFor();
		}
	},
	{ route: '/meetings/[meeting]/[activity]', name: 'a live board, for a guest', who: () => guest, path: live, ready: board },
	{ route: '/', name: 'home of a guest', who: () => guest, path: () => '/', ready: main },
	{ route: '/guest/[token]', name: 'a guest link', who: () => null, path: () => `/guest/${strictLink}`, ready: main },
	{
		route: '/guest/[token]',
		name: 'a guest link, for somebody who was a guest',
		who: () => product.people[2]!,
		path: () => `/guest/${guestLink}`,
		ready: main
	},
	{ route: '/guest/[token]', name: 'at the door', who: () => waiting, path: () => `/guest/${strictLink}`, ready: main },
	{ route: '/guest/[token]', name: 'an unknown guest link', who: () => null, path: () => '/guest/nothing', ready: main },
	{ route: '/developers', name: 'the API, to read', who: () => null, path: () => '/developers', ready: main },
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'notes being written',
		who: facilitator,
		path: () => notes,
		ready: async (page) => {
			await board(page);
			await page.locator('main [contenteditable=true]').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'a decision about to be adopted',
		who: facilitator,
		path: () => notes,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-decision]').waitFor();
			await page.getByRole('button', { name: /^(تصویب|Adopt)$/ }).click();
			await page.getByRole('dialog').getByRole('radio').waitFor();
		}
	},
	{
		route: '/think-tanks/[thinkTank]/decisions',
		name: 'all decisions of a think tank',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}/decisions`,
		ready: (page) => page.locator('[data-decision]').waitFor()
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'decisions, to read',
		who: () => product.people[1]!,
		path: () => notes,
		ready: (page) => page.locator('[data-wording]').waitFor()
	},
	{ route: '/actions', name: 'my actions', who: facilitator, path: () => '/actions', ready: main },
	{ route: '/actions', name: 'my actions, none yet', who: () => product.people[1]!, path: () => '/actions', ready: main },
	{
		route: '/think-tanks/[thinkTank]/actions',
		name: 'all actions of a think tank',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}/actions`,
		ready: main
	},
	{
		route: '/think-tanks/[thinkTank]/actions',
		name: 'the history of an action',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}/actions`,
		ready: async (page) => {
			await isAlive(page);
			await page.locator('[data-action] button').first().click();
			await page.getByRole('dialog').locator('li').first().waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'a link in notes',
		who: facilitator,
		path: () => notes,
		ready: async (page) => {
			await board(page);
			await page.locator('main [contenteditable=true]').click();
			await page.keyboard.press('Control+k');
			await page.getByRole('dialog').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'notes to read',
		who: () => product.people[1]!,
		path: () => notes,
		ready: async (page) => {
			await board(page);
			await page.locator('.sheet').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]/print',
		name: 'notes to print',
		who: facilitator,
		path: () => `${notes}/print`,
		ready: (page) => page.locator('main .notes').waitFor()
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'the actions beside a meeting',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			if ((await page.locator('aside').count()) === 0) await page.getByRole('button', { name: /^(اقدام‌ها|Actions)/ }).click();
			await page.locator('[data-action] .more').first().click();
			await page.locator('[data-action] .details').first().waitFor();
		}
	},
	{ route: '/meetings/[meeting]/[activity]/print', name: 'a board to print', who: facilitator, path: () => `${live()}/print`, ready: main },
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'the timer at work',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			const name = /^(زمان‌سنج|Timer)$/;
			await page.getByRole('group', { name }).getByRole('button', { name }).click();
			await page.getByRole('dialog').getByRole('checkbox').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'the list of speakers',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.getByRole('button', { name: /^(صف سخن|Speakers)/ }).click();
			await page.getByRole('dialog').getByRole('checkbox').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'the floor, for whoever has it',
		who: () => product.people[1]!,
		path: live,
		ready: (page) => page.getByRole('region', { name: /^(نوبت من|My turn)$/ }).waitFor()
	},
	{
		route: '/meetings/[meeting]/course/[version]',
		name: 'a board as it stood',
		who: facilitator,
		path: () => `/meetings/${product.founding.meeting}/course/${left.board}`,
		ready: (page) => page.locator('main [aria-busy="false"] li').first().waitFor()
	},
	{
		route: '/meetings/[meeting]/course/[version]',
		name: 'notes as they stood',
		who: () => product.people[1]!,
		path: () => `/meetings/${product.founding.meeting}/course/${left.notes}`,
		ready: (page) => page.locator('main [aria-busy="false"] .notes').waitFor()
	}
];

describe.skipIf(chromiumPath === null)('screens', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator' },
			{ name: { fa: 'نمایندهٔ اتاق تعاون', en: 'Chamber representative' }, role: 'observer' },
			{ name: { fa: 'از اتاقی دیگر', en: 'Of elsewhere' }, role: 'observer' }
		]);
		const database = await open(product.database);
		await database.connection.run(({ sql }) => sql`delete from memberships where person_id = ${product.people[2]!.id}`);
		const link = { expiresAt: Date.now() + 3_600_000, usesLeft: 1 };
		await database.connection.run(({ orm }) =>
			orm.insert(links).values([
				{ ...link, digest: digestOf(invitation), id: newId(), purpose: 'invitation', thinkTankId: product.founding.thinkTank, role: 'member' },
				{ ...link, digest: digestOf(reset), id: newId(), purpose: 'reset', personId: product.people[1]!.id }
			])
		);
		await database.close();
		await product.start();
		const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}`, { headers: { cookie: facilitator().cookie } });
		const { agenda } = ((await answer.json()) as { meeting: { agenda: AgendaItem[] } }).meeting;
		const { id, document } = agenda.find(({ kind }) => kind === 'decisions')!;
		notes = `/meetings/${product.founding.meeting}/${id}`;
		await writeNotes(document);
		await decideThere(id, document);
		[guestLink, strictLink] = [(await makeGuestLink(product)).token, (await makeGuestLink(product, { approval: true })).token];
		guest = await comeByLink(product, guestLink, 'ناهید کریمی');
		waiting = await comeByLink(product, strictLink, 'مدیر دفتر چهارمحال و بختیاری');
		await addActions();
		await turnTo(product.founding.activities.swot);
		left = { board: await turnTo(id), notes: await turnTo(agenda[0]!.id) };
		await speak();
		folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
		[fresh, begun] = await Promise.all([firstStart(join(folder, 'fresh')), firstStart(join(folder, 'begun'))]);
		const used = await fetch(`${begun.origin}/api${begun.setUpPath.replace('set-up', 'links')}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ name: 'مدیر سامانه', ...credentials })
		});
		administrator = { cookie: used.headers.get('set-cookie')!.split(';')[0]!, id: ((await used.json()) as { person: string }).person };
		scheduled = await schedule();
		browser = await launch();
	});
	afterAll(async () => {
		await browser?.close();
		await Promise.all([product?.remove(), fresh?.stop(), begun?.stop()]);
		await rm(folder, { recursive: true, force: true });
	});

	test('every registered route has a row', () => {
		expect([...new Set(screens.map(({ route }) => route))].sort()).toEqual([...registered].sort());
	});

	// several at once: most of a screen's time is waiting, not work
	describe.each(looks)('$language', ({ language, windows, isSeen }) => {
		test.concurrent.each(screens.filter((_screen, place) => isSeen(place)))('$name', async ({ on = () => product.url, who, path, ready }) => {
			for (const window of windows) {
				const tab = await tabOf(await contextFor(on(), who(), language, window));
				const { page, told } = tab;
				await page.emulateMedia({ colorScheme: 'light' });
				await page.goto(on() + path());
				await ready(page);
				expect(await page.locator('html').getAttribute('lang')).toBe(language);
				// by the browser's own hand: our pages allow no script but their own
				await page.evaluate(axe);
				for (const colorScheme of ['light', 'dark'] as const) {
					const look = `${colorScheme}, ${window.viewport!.width} px wide`;
					await page.emulateMedia({ colorScheme });
					await settled(page);
					// a theme changes colours and nothing else
					const rules = colorScheme === 'light' ? '' : "runOnly: ['color-contrast'],";
					const found = await page.evaluate(
						`axe.run(document, { ${rules} resultTypes: ['violations'], selectors: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' | ')))`
					);
					expect(found, look).toEqual([]);
					const { scroll, client } = await page.evaluate(() => ({
						scroll: document.documentElement.scrollWidth,
						client: document.documentElement.clientWidth
					}));
					expect(scroll, look).toBeLessThanOrEqual(client);
				}
				expect(told).toEqual([]);
				await leave(tab);
			}
		});
	});
});

const contexts = new Map<string, Promise<BrowserContext>>();

/** A browser of somebody's own, the same for all their screens: each new one would fetch and compile the whole product anew. */
function contextFor(url: string, somebody: Pick<Somebody, 'cookie'> | null, language: Language, window: BrowserContextOptions): Promise<BrowserContext> {
	const key = [url, somebody?.cookie, language, window.viewport!.width].join(' ');
	const context =
		contexts.get(key) ??
		contextOf(browser, url, somebody, {
			...window,
			locale: language === 'fa' ? 'fa-IR' : 'en-GB',
			colorScheme: 'light',
			reducedMotion: 'reduce',
			deviceScaleFactor: 1
		});
	contexts.set(key, context);
	return context;
}

interface Tab {
	page: Page;
	/** what its pages have complained of */
	told: string[];
}

const free = new Map<BrowserContext, Tab[]>();

/** A tab of a browser's: one that another screen has left, if there is one, since each new one would have a process to itself. */
async function tabOf(context: BrowserContext): Promise<Tab> {
	const left = free.get(context)?.pop();
	if (left) return left;
	const page = await context.newPage();
	return { page, told: complaints(page) };
}

/** Leaves a tab to other screens, with its page gone: somebody has only so many sockets at once. */
async function leave(tab: Tab): Promise<void> {
	await tab.page.goto('about:blank');
	const context = tab.page.context();
	free.set(context, [...(free.get(context) ?? []), tab]);
}

/** Colours of another theme arrive by transitions, if short ones. */
async function settled(page: Page): Promise<void> {
	await page.evaluate(async () => {
		// the end of one begins the next, where what is inside inherits a colour
		do {
			for (const animation of document.getAnimations()) animation.finish();
			await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
		} while (document.getAnimations().length > 0);
	});
}

/** Takes the founding meeting to another point. Answers the version that it comes to. */
async function turnTo(item: Id): Promise<number> {
	const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}/commands`, {
		method: 'POST',
		headers: { cookie: facilitator().cookie, 'content-type': 'application/json' },
		body: JSON.stringify({ id: newId(), command: { name: 'meeting.turn', body: { item } } })
	});
	return ((await answer.json()) as { version: number }).version;
}

/** The live meeting has a timer, somebody who speaks, and somebody who waits for that. */
async function speak(): Promise<void> {
	const ask = (who: Pick<Somebody, 'cookie'>, name: CommandName, body: object) =>
		fetch(`${product.url}/api/meetings/${product.founding.meeting}/commands`, {
			method: 'POST',
			headers: { cookie: who.cookie, 'content-type': 'application/json' },
			body: JSON.stringify({ id: newId(), command: { name, body } })
		});
	await ask(facilitator(), 'timer.start', { minutes: 5 });
	await ask(facilitator(), 'turns.set', { seconds: 120 });
	await ask(guest, 'turns.ask', { as: 'order' });
	await ask(product.people[1]!, 'turns.ask', { as: 'against' });
	await ask(facilitator(), 'turns.give', { person: product.people[1]!.id });
}

/** Schedules a meeting as its facilitator would. */
async function schedule(): Promise<string> {
	const answer = await fetch(`${product.url}/api/think-tanks/${product.founding.thinkTank}/meetings`, {
		method: 'POST',
		headers: { cookie: facilitator().cookie, 'content-type': 'application/json' },
		body: JSON.stringify({
			meeting: {
				title: { fa: 'بررسی موانع حقوقی تعاونی‌ها', en: 'Legal obstacles to cooperatives' },
				startsAt: Date.UTC(2026, 11, 12, 6, 30),
				minutes: 90,
				place: 'تهران، تالار اجتماعات خانهٔ تعاونگران',
				callLink: 'https://meet.example.ir/room/42',
				agenda: [
					{ kind: 'review', title: { fa: 'پیگیری مصوبات نشست پیش', en: 'Review' }, minutes: 15, owner: facilitator().id },
					{ kind: 'brainstorm', title: { fa: 'خدمات قابل برون‌سپاری', en: 'Services to outsource' }, minutes: 90, columns: [{ id: 'ideas', title: 'آسان' }] }
				]
			}
		})
	});
	return ((await answer.json()) as { meeting: string }).meeting;
}
