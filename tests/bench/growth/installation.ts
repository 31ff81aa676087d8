import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Id } from '#realtime/meeting/ids.ts';
import { main, mainEnv, node } from '../../support/node.ts';
import { metricsToken } from '../../support/product.ts';
import { password, userNameOf, type Filled } from './fill.ts';

/** A statement that took longer than one may. */
export interface SlowStatement {
	ms: number;
	statement: string;
}

/** The built product over a database that was filled, started and stopped as often as one likes. */
export class Installation {
	readonly name: string;
	readonly filled: Filled;
	readonly database: { url?: string; dataDir: string };
	/** cookie headers, by whose they are; of people who have signed in */
	readonly cookies = new Map<Id, string>();
	#process: ChildProcess | null = null;
	#output = '';
	#url = '';

	constructor(name: string, filled: Filled, database: { url?: string; dataDir: string }) {
		this.name = name;
		this.filled = filled;
		this.database = database;
		process.once('exit', () => this.#process?.kill('SIGKILL'));
	}

	get url(): string {
		return this.#url;
	}

	get boardsUrl(): string {
		return `${this.#url.replace('http', 'ws')}/yjs`;
	}

	get pid(): number {
		return this.#process!.pid!;
	}

	/** Statements of the embedded database that took too long, in all runs so far. */
	get slowStatements(): SlowStatement[] {
		return this.#output.split('\n').flatMap((line) => {
			if (!line.includes('a statement took longer than it may')) return [];
			const { ms, statement } = JSON.parse(line) as SlowStatement;
			return [{ ms, statement: statement.replace(/\s+/g, ' ').trim() }];
		});
	}

	/** Answers how long it took until its database answered, in milliseconds. */
	async start(): Promise<number> {
		const { url, dataDir } = this.database;
		const began = performance.now();
		const child = spawn(node, main, {
			env: {
				...process.env,
				...mainEnv,
				...{ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, BACKUP_EVERY_HOURS: '0', LOG_LEVEL: 'warn', METRICS_TOKEN: metricsToken },
				...(url === undefined ? {} : { DATABASE_URL: url })
			},
			stdio: ['ignore', 'pipe', 'pipe']
		});
		this.#process = child;
		let said = '';
		const listening = new Promise<string>((resolve, reject) => {
			const read = (data: Buffer) => {
				this.#output += data.toString();
				said += data.toString();
				const found = /http:\/\/localhost:\d+/.exec(said);
				if (found) resolve(found[0]);
			};
			child.stdout.on('data', read);
			child.stderr.on('data', read);
			child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
		});
		this.#url = await listening;
		while (!(await fetch(`${this.#url}/readyz`)).ok) await pause(5);
		return performance.now() - began;
	}

	async stop(): Promise<void> {
		const child = this.#process!;
		const gone = once(child, 'exit');
		child.kill('SIGTERM');
		await gone;
	}

	/** Signs somebody in by the number of their user name; answers how long it took, in milliseconds. */
	async signIn(number: number, person: Id): Promise<number> {
		const began = performance.now();
		const answer = await fetch(`${this.url}/api/sign-in`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: this.url },
			body: JSON.stringify({ identifier: userNameOf(number), password })
		});
		if (!answer.ok) throw new Error(`not signed in: ${await answer.text()}`);
		await answer.arrayBuffer();
		this.cookies.set(person, answer.headers.getSetCookie()[0]!.split(';')[0]!);
		return performance.now() - began;
	}
}
