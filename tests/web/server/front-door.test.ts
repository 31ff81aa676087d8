import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { readSettings } from '#server/config.ts';
import { addressOf, stateAddress } from '#server/address.ts';
import { stateProtocol } from '#server/front-door.ts';

test.each([
	['a stranger’s claim', '203.0.113.5', 'https', 'http'],
	['a trusted proxy’s word', '10.0.0.1', 'https', 'https'],
	['a trusted proxy’s word, in the other family', '::ffff:10.0.0.1', 'HTTPS', 'https'],
	['what a client told the proxy', '10.0.0.1', 'https, http', 'http'],
	['a proxy that says nothing', '10.0.0.1', undefined, 'http'],
	['nonsense from a proxy', '10.0.0.1', 'javascript:', 'http']
])('%s', (_case, remoteAddress, claimed, expected) => {
	const request = { headers: { ...(claimed === undefined ? {} : { 'x-forwarded-proto': claimed }) }, socket: { remoteAddress } } as unknown as IncomingMessage;
	expect(stateProtocol(request, readSettings({ TRUSTED_PROXIES: '10.0.0.1' }))).toBe(expected);
	expect(request.headers['x-forwarded-proto']).toBe(expected);
});

test.each([
	['nobody claims anything', '203.0.113.5', undefined, '203.0.113.5'],
	['a stranger’s claim', '203.0.113.5', '10.9.9.9', '203.0.113.5'],
	['a trusted proxy’s word', '10.0.0.1', '203.0.113.5', '203.0.113.5'],
	['in the other family', '::ffff:10.0.0.1', '2001:db8::1', '2001:db8::1'],
	['what a client told the proxy', '10.0.0.1', '198.51.100.1, 203.0.113.5', '203.0.113.5'],
	['two proxies of ours', '10.0.0.1', '198.51.100.1, 203.0.113.5, 10.0.0.2', '203.0.113.5'],
	['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1']
])('ACCOUNT-4 whose address counts: %s', (_case, remoteAddress, claimed, expected) => {
	const request = { headers: { ...(claimed === undefined ? {} : { 'x-forwarded-for': claimed }) }, socket: { remoteAddress } } as unknown as IncomingMessage;
	stateAddress(request, readSettings({ TRUSTED_PROXIES: '10.0.0.1, 10.0.0.2' }));
	expect(addressOf(request)).toBe(expected);
});
