import { open } from '#db/open.ts';
import { createFounding } from '#db/seed/founding.ts';
import type { AnyCommandInput } from '#realtime/meeting/commands.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { Language, LocalText } from '#realtime/meeting/texts.ts';
import { openSessions } from '#server/auth/sessions.ts';
import { newId } from '#server/auth/tokens.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyEmptyDatabase } from './empty-database.ts';
import { compilingOnce, main, mainEnv, node } from './node.ts';

/** What opens /metrics of every product of the tests, unless it is started with another. */
export const metricsToken = 'a-token-for-the-figures';

/** Somebody who is signed in already. */
export interface Somebody {
	id: Id;
	name: LocalText;
	role: MemberRole;
	province: Province | null;
	/** a cookie header */
	cookie: string;
}

export interface NewSomebody {
	name: LocalText;
	role: MemberRole;
	province?: Province;
	language?: Language;
	administrator?: boolean;
}

/** The built product over a database of its own, holding the founding meeting and the people asked for. */
export class Product {
	readonly people: Somebody[];
	readonly founding: Awaited<ReturnType<typeof createFounding>>;
	/** what the database is opened with, beside the server too */
	readonly database: { url?: string; dataDir: string };
	readonly #folder: string;
	#process: ChildProcess | null = null;
	#port = 0;
	#env: Record<string, string> = {};
	#output = '';

	private constructor(folder: string, database: Product['database'], founding: Product['founding'], people: Somebody[]) {
		this.#folder = folder;
		this.database = database;
		this.founding = founding;
		this.people = people;
	}

	/** `url`: a PostgreSQL database, empty; without it the embedded one in a temporary folder. The first person facilitates. */
	static async prepare(people: readonly NewSomebody[], { url, language = 'fa' }: { url?: string; language?: Language } = {}): Promise<Product> {
		const folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
		const where = { ...(url === undefined ? {} : { url }), dataDir: join(folder, 'data') };
		if (url === undefined) copyEmptyDatabase(where.dataDir);
		const database = await open(where);
		try {
			const sessions = openSessions(database, { origins: [] });
			const made: Somebody[] = [];
			for (const { name, role, province = null, language = null, administrator = false } of people) {
				const id = newId();
				await database.people.create({ id, name, province, language, administrator });
				made.push({ id, name, role, province, cookie: (await sessions.signIn(id, false)).split(';')[0]! });
			}
			const founding = await createFounding(database, { facilitator: made[0]!.id, language, newId });
			for (const { id, role } of made.slice(1)) await database.thinkTanks.addMember(founding.thinkTank, id, role);
			return new Product(folder, where, founding, made);
		} finally {
			await database.close();
		}
	}

	/** Another process for the same database, not started yet. */
	async beside(): Promise<Product> {
		const folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
		return new Product(folder, { ...this.database, dataDir: join(folder, 'data') }, this.founding, this.people);
	}

	get url(): string {
		return `http://localhost:${this.#port}`;
	}

	get boardsUrl(): string {
		return `ws://localhost:${this.#port}/yjs`;
	}

	get pid(): number {
		return this.#process!.pid!;
	}

	/** what the server has written to its log */
	get log(): string {
		return this.#output;
	}

	/** The founding meeting as its facilitator sees it. */
	async meeting(): Promise<Meeting> {
		const answer = await fetch(`${this.url}/api/meetings/${this.founding.meeting}`, { headers: { cookie: this.people[0]!.cookie } });
		if (!answer.ok) throw new Error(`no meeting: ${answer.status}`);
		return ((await answer.json()) as { meeting: Meeting }).meeting;
	}

	/** Asks something of the founding meeting, as its facilitator unless somebody else does. Rejects if it is refused. */
	async command(asked: AnyCommandInput, { cookie } = this.people[0]!): Promise<void> {
		const answer = await fetch(`${this.url}/api/meetings/${this.founding.meeting}/commands`, {
			method: 'POST',
			headers: { cookie, 'content-type': 'application/json' },
			body: JSON.stringify({ id: newId(), command: asked })
		});
		if (!answer.ok) throw new Error(`${asked.name} was refused: ${await answer.text()}`);
	}

	/** What the server says of itself at /metrics, by name and labels as they stand there. */
	async figures(): Promise<Map<string, number>> {
		const answer = await fetch(`${this.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
		if (!answer.ok) throw new Error(`no figures: ${answer.status}`);
		const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
		return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
	}

	/** Resolves when it serves; from the second time on, at the same address and with the same settings as before. */
	async start(env: Record<string, string> = this.#env): Promise<void> {
		this.#env = env;
		const { url, dataDir } = this.database;
		const child = spawn(node, [...compilingOnce, ...main], {
			cwd: this.#folder,
			env: {
				...process.env,
				...mainEnv,
				PORT: String(this.#port),
				HOST: '127.0.0.1',
				DATA_DIR: dataDir,
				LOG_LEVEL: 'info',
				METRICS_TOKEN: metricsToken,
				...(url === undefined ? {} : { DATABASE_URL: url }),
				...env
			},
			stdio: ['ignore', 'pipe', 'pipe']
		});
		this.#process = child;
		await new Promise<void>((resolve, reject) => {
			const read = (data: Buffer) => {
				this.#output += data.toString();
				const found = /http:\/\/localhost:(\d+)/.exec(this.#output);
				if (!found) return;
				this.#port = Number(found[1]);
				resolve();
			};
			child.stdout.on('data', read);
			child.stderr.on('data', (data: Buffer) => (this.#output += data.toString()));
			child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${this.#output}`)));
		});
		// it is announced once it listens; what counts is that its database answers
		while (
			!(await fetch(`${this.url}/readyz`).then(
				({ ok }) => ok,
				() => false
			))
		);
	}

	/** Power cut: the process is gone in the middle of whatever it did. */
	async kill(): Promise<void> {
		await this.#end('SIGKILL');
	}

	/** Answers the exit code. */
	async stop(): Promise<number | null> {
		return this.#end('SIGTERM');
	}

	/** Ends it and removes everything that it kept. */
	async remove(): Promise<void> {
		if (this.#process?.exitCode === null) await this.#end('SIGKILL');
		await rm(this.#folder, { recursive: true, force: true });
	}

	async #end(signal: NodeJS.Signals): Promise<number | null> {
		const child = this.#process!;
		if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
		return new Promise((resolve) => {
			// with all that it has said
			child.once('close', (code) => resolve(code));
			child.kill(signal);
		});
	}
}
