import { PGlite } from '@electric-sql/pglite';

/** Called after each statement: how long it ran, and its text (never its parameters). */
export type Ran = (ms: number, statement: string) => void;

/** What the worker has of the one session. */
export interface OneSession {
	/** the database as the socket server is given it */
	socketView: PGlite;
	/** runs a statement of the worker's own, for which nobody waits and which is not measured; not while {@link OneSession.busy} */
	alone(statement: string): Promise<void>;
	/** is a connection in the middle of something? */
	busy(): boolean;
}

/** First bytes of the messages of PostgreSQL's protocol that we tell apart. */
const message = { query: 0x51, parse: 0x50, bind: 0x42, describe: 0x44, execute: 0x45, close: 0x43, sync: 0x53, startup: 0x00 } as const;
/** Those that are not answered before another comes that asks for the answers: of a statement there are three, and each would wake the program. */
const answeredLater: ReadonlySet<number | undefined> = new Set([message.parse, message.bind, message.describe, message.execute, message.close]);
const syncMessage = Uint8Array.of(message.sync, 0, 0, 0, 4);

/**
 * The database as `pglite-socket` sees it. All connections share one session, and the socket server takes the
 * messages of one connection together only within a transaction. But a statement is several messages too, and one
 * with parameters waits for its client in between: another connection's statement could take its unnamed place.
 * So a series of messages counts as a transaction until its Sync, and is carried out at once when its answers are asked for.
 *
 * Also: measures each statement; and before an answer leaves, asks `trusted`, so that nothing is acknowledged that
 * a dying database did not write. An error that is not PostgreSQL's answer ends the worker through `broken`: the
 * socket server would wait for ever.
 */
export function oneSession(database: PGlite, { ran, trusted, broken }: { ran: Ran; trusted: () => boolean; broken: (error: unknown) => never }): OneSession {
	const statements = new Map<string, string>();
	let inSeries = false;
	/** of the series, not carried out yet */
	let series: Uint8Array[] = [];
	let text = '';
	let ms = 0;

	const execute = async (bytes: Uint8Array, onRawData: (data: Uint8Array) => void, counted = true) => {
		const kind = bytes[0];
		if (kind === message.parse) {
			const [name = '', statement = ''] = stringsAt(bytes, 5, 2);
			text = statement;
			statements.set(name, statement);
		} else if (kind === message.bind) text = statements.get(stringsAt(bytes, 5, 2)[1] ?? '') ?? '';
		else if (kind === message.query) text = stringsAt(bytes, 5, 1)[0] ?? '';

		if (answeredLater.has(kind)) {
			inSeries = true;
			return void series.push(bytes);
		}
		const together = series.length === 0 ? bytes : Buffer.concat([...series, bytes]);
		series = [];
		const answer: Uint8Array[] = [];
		const began = performance.now();
		try {
			await database.execProtocolRawStream(together, { syncToFs: false, onRawData: (data) => answer.push(data.slice()) });
		} catch (error) {
			broken(error);
		}
		ms += performance.now() - began;
		if (!trusted()) broken(new Error('the database has stopped'));
		if (kind !== message.startup) inSeries = kind !== message.sync && kind !== message.query;
		if (!inSeries) {
			if (counted) ran(ms, text);
			ms = 0;
		}
		if (answer.length > 0) onRawData(Buffer.concat(answer));
	};

	const alone = (statement: string) => execute(queryMessage(statement), () => {}, false);
	const socketView = {
		waitReady: database.waitReady,
		runExclusive: <Result>(run: () => Promise<Result>) => run(),
		execProtocolRawStream: (bytes: Uint8Array, { onRawData }: { onRawData: (data: Uint8Array) => void }) => execute(bytes, onRawData),
		isInTransaction: () => inSeries || database.isInTransaction(),
		/** what a connection left open when it went is rolled back, and what it asked for no answers of is not begun */
		async exec(statement: string) {
			series = [];
			if (inSeries) await execute(syncMessage, () => {});
			if (database.isInTransaction()) await alone(statement);
			return [];
		}
	};
	return { socketView: socketView as unknown as PGlite, alone, busy: () => socketView.isInTransaction() };
}

/** A statement without parameters as the protocol carries it. */
function queryMessage(statement: string): Uint8Array {
	const text = Buffer.from(statement);
	const bytes = Buffer.alloc(text.length + 6);
	bytes[0] = message.query;
	bytes.writeUInt32BE(text.length + 5, 1);
	text.copy(bytes, 5);
	return new Uint8Array(bytes);
}

/** The first strings, each closed by a zero, from this place of a message on. */
function stringsAt(bytes: Uint8Array, from: number, count: number): string[] {
	const found: string[] = [];
	for (let at = from; found.length < count;) {
		const end = bytes.indexOf(0, at);
		if (end < 0) break;
		found.push(new TextDecoder().decode(bytes.subarray(at, end)));
		at = end + 1;
	}
	return found;
}
