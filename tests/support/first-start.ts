import { spawn } from 'node:child_process';
import { copyEmptyDatabase } from './empty-database.ts';
import { compilingOnce, main, mainEnv, node } from './node.ts';

/** A server as somebody meets it who has just installed it. */
export interface FirstStart {
	origin: string;
	/** the path of the set-up link that it printed */
	setUpPath: string;
	/** everything that it has printed */
	output(): string;
	/** Answers the exit code. */
	stop(): Promise<number | null>;
}

/** `onNothing`: its database is yet to be made as well. `env`: its settings. */
export async function firstStart(
	dataDir: string,
	{ onNothing = false, env = {} }: { onNothing?: boolean; env?: Record<string, string> } = {}
): Promise<FirstStart> {
	if (!onNothing) copyEmptyDatabase(dataDir);
	const child = spawn(node, [...compilingOnce, ...main], {
		env: { ...process.env, ...mainEnv, HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, ...env },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let output = '';
	const link = await new Promise<URL>((resolve, reject) => {
		child.stdout.on('data', (chunk: Buffer) => {
			output += chunk.toString();
			const found = /http:\/\/localhost:\d+\/set-up\/[\w-]+/.exec(output);
			if (found) resolve(new URL(found[0]));
		});
		child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
		child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
	});
	return {
		origin: link.origin,
		setUpPath: link.pathname,
		output: () => output,
		stop: () =>
			new Promise((resolve) => {
				// with all that it has said
				child.once('close', (code) => resolve(code));
				child.kill('SIGTERM');
			})
	};
}
