import { expect, test } from 'vitest';
import { newId, newToken } from '#server/auth/tokens.ts';
import { loggedPath, openLog } from '#server/log.ts';

/** A log whose lines are kept. */
function kept() {
	const lines: string[] = [];
	return { log: openLog('debug', { write: (line) => void lines.push(line) }), lines };
}

test('secret fields are hidden wherever they stand', () => {
	const { log, lines } = kept();
	const token = newToken();
	log.info({ cookie: token, headers: { cookie: token, authorization: token }, request: { headers: { 'set-cookie': token } }, text: token, url: token }, 'seen');
	expect(lines.join()).not.toContain(token);
	expect(lines.join()).toContain('[hidden]');
});

test('an error is told without the parameters of its statement, without tokens and passwords', () => {
	const { log, lines } = kept();
	const token = newToken();
	const cause = Object.assign(new Error(`connect postgres://admin:hunter2@db/h ${token}`), { code: 'ECONNREFUSED' });
	const error = new Error(`Failed query: insert into factors\nparams: a secret idea,${token}`, { cause });
	for (const field of [error, String(error)]) log.error({ error: field }, 'failed');
	const text = lines.join();
	for (const hidden of [token, 'a secret idea', 'hunter2']) expect(text).not.toContain(hidden);
	for (const told of ['insert into factors', 'ECONNREFUSED', 'log.test.ts']) expect(text).toContain(told);
});

test('what is no JSON is not quoted', () => {
	const { log, lines } = kept();
	for (const field of [(error: Error) => error, String]) {
		try {
			JSON.parse('a secret idea');
		} catch (error) {
			log.error({ error: field(error as Error) }, 'failed');
		}
	}
	expect(lines).toHaveLength(2);
	expect(lines.join()).not.toContain('secret idea');
});

test('a path is logged without query and token, and with ids', () => {
	const [id, token] = [newId(), newToken()];
	expect(loggedPath(`/api/documents/${id}/factors.csv?language=fa`)).toBe(`/api/documents/${id}/factors.csv`);
	expect(loggedPath(`/set-up/${token}`)).toBe('/set-up/…');
	expect(loggedPath(`/api/links/${token}`)).toBe('/api/links/…');
	expect(loggedPath(`/api/demo/enter/${token}#x`)).toBe('/api/demo/enter/…');
	expect(loggedPath('/')).toBe('/');
});
