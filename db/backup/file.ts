import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { CommandError } from '../errors.ts';

/**
 * A backup is one file: lines of JSON, packed with gzip.
 *
 *     {"product":"hamandish","format":1,"at":…,"migrations":[…]}   first: what it is, and which changes of the schema it knows
 *     {"table":"people","columns":["id",…]}                         whose rows follow
 *     ["…",null,…]                                                  one row: each value as PostgreSQL's text, bytes in hex
 *     {"document":"…","seq":12,"hash":"…"}                          the rows of this document's log are complete, and give this
 *     {"rows":{"people":3,…},"documents":2,"digest":"…"}            last: how much there was, and SHA-256 of all bytes before
 */
export const backupFormat = 1;

const header = z.object({
	product: z.literal('hamandish'),
	format: z.int(),
	/** milliseconds since 1970 */
	at: z.number(),
	/** the changes of the schema that had been made, by their times in the journal of migrations */
	migrations: z.array(z.number())
});
const line = z.union([
	z.array(z.string().nullable()),
	z.object({ table: z.string(), columns: z.array(z.string()) }),
	z.object({ document: z.string(), seq: z.number(), hash: z.string() })
]);
const footer = z.object({ rows: z.record(z.string(), z.number()), documents: z.number(), digest: z.string() });

export type BackupHeader = z.infer<typeof header>;
export type BackupLine = z.infer<typeof line>;
export type BackupFooter = z.infer<typeof footer>;

/** What may wait for the packing: more than a moment's tables as a rule, so that no transaction stays open for a disk. */
const waitingBytes = 16 * 1024 * 1024;
/** What is packed at once: a call a row would cost more than the row. */
const packedUnits = 64 * 1024;

/** Writes a backup beside its place; it is there only once it is complete, for its owner alone. */
export class BackupWriter {
	readonly #file: string;
	readonly #gzip = createGzip({ level: 6, writableHighWaterMark: waitingBytes } as Parameters<typeof createGzip>[0]);
	readonly #written: Promise<void>;
	readonly #digest = createHash('sha256');
	readonly #rows: Record<string, number> = {};
	#lines = '';
	#table = '';
	#documents = 0;

	/** Throws {@link CommandError} if there is a file of that name, or none can be made. */
	constructor(file: string, { at, migrations }: Pick<BackupHeader, 'at' | 'migrations'>) {
		this.#file = file;
		if (fs.existsSync(file)) throw new CommandError(`${file} is there already: a backup is not overwritten`);
		fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
		this.#written = pipeline(this.#gzip, fs.createWriteStream(partOf(file), { mode: 0o600, flush: true }));
		this.#written.catch(() => {});
		this.#put({ product: 'hamandish', format: backupFormat, at, migrations } satisfies BackupHeader);
	}

	/** Resolves when there is room for more. Rejects when the disk does not take it. */
	async write(value: BackupLine): Promise<void> {
		if (Array.isArray(value)) this.#rows[this.#table] = (this.#rows[this.#table] ?? 0) + 1;
		else if ('table' in value) this.#table = value.table;
		else this.#documents++;
		if (this.#put(value)) return;
		await Promise.race([once(this.#gzip, 'drain'), this.#written]);
	}

	/** Writes the end, and puts the file into its place if `verify`, reading what lies on the disk, finds nothing wrong. */
	async finish(verify: (file: string) => Promise<unknown>): Promise<BackupFooter> {
		this.#digest.update(this.#lines);
		const end = { rows: this.#rows, documents: this.#documents, digest: this.#digest.digest('hex') };
		this.#gzip.end(`${this.#lines}${JSON.stringify(end)}\n`);
		await this.#written;
		await verify(partOf(this.#file));
		fs.renameSync(partOf(this.#file), this.#file);
		return end;
	}

	/** Takes back what was written so far. */
	async abandon(): Promise<void> {
		this.#gzip.destroy();
		await this.#written.catch(() => {});
		fs.rmSync(partOf(this.#file), { force: true });
	}

	#put(value: unknown): boolean {
		this.#lines += `${JSON.stringify(value)}\n`;
		if (this.#lines.length < packedUnits) return true;
		const lines = this.#lines;
		this.#lines = '';
		this.#digest.update(lines);
		return this.#gzip.write(lines);
	}
}

/** The name of a backup that is being written. */
export const partOf = (file: string): string => `${file}.part`;

/** Reads a backup line by line, and answers its end. Throws {@link CommandError} if it is none, or not all of it is as it was written. */
export async function* readBackup(file: string): AsyncGenerator<BackupLine, BackupFooter> {
	const digest = createHash('sha256');
	const rows: Record<string, number> = {};
	let table = '';
	let documents = 0;
	let end: BackupFooter | null = null;
	let first = true;
	for await (const bytes of linesOf(file)) {
		if (end) throw damaged(file);
		const value = parsed(file, bytes);
		const isEnd = footer.safeParse(value);
		if (isEnd.success) {
			end = isEnd.data;
			continue;
		}
		digest.update(bytes).update('\n');
		if (first) {
			checkedHeader(file, value);
			first = false;
			continue;
		}
		const { data, success } = line.safeParse(value);
		if (!success) throw damaged(file);
		if (Array.isArray(data)) rows[table] = (rows[table] ?? 0) + 1;
		else if ('table' in data) table = data.table;
		else documents++;
		yield data;
	}
	const same = end && end.documents === documents && Object.keys({ ...end.rows, ...rows }).every((name) => end!.rows[name] === rows[name]);
	if (!end || !same || end.digest !== digest.digest('hex')) throw damaged(file);
	return end;
}

/** What a backup says of itself. Throws {@link CommandError} if it is none, or of a format that this version does not know. */
export async function readHeader(file: string): Promise<BackupHeader> {
	for await (const bytes of linesOf(file)) return checkedHeader(file, parsed(file, bytes));
	throw damaged(file);
}

function checkedHeader(file: string, value: unknown): BackupHeader {
	const { data, success } = header.safeParse(value);
	if (!success) throw new CommandError(`${file} is no backup of this product`);
	if (data.format !== backupFormat)
		throw new CommandError(`${file} has format ${data.format}; this version reads format ${backupFormat}. Use the version that wrote it, or a newer one`);
	return data;
}

async function* linesOf(file: string): AsyncGenerator<Buffer> {
	if (!fs.existsSync(file)) throw new CommandError(`there is no file ${file}`);
	const unpacked = createGunzip();
	const reading = pipeline(fs.createReadStream(file), unpacked);
	reading.catch(() => {});
	let pieces: Buffer[] = [];
	try {
		for await (const chunk of unpacked as AsyncIterable<Buffer>) {
			let from = 0;
			for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
				yield Buffer.concat([...pieces, chunk.subarray(from, at)]);
				pieces = [];
				from = at + 1;
			}
			if (from < chunk.length) pieces.push(chunk.subarray(from));
		}
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code?.startsWith('Z_')) throw damaged(file, cause);
		throw cause;
	}
	if (pieces.length > 0) throw damaged(file);
}

function parsed(file: string, bytes: Buffer): unknown {
	try {
		return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
	} catch (cause) {
		throw damaged(file, cause);
	}
}

const damaged = (file: string, cause?: unknown): CommandError =>
	new CommandError(`${file} is damaged: it is not as it was written, or not all of it is there. Nothing was changed`, { cause });
