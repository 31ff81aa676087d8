import { StorageError } from '#realtime/server/ports.ts';

/** Another process has this data folder open. */
export class DataFolderInUse extends Error {
	/** of the process that has it open; null while it does not say */
	readonly pid: number | null;
	constructor(folder: string, pid: number | null) {
		super(`the data folder ${folder} is in use by process ${pid ?? '(unknown)'}`);
		this.name = 'DataFolderInUse';
		this.pid = pid;
	}
}

/** The database could not be reached or could not be started. The message says why, without the password of its address. */
export class DatabaseUnreachable extends Error {
	constructor(reason: string, options?: { cause?: unknown }) {
		super(`the database cannot be opened: ${reason}`, options);
		this.name = 'DatabaseUnreachable';
	}
}

/** The schema is of another version, and is not to be used or changed by this one. */
export class SchemaOfAnotherVersion extends Error {
	readonly version: 'later' | 'former';
	constructor(version: 'later' | 'former') {
		super(
			version === 'later'
				? 'a later version of the product has changed the database: start that one, or restore a backup from before'
				: 'the database is of a former version, and servers may be using it: stop them and start this version, which brings it up to date'
		);
		this.name = 'SchemaOfAnotherVersion';
		this.version = version;
	}
}

/** What PostgreSQL says when it has no room left (disk_full), and what the system says. */
const fullCodes = new Set(['53100', 'ENOSPC', 'EDQUOT']);

/** What PostgreSQL says of data that it does not take (data exceptions, constraints, limits), and what the driver throws at values that it cannot write. */
const refusedCodes = /^(22|23|54)...$|^(TypeError|RangeError)$/;

/**
 * An error of the driver as the rest of the program knows it. Carries codes and the names of tables alone:
 * the driver's own message and its fields may hold what people wrote.
 */
export function storageError(error: unknown, full: () => boolean): StorageError {
	if (error instanceof StorageError) return error;
	const { code, table, constraint } = describe(error);
	return new StorageError(`the database could not do it (${[code, table, constraint].filter(Boolean).join(', ')})`, {
		full: fullCodes.has(code) || full(),
		refused: refusedCodes.test(code)
	});
}

/** What the driver and the system say of a connection that is lost. */
const lostCodes = new Set([
	'CONNECTION_CLOSED',
	'CONNECTION_DESTROYED',
	'CONNECTION_ENDED',
	'CONNECT_TIMEOUT',
	'ECONNRESET',
	'ECONNREFUSED',
	'EPIPE',
	'ETIMEDOUT'
]);

/** Is this an error of the driver that says that its connection is lost, or about to be? */
export function isLost(error: unknown): boolean {
	const { code, severity } = describe(error);
	return lostCodes.has(code) || severity === 'FATAL' || severity === 'PANIC';
}

function describe(error: unknown): { code: string; severity?: string; table?: string; constraint?: string } {
	const fields: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {};
	const { code, severity, cause, table_name: table, constraint_name: constraint } = fields;
	const inner = cause ?? (error instanceof Error ? error.cause : undefined);
	if (typeof code !== 'string') return inner === undefined ? { code: error instanceof Error ? error.name : 'unknown' } : describe(inner);
	return {
		code,
		...(typeof severity === 'string' && { severity }),
		...(typeof table === 'string' && { table }),
		...(typeof constraint === 'string' && { constraint })
	};
}

/** A reason to stop that the person at the keyboard can do something about. */
export class CommandError extends Error {}
