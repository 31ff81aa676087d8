import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '#realtime/meeting/limits.ts';
import { settingsTable } from '#server/config.ts';
import { expect, test } from 'vitest';
import { demo, main, mainEnv } from '../../support/node.ts';

/** The files that start the product on somebody's machine: they are run by other programs, and nothing else holds them to the product. */

const folder = join(import.meta.dirname, '../../../web/server/deploy');
const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const units = [...files.keys()].filter((name) => name.endsWith('.service'));

/** The settings that a file gives the product. */
function given(name: string): string[] {
	const text = files.get(name)!;
	if (name === 'compose.yaml')
		return [
			...text
				.split('environment: &settings')[1]!
				.split(/\n {2}\w/)[0]!
				.matchAll(/^ {4}([A-Z_]+):/gm)
		].map(([, setting]) => setting!);
	return [...text.matchAll(/^Environment=(.*)$/gm)]
		.flatMap(([, all]) => [...all!.matchAll(/([A-Z_]+)=/g)].map(([, setting]) => setting!))
		.filter((setting) => setting !== 'NODE_ENV' && !(setting in mainEnv));
}

test('PROCESS-31 compose file and units give no setting that there is not, and several processes what they need', () => {
	for (const name of ['compose.yaml', ...units]) {
		expect(given(name).length, name).toBeGreaterThan(0);
		expect(given(name).filter((setting) => !(setting in settingsTable))).toEqual([]);
	}
	expect(given('compose.yaml')).toEqual(expect.arrayContaining(['ORIGIN', 'DATABASE_URL', 'REDIS_URL', 'TRUSTED_PROXIES', 'BACKUP_DIR']));
});

test('PROCESS-31 units, image and demo start it in the same way as npm start', () => {
	const flags = (command: string) => command.split('main.js')[0]!.match(/--[^"\s]+/g);
	const started = flags(main.join(' '));
	expect(started).not.toBeNull();
	for (const name of [...units, 'Dockerfile']) {
		const [line] = /^(ExecStart=|CMD ).*main\.js.*$/m.exec(files.get(name)!)!;
		expect(flags(line), name).toEqual(started);
	}
	expect(flags(demo), 'npm run demo').toEqual(started);
	const env = Object.entries(mainEnv).map(([name, value]) => `${name}=${value}`);
	expect(env).not.toEqual([]);
	for (const one of env) {
		for (const name of units) expect(files.get(name)).toContain(`\nEnvironment=${one}\n`);
		expect(files.get('Dockerfile')).toContain(`\nENV ${one}\n`);
		expect(demo.split(' exec ')[0]!.split(' ')).toContain(one);
	}
});

test('PROCESS-31 whoever stops the product gives it longer than it takes', () => {
	const seconds = [/stop_grace_period: (\d+)s/, /TimeoutStopSec=(\d+)/, /TimeoutStopSec=(\d+)/];
	expect(units).toHaveLength(2);
	for (const [n, name] of ['compose.yaml', ...units].entries()) expect(Number(seconds[n]!.exec(files.get(name)!)![1]) * 1_000).toBeGreaterThan(limits.stopMs);
	for (const name of units) expect(files.get(name)).toContain('KillSignal=SIGTERM');
});

test('PROCESS-31 what the compose file asks for is in the example of its settings, and nothing secret has a value there', () => {
	const asked = new Set([...files.get('compose.yaml')!.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name));
	const offered = new Map([...files.get('env.example')!.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
	expect([...offered.keys()].sort()).toEqual([...asked].sort());
	for (const secret of ['POSTGRES_PASSWORD', 'METRICS_TOKEN']) expect(offered.get(secret)).toBe('');
});
