import { command, commandNames, isPlain, isWebAddress } from '#realtime/meeting/commands.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { requests } from '#realtime/protocol/control.ts';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { idAt, planned } from '../../support/meeting-commands.ts';

// slow machines
vi.setConfig({ testTimeout: 60_000 });

/** What a program that is none of ours may send in place of a command. */

const title = { fa: 'نشست' };
const id = idAt(1, 1);
const right = {
	'meeting.schedule': { title, startsAt: Date.UTC(2026, 11, 1), minutes: 60, place: 'Tehran', callLink: 'https://example.org/', agenda: [] },
	'agenda.add': { kind: 'brainstorm', title, minutes: 5, owner: id, mandate: id, before: id, from: id, columns: [{ id: 'ideas', title: null }] }
};
const taken = (name: keyof typeof right, change: object) => command.safeParse({ name, body: { ...right[name], ...change } }).success;

const hostileTexts: Record<string, string> = {
	nothing: '',
	'blanks alone': ' \u00a0\u3000 ',
	'nothing to see': '\u200b\u200c\u2060',
	'a mark that stands on nothing': '\u0301',
	'right-to-left override': 'invoice\u202Efdp.exe',
	'an isolate that is not closed': 'a\u2066b',
	'ten thousand marks': `a${'\u0301'.repeat(10_000)}`,
	'marks within the length': `a${'\u0301'.repeat(100)}`,
	NUL: 'a\0b',
	'a control': 'a\u001b[31mb',
	'a line break': 'a\nb',
	'a line separator': 'a\u2028b',
	'half a character': 'a\ud800',
	'the other half': '\udc00a',
	'too long': 'a'.repeat(limits.titleUnits + 1)
};
const harmless = [
	'<script>alert(1)</script>',
	'=1+1',
	'"; drop table people; --',
	'می‌روم',
	'قُرْآنٌ',
	'__proto__',
	'{{7*7}}',
	'👨‍👩‍👧',
	'a'.repeat(limits.titleUnits)
];
const hostileAddresses = [
	'javascript:alert(1)',
	'JaVaScRiPt:alert(1)',
	'java\nscript:alert(1)',
	'data:text/html,<script>alert(1)</script>',
	'vbscript:x',
	'file:///etc/passwd',
	'ftp://example.org/',
	'//example.org/',
	'/meetings',
	'example.org',
	'https://',
	'https://user@example.org/',
	'https://:password@example.org/',
	'https://example.org/\u202egpj.exe',
	'https://example.org/\0',
	`https://example.org/${'a'.repeat(limits.addressUnits)}`
];

describe('what is no command', () => {
	test.each(Object.entries(hostileTexts))('MEET-9 a text with %s', (_, text) => {
		for (const value of [{ fa: text }, { en: text }, { fa: 'نشست', en: text }]) expect(taken('meeting.schedule', { title: value })).toBe(false);
		expect(taken('meeting.schedule', { place: text })).toBe(false);
		expect(taken('agenda.add', { title: { fa: text } })).toBe(false);
		expect(taken('agenda.add', { columns: [{ id: 'ideas', title: text }] })).toBe(false);
	});

	test.each(harmless.map((text) => [text.slice(0, 40), text]))('MEET-9 %s is a text like any other', (_, text) => {
		const parsed = command.safeParse({ name: 'meeting.describe', body: { title: { en: text }, place: text } });
		expect(parsed.data?.body).toEqual({ title: { en: text }, place: text });
	});

	test.each(hostileAddresses.map((address) => [address.slice(0, 40), address] as const))('MEET-9 an address such as %j', (_, callLink) => {
		expect(isWebAddress(callLink) && callLink.length <= limits.addressUnits).toBe(false);
		expect(taken('meeting.schedule', { callLink })).toBe(false);
	});

	test('MEET-9 numbers and times that are none, or out of range', () => {
		for (const minutes of [0, -1, 1.5, NaN, Infinity, '60', null, undefined, true, limits.meetingMinutes + 1, 2 ** 53, [60]])
			expect(taken('meeting.schedule', { minutes })).toBe(false);
		for (const startsAt of [NaN, -Infinity, 0.5, '2026-11-23', null, new Date(), limits.earliestMs - 1, limits.latestMs + 1, 8.64e15 + 1]) {
			expect(taken('meeting.schedule', { startsAt })).toBe(false);
		}
		expect(taken('meeting.schedule', { minutes: limits.meetingMinutes, startsAt: limits.latestMs })).toBe(true);
	});

	test('MEET-9 values of the wrong kind, and keys that nobody asked for', () => {
		const wrong = [
			{ title: 'نشست' },
			{ title: {} },
			{ title: { de: 'Sitzung' } },
			{ title: ['a'] },
			{ title: null },
			{ place: 5 },
			{ agenda: {} },
			{ agenda: [null] },
			{ number: 1 },
			{ state: 'closed' }
		];
		for (const change of wrong) expect(taken('meeting.schedule', change), JSON.stringify(change)).toBe(false);
		const wrongPoints = [
			{ kind: 'lottery' },
			{ kind: 'constructor' },
			{ owner: 'x' },
			{ owner: `${id.slice(1)}I` },
			{ mandate: `${id}0` },
			{ before: 1 },
			{ from: 1 },
			{ from: [id] },
			{ document: id },
			{ proposedBy: id },
			{ columns: [] },
			{ columns: [{ id: 'constructor', title: null }] },
			{
				columns: [
					{ id: 'ideas', title: null },
					{ id: 'ideas', title: 'a' }
				]
			},
			{ columns: Array.from({ length: limits.boardColumns + 1 }, (_, n) => ({ id: idAt(6, n), title: null })) }
		];
		for (const change of wrongPoints) expect(taken('agenda.add', change), JSON.stringify(change)).toBe(false);
		expect(taken('meeting.schedule', { agenda: Array(limits.agendaItems + 1).fill({ kind: 'swot', title, minutes: 1 }) })).toBe(false);
		for (const whole of [
			null,
			1,
			'meeting.open',
			[],
			{},
			{ name: 'meeting.open' },
			{ name: 'meeting.open', body: null },
			{ name: 'meeting.open', body: {}, actor: id },
			{ name: 'toString', body: {} },
			{ name: ['meeting.open'], body: {} }
		])
			expect(command.safeParse(whole).success, JSON.stringify(whole)).toBe(false);
		expect(requests['meeting.command'].safeParse({ meeting: id, id: 'x', command: { name: 'meeting.open', body: {} } }).success).toBe(false);
		expect(requests['meeting.command'].safeParse({ meeting: id, id, command: { name: 'meeting.open', body: {} } }).success).toBe(true);
	});

	test('MEET-9 a key of the prototype reaches nobody', () => {
		const parsed = command.safeParse(JSON.parse('{"name":"meeting.describe","body":{"title":{"fa":"a","__proto__":{"en":"b"}}}}'));
		if (parsed.success) expect(parsed.data.body).toEqual({ title: { fa: 'a' } });
		expect(({} as { en?: string }).en).toBeUndefined();
	});

	test('MEET-9 whatever arrives, it is taken or refused, and what is taken is of its shape', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.anything(),
					fc.record({ name: fc.constantFrom(...commandNames), body: fc.anything() }),
					fc.record({ name: fc.constantFrom(...commandNames), body: fc.object() })
				),
				(sent) => {
					const parsed = command.safeParse(sent);
					if (parsed.success) expect(command.safeParse(parsed.data)).toEqual(parsed);
				}
			),
			{ numRuns: 2_000 }
		);
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
				const parsed = command.safeParse({ name: 'meeting.describe', body: { title: { fa: text } } });
				if (parsed.success) expect(isPlain(text.trim()) && JSON.parse(JSON.stringify(text)) === text).toBe(true);
			}),
			{ numRuns: 2_000 }
		);
	});

	test('MEET-9 a command that was taken is taken again as it is', () => {
		fc.assert(
			fc.property(planned, ({ name, body }) => {
				if (JSON.stringify(body).includes('"pick"')) return;
				const parsed = command.parse({ name, body } as never);
				expect(command.parse(parsed as never)).toEqual(parsed);
			})
		);
	});
});
