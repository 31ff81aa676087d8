import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './databases.ts';

/** A running Redis, which keeps nothing. It ends with this process, however that ends. */
export interface Redis {
	readonly url: string;
	readonly pid: number;
	/** Ends it without a word to its clients; it can be started again. */
	stop(): Promise<void>;
	startAgain(): Promise<void>;
	/** Stops it where it stands: connections stay, and nothing answers, until it goes on. */
	freeze(): void;
	goOn(): void;
	remove(): Promise<void>;
}

const program = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/** Why there is no Redis to test with; null: there is. In continuous integration that is a failure and no reason. */
export const missingRedis: string | null = program === undefined ? 'neither redis-server nor valkey-server is installed' : null;
if (missingRedis !== null && process.env['CI'] === 'true') throw new Error(`the tests need Redis here: ${missingRedis}`);

/** Starts a Redis on a free port. */
export async function startRedis(): Promise<Redis> {
	if (program === undefined) throw new Error(missingRedis!);
	const port = await freePort();
	const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
	// the shell ends it when our end of its pipe goes, and so when we go
	const script = '"$@" & server=$!; read -r word; kill -KILL $server; wait $server';
	let guard: ChildProcess;

	async function startAgain(): Promise<void> {
		guard = spawn('/bin/sh', ['-c', script, 'sh', program!, ...options], { cwd: os.tmpdir(), stdio: ['pipe', 'ignore', 'ignore'] });
		guard.unref();
		(guard.stdin as net.Socket).unref();
		for (const began = performance.now(); performance.now() - began < 20_000; await pause(20)) if (await answers(port)) return;
		throw new Error('Redis does not start');
	}

	async function stop(): Promise<void> {
		if (guard.exitCode !== null) return;
		const gone = once(guard, 'exit');
		guard.ref();
		guard.stdin!.end();
		await gone;
	}

	const pid = () => Number(spawnSync('pgrep', ['-P', String(guard.pid)]).stdout.toString());

	await startAgain();
	return {
		url: `redis://127.0.0.1:${port}`,
		get pid() {
			return pid();
		},
		stop,
		startAgain,
		freeze: () => void process.kill(pid(), 'SIGSTOP'),
		goOn: () => void process.kill(pid(), 'SIGCONT'),
		remove: stop
	};
}

const answers = (port: number): Promise<boolean> =>
	new Promise((resolve) => {
		const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
		socket.once('data', (data) => {
			resolve(data.toString().startsWith('+PONG'));
			socket.destroy();
		});
		socket.once('error', () => resolve(false));
	});
