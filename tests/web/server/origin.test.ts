import { describe, expect, test } from 'vitest';
import { isOwnOrigin } from '#server/auth/origin.ts';

describe('the origin of a request', () => {
	test.each([
		['http://localhost:3000', 'localhost:3000', true],
		['https://think.example.org', 'think.example.org', true],
		['https://think.example.org', 'think.example.org:443', true],
		['http://think.example.org:80', 'think.example.org', true],
		['http://localhost:3001', 'localhost:3000', false],
		['https://evil.example', 'think.example.org', false],
		['https://think.example.org.evil.example', 'think.example.org', false],
		['null', 'think.example.org', false],
		['file://', 'think.example.org', false],
		['', 'think.example.org', false],
		['http://localhost:3000', undefined, false]
	])('without a list: %s to the host %s is ours: %s', (origin, host, own) => {
		expect(isOwnOrigin([], { origin, host })).toBe(own);
	});

	test('with a list, only what it holds counts, whatever the host', () => {
		const origins = ['https://think.example.org'];
		expect(isOwnOrigin(origins, { origin: 'https://think.example.org', host: '10.0.0.5:3000' })).toBe(true);
		expect(isOwnOrigin(origins, { origin: 'http://think.example.org', host: 'think.example.org' })).toBe(false);
		expect(isOwnOrigin(origins, { origin: 'http://10.0.0.5:3000', host: '10.0.0.5:3000' })).toBe(false);
	});

	test('who sends none is no page of anybody', () => {
		expect(isOwnOrigin([], { host: 'localhost:3000' })).toBe(true);
	});
});
