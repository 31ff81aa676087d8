import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Every rule of realtime/SPEC.md has a test that carries its id, and every id in a test's name is a rule. */

const repository = join(import.meta.dirname, '..');
const id = /\b(?:BOARD|SYNC|WIRE|PRESENCE|ROLE|MEET|LATE|NOTES|DATE|HOME)-\d+\b/g;

const rules = new Set([...readFileSync(join(repository, 'realtime/SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map((match) => match[1]!));
const tests = readdirSync(join(repository, 'tests'), { recursive: true, encoding: 'utf8' }).filter(
	(path) => path.endsWith('.test.ts') && path !== 'spec.test.ts'
);
const carried = new Set(
	tests.flatMap((path) => {
		// a title begins with its ids: test('BOARD-1 BOARD-2 …')
		const titles = readFileSync(join(repository, 'tests', path), 'utf8').matchAll(/\(\s*['"`]((?:[A-Z]+-\d+ )+)/g);
		return [...titles].flatMap((title) => title[1]!.match(id) ?? []);
	})
);

test('every rule has a test', () => {
	expect([...rules].filter((rule) => !carried.has(rule))).toEqual([]);
});

test('every id in a test is a rule', () => {
	expect([...carried].filter((rule) => !rules.has(rule))).toEqual([]);
});
