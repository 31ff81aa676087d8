import { describe, expect, test } from 'vitest';
import type { FactorRow } from '#db/stores/factors.ts';
import { factorsCsv } from '#server/api/factors-csv.ts';

const row = (change: Partial<FactorRow>): FactorRow => ({
	documentId: 'd',
	cardId: 'c',
	column: 'strengths',
	place: 'a0',
	text: 'متن',
	groupId: null,
	groupTitle: null,
	authorId: 'p',
	province: 'IR-21',
	evidence: [],
	deleted: false,
	createdAt: Date.UTC(2026, 10, 23, 7, 30),
	updatedAt: Date.UTC(2026, 10, 23, 7, 31),
	...change
});
const people = [{ id: 'p', name: { fa: 'مدیر دفتر یزد', en: 'Manager' }, office: null, province: 'IR-21' as const, role: 'member' as const }];
const persian = { language: 'fa', calendar: 'persian' } as const;
const lines = (csv: string) => csv.slice(1).split('\r\n');

describe('the export of factors', () => {
	test('begins with a byte order mark, ends every line in CRLF and leaves deleted cards out', () => {
		const csv = factorsCsv([row({}), row({ deleted: true, text: 'gone' })], people, persian);
		expect(csv.charCodeAt(0)).toBe(0xfeff);
		expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
		expect(csv).not.toContain('gone');
		expect(lines(csv)).toHaveLength(3);
	});

	test('speaks the language asked for, in the reader’s calendar, with an ISO column', () => {
		const [head, line] = lines(factorsCsv([row({})], people, persian));
		expect(head).toContain('"نویسنده"');
		expect(line).toBe(
			'"نقاط قوت","","متن","مدیر دفتر یزد","یزد","","۱۴۰۵/۰۹/۰۲ ۱۱:۰۰","۱۴۰۵/۰۹/۰۲ ۱۱:۰۱","2026-11-23T07:30:00.000Z","2026-11-23T07:31:00.000Z"'
		);
		const english = lines(factorsCsv([row({})], people, { language: 'en', calendar: 'gregorian' }))[1];
		expect(english).toContain('"Strengths"');
		expect(english).toContain('"2026/11/23 11:00"');
		expect(lines(factorsCsv([row({})], people, { language: 'en', calendar: 'persian' }))[1]).toContain('"1405/09/02 11:00"');
	});

	test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u200f=1', '＝1', '\n=1'])('%j is text to a spreadsheet', (text) => {
		const csv = factorsCsv([row({ text, groupTitle: text, evidence: [{ id: 'e', kind: 'note', text }] })], people, persian);
		expect(csv.split(`"'${text}"`)).toHaveLength(4);
	});

	test('quotes are doubled, and lines within a cell stay within it', () => {
		expect(factorsCsv([row({ text: 'a "b"\nc, d' })], people, persian)).toContain('"a ""b""\nc, d"');
	});

	test('evidence, unknown authors, templates’ cards, other columns and impossible times do not stop it', () => {
		const csv = factorsCsv(
			[
				row({
					authorId: 'unknown',
					province: null,
					column: '__proto__',
					createdAt: 9e15,
					evidence: [
						{ id: 'e', kind: 'link', url: 'https://example.org/x', title: 'منبع' },
						{ id: 'f', kind: 'note', text: 'یادداشت' }
					]
				}),
				row({ authorId: null, createdAt: null })
			],
			people,
			persian
		);
		expect(csv).toContain('"منبع https://example.org/x | یادداشت"');
		expect(lines(csv)[1]).toMatch(/^"__proto__","","متن","","",/);
	});
});
