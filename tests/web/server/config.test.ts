import { describe, expect, test } from 'vitest';
import { readSettings, SettingsError, type SettingProblem } from '#server/config.ts';
import { explain } from '#server/start/failure.ts';

const problemOf = (environment: Record<string, string>): SettingProblem | null => {
	try {
		readSettings(environment);
		return null;
	} catch (error) {
		if (error instanceof SettingsError) return error.problem;
		throw error;
	}
};

describe('settings', () => {
	test('stand as documented when nothing is set, and when it is set to nothing', () => {
		for (const environment of [{}, { PORT: '', ORIGIN: ' ', DATABASE_URL: '' }]) {
			const settings = readSettings(environment);
			expect(settings).toMatchObject({ port: 3000, host: '0.0.0.0', origins: [], databaseUrl: null, logLevel: 'info' });
			expect(settings.dataDir).toMatch(/\/data$/);
		}
	});

	test.each([
		[{ PORT: '0' }, { port: 0 }],
		[{ PORT: '65535' }, { port: 65_535 }],
		[{ HOST: '::1' }, { host: '::1' }],
		[{ HOST: 'think.local' }, { host: 'think.local' }],
		[{ ORIGIN: 'https://think.example.org' }, { origins: ['https://think.example.org'] }],
		[{ ORIGIN: 'https://Think.example.org/, http://10.0.0.2:3000' }, { origins: ['https://think.example.org', 'http://10.0.0.2:3000'] }],
		[{ DATABASE_URL: 'postgres://u:p@db:5432/h' }, { databaseUrl: 'postgres://u:p@db:5432/h' }],
		[{ DATA_DIR: '/srv/hamandish' }, { dataDir: '/srv/hamandish' }],
		[{ DATA_DIR: '/srv/h' }, { backups: { dir: '/srv/h/backups', everyHours: 24, keep: 14 } }],
		[{ BACKUP_DIR: '/mnt/b', BACKUP_EVERY_HOURS: '0', BACKUP_KEEP: '3' }, { backups: { dir: '/mnt/b', everyHours: 0, keep: 3 } }],
		[{ LOG_LEVEL: 'debug' }, { logLevel: 'debug' }]
	])('%o is taken', (environment, expected) => {
		expect(readSettings(environment)).toMatchObject(expected);
	});

	test.each([
		['PORT', 'three'],
		['PORT', '65536'],
		['PORT', '-1'],
		['PORT', '3000.5'],
		['PORT', '0x10'],
		['HOST', 'http://localhost'],
		['HOST', 'a b'],
		['ORIGIN', 'think.example.org'],
		['ORIGIN', 'https://think.example.org/path'],
		['ORIGIN', 'ftp://think.example.org'],
		['ORIGIN', ','],
		['DATABASE_URL', 'mysql://root:hunter2@db/h'],
		['DATABASE_URL', 'hunter2'],
		['REDIS_URL', 'http://:hunter2@redis'],
		['TRUSTED_PROXIES', 'proxy.local'],
		['TRUSTED_PROXIES', '10.0.0.0/33'],
		['TRUSTED_PROXIES', '10.0.0.0/8/8'],
		['BACKUP_EVERY_HOURS', 'daily'],
		['BACKUP_EVERY_HOURS', '745'],
		['BACKUP_KEEP', '0'],
		['LOG_LEVEL', 'loud']
	])('%s=%s stops the start with a sentence in both languages that names it', (name, given) => {
		const problem = problemOf({ [name]: given });
		expect(problem).toMatchObject({ kind: 'wrong', name });
		const { sentences, exitCode } = explain(new SettingsError(problem!), null);
		const [fa, en, ...more] = sentences.split('\n');
		expect(more).toEqual([]);
		for (const sentence of [fa, en]) expect(sentence).toContain(name);
		expect(fa).toMatch(/\p{Script=Arabic}/u);
		expect(exitCode).toBe(78);
		if (name.endsWith('_URL')) expect(sentences).not.toContain('hunter2');
		else for (const sentence of [fa, en]) expect(sentence).toContain(given);
	});

	test('more than one process needs PostgreSQL', () => {
		expect(problemOf({ REDIS_URL: 'redis://localhost' })).toEqual({ kind: 'redis-needs-database' });
		const both = { REDIS_URL: 'redis://localhost', DATABASE_URL: 'postgres://localhost/h' };
		expect(readSettings(both)).toMatchObject({ redisUrl: both.REDIS_URL, databaseUrl: both.DATABASE_URL });
	});

	test('only the listed proxies are trusted, by address or network, in both families', () => {
		const { isTrustedProxy } = readSettings({ TRUSTED_PROXIES: '10.1.0.0/16, 192.168.0.7, fd00::/8' });
		for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.168.0.7', 'fd12::1']) expect(isTrustedProxy(address), address).toBe(true);
		for (const address of ['10.2.0.1', '192.168.0.8', '::1', 'fe80::1', undefined, 'nonsense']) expect(isTrustedProxy(address), address).toBe(false);
		expect(readSettings({}).isTrustedProxy('127.0.0.1')).toBe(false);
	});
});
