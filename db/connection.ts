import { setTimeout as pause } from 'node:timers/promises';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { StorageError } from '#realtime/server/ports.ts';
import { isLost, storageError } from './errors.ts';
import { answerMs, momentMs, statementMs } from './limits.ts';

/** A whole number of the database that the program holds as a number: sequences and ids stay below 2^53. */
const types = { bigint: { to: 20, from: [20], serialize: String, parse: Number } };

export type Sql = postgres.Sql<{ bigint: number }>;
export type Orm = PostgresJsDatabase;
/** Either the database or a transaction in it. */
export type Queries = Pick<Orm, 'select' | 'selectDistinctOn' | 'insert' | 'update' | 'delete' | 'execute'>;

/** A statement with $1, $2 … in it, and what they stand for. */
export interface Statement {
	sql: string;
	params: unknown[];
}

/** How to reach PostgreSQL: by its address, or by the socket of the embedded one. */
export type Address = { url: string } | { socket: string };

/** The one way to the database. Every error leaves it as a {@link StorageError}. */
export interface Connection {
	/** Runs statements, each by itself. */
	run<Result>(work: (queries: { sql: Sql; orm: Orm }) => PromiseLike<Result>): Promise<Result>;
	/** Runs one statement by itself that is asked often, and is the same each time but for its parameters: it is read once. */
	prepared<Row>(statement: Statement): Promise<Row[]>;
	/** Runs statements that happen together or not at all. Short, and never waiting for the world outside. */
	transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
	/** Runs statements that only read, and see one moment. Nobody else gets on in the embedded database meanwhile. */
	moment<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result>;
	/** work that took longer than {@link statementMs} for a statement, waiting included */
	readonly slow: number;
	close(): Promise<void>;
}

/** What a program of ours calls itself in PostgreSQL, so that others see that it is there. */
export const applicationName = 'hamandish';

/** Between the last word of PostgreSQL on a connection and its end. */
const lettingGoMs = 20;

/** The server gives up before the program does, so that nothing happens after the program was told that it failed. */
const patience = { statement_timeout: answerMs - 2_000, idle_in_transaction_session_timeout: answerMs };

/** The driver, unconnected as yet. */
export function client(address: Address, options: { max: number }): Sql {
	// a database that is away is asked again soon: what waits for it must fail while it is young, not happen when it is old
	const common = { ...options, types, connect_timeout: 5, backoff: () => 0.1, onnotice: () => {} };
	if ('url' in address) return postgres(address.url, { ...common, connection: { ...patience, application_name: applicationName } });
	// one session is inside: reconnecting from time to time would bring nothing
	return postgres({ ...common, path: address.socket, database: 'postgres', username: 'postgres', max_lifetime: null, idle_timeout: 0 });
}

/** `full`: is the disk known to be full? Asked when an error does not say itself. */
export function connect(address: Address, full: () => boolean = () => false): Connection {
	// the embedded database does one thing at a time: more connections would only wait for each other
	const sql = client(address, { max: 'url' in address ? 10 : 1 });
	const orm = drizzle(sql);
	let slow = 0;

	async function answered<Result>(work: () => PromiseLike<Result>, statements: number, patienceMs = answerMs): Promise<Result> {
		const began = performance.now();
		let timer: ReturnType<typeof setTimeout> | undefined;
		const patience = new Promise<never>((_, reject) => {
			timer = setTimeout(() => reject(new StorageError('the database does not answer', { full: full() })), patienceMs);
		});
		try {
			return await Promise.race([work(), patience]);
		} catch (error) {
			// until the driver has let go of a connection that is lost, whoever asks again at once would be given the same
			if (isLost(error)) await pause(lettingGoMs);
			throw storageError(error, full);
		} finally {
			clearTimeout(timer);
			if (performance.now() - began > statementMs * statements) slow++;
		}
	}

	return {
		run: (work) => answered(() => work({ sql, orm }), 1),
		prepared: (statement) => answered(() => preparedIn(sql, statement), 1),
		transaction: (work) => answered(() => orm.transaction((queries) => unlessLost(() => work(queries))), 10),
		moment: (work) =>
			answered(
				() => sql.begin('isolation level repeatable read read only', (transaction) => unlessLost(() => work(transaction as unknown as Sql))) as Promise<never>,
				10,
				'url' in address ? momentMs : answerMs
			),
		get slow() {
			return slow;
		},
		async close() {
			await sql.end({ timeout: 5 });
		}
	};
}

/** All that is asked of a connection, within a transaction of this client's that is open: it happens with it or not at all. */
export function connectionWithin(client: Sql, transaction: postgres.TransactionSql<{ bigint: number }>): Connection & { sql: Sql } {
	// drizzle looks for the client's options, which a transaction does not show
	const sql = Object.assign(transaction, { options: client.options }) as unknown as Sql;
	const orm = drizzle(sql);
	return {
		sql,
		run: async (work) => await work({ sql, orm }),
		prepared: async (statement) => await preparedIn(sql, statement),
		transaction: (work) => work(orm),
		moment: (work) => work(sql),
		slow: 0,
		close: async () => {}
	};
}

/**
 * What is done within a transaction. When its connection is lost, the driver ends the transaction by itself, and must not be
 * told that the work has failed: it would roll back on a socket that is no more, which ends the process (porsager/postgres#1208).
 */
async function unlessLost<Result>(work: () => Promise<Result>): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (isLost(error)) await new Promise(() => {});
		throw error;
	}
}

function preparedIn<Row>(sql: Sql, { sql: text, params }: Statement): PromiseLike<Row[]> {
	return sql.unsafe<(Row & postgres.Row)[]>(text, params as never[], { prepare: true });
}
