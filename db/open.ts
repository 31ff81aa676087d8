import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ActionStore, ClientIdStore, DocumentStore, DraftStore, FactorStore, LateStore, Log, MeetingStore, VoteStore } from '#realtime/server/ports.ts';
import { backupName, rotateBackups } from './backup/folder.ts';
import { writeBackup } from './backup/write.ts';
import { connect, type Address, type Connection } from './connection.ts';
import { readHolder, takeLock, type Lock } from './embedded/lock.ts';
import { startEmbedded, type Embedded } from './embedded/start.ts';
import { DatabaseUnreachable, DataFolderInUse, SchemaOfAnotherVersion, storageError } from './errors.ts';
import { holdToVersion, migrate } from './migrate.ts';
import { accessReads, type AccessReads } from './stores/access.ts';
import { accountStore, type AccountStore } from './stores/accounts.ts';
import { actionStore, type ActionReads } from './stores/actions.ts';
import { auditStore, type AuditStore } from './stores/audit.ts';
import { clientIdStore } from './stores/client-ids.ts';
import { countStore, type CountStore } from './stores/counts.ts';
import { decisionStore, type DecisionReads } from './stores/decisions.ts';
import { documentStore } from './stores/documents.ts';
import { draftStore, type DraftReads } from './stores/drafts.ts';
import { factorStore, type FactorReads } from './stores/factors.ts';
import { groupingStore, type GroupingReads } from './stores/groupings.ts';
import { directoryStore, type DirectoryStore } from './stores/directory.ts';
import { invitationStore, type InvitationStore } from './stores/invitations.ts';
import { lateStore, type LateReads } from './stores/late.ts';
import { keyStore, type KeyStore } from './stores/keys.ts';
import { homeReads, type HomeReads } from './stores/home.ts';
import { guestStore, type GuestStore } from './stores/guests.ts';
import { leaseStore, type LeaseStore } from './stores/leases.ts';
import { linkStore, type LinkStore } from './stores/links.ts';
import { meetingStore, type MeetingReads } from './stores/meetings.ts';
import { mandateStore, type MandateStore } from './stores/mandates.ts';
import { memberStore, type MemberStore } from './stores/members.ts';
import { passkeyStore, type PasskeyStore } from './stores/passkeys.ts';
import { personStore, type PersonStore } from './stores/people.ts';
import { recipeStore, type RecipeStore } from './stores/recipes.ts';
import { secondFactorStore, type SecondFactorStore } from './stores/second-factors.ts';
import { sessionStore, type SessionStore } from './stores/sessions.ts';
import { thinkTankStore, type ThinkTankStore } from './stores/think-tanks.ts';
import { titleReads, type TitleReads } from './stores/titles.ts';
import { voteStore } from './stores/votes.ts';

/** Everything that is kept. Whatever it is asked rejects with `StorageError` when it does not answer. */
export interface Database {
	readonly documents: DocumentStore;
	readonly clientIds: ClientIdStore;
	readonly drafts: DraftStore & DraftReads;
	readonly factors: FactorStore & FactorReads;
	readonly groupings: GroupingReads;
	readonly actions: ActionStore & ActionReads;
	readonly people: PersonStore;
	readonly accounts: AccountStore;
	readonly secondFactors: SecondFactorStore;
	readonly passkeys: PasskeyStore;
	readonly keys: KeyStore;
	readonly sessions: SessionStore;
	readonly links: LinkStore;
	readonly invitations: InvitationStore;
	readonly directory: DirectoryStore;
	readonly guests: GuestStore;
	readonly thinkTanks: ThinkTankStore;
	readonly meetings: MeetingStore & MeetingReads;
	readonly mandates: MandateStore;
	readonly recipes: RecipeStore;
	readonly members: MemberStore;
	readonly votes: VoteStore;
	readonly decisions: DecisionReads;
	readonly late: LateStore & LateReads;
	readonly home: HomeReads;
	readonly titles: TitleReads;
	readonly access: AccessReads;
	readonly audit: AuditStore;
	readonly counts: CountStore;
	readonly leases: LeaseStore;
	/** for what db/ itself does with it */
	readonly connection: Connection;
	/** What it is known by among all databases: of a copy by backup and restore another than of what was copied. */
	identity(): Promise<string>;
	/** Does it answer, within two seconds? Never rejects. */
	ready(): Promise<boolean>;
	/** `fsyncs` of the embedded database of this process, null elsewhere; `slowStatements` since it was opened. */
	statistics(): { fsyncs: number | null; slowStatements: number };
	close(): Promise<void>;
}

export interface OpenOptions {
	/** of PostgreSQL; without it, the embedded database in `dataDir` */
	url?: string | undefined;
	dataDir: string;
	log?: Log;
	/** for commands: where a server has the data folder open, speak to its database in place of refusing; what servers may be using keeps its schema */
	besideServer?: boolean;
	/** where a backup goes that is made before the schema is changed; `backups` in {@link OpenOptions.dataDir} unless given */
	backupDir?: string;
}

/** How long a command waits for a server that is just starting to say where its database listens. */
const announcementMs = 10_000;
const readyMs = 2_000;
/** Backups made before a change of the schema that are kept: as many versions as anybody goes back. */
const backupsBeforeMigration = 5;

/** A database that somebody may speak to, whatever its schema is. */
export interface Reached {
	address: Address;
	/** of this process; without it, PostgreSQL or the embedded database of another process */
	embedded?: { database: Embedded; lock: Lock };
	/** is it in use by a server, which takes care of its schema? */
	besideServer: boolean;
	close(): Promise<void>;
}

/**
 * Opens the database and brings its schema up to date. Throws {@link DataFolderInUse} at once if another process
 * has the data folder open, {@link DatabaseUnreachable} if there is no database to speak to, and {@link SchemaOfAnotherVersion}
 * if its schema is of a later version, or of a former one that may not be changed.
 */
export async function open(options: OpenOptions): Promise<Database> {
	const reached = await reach(options);
	try {
		await brought(reached, options);
	} catch (error) {
		await reached.close();
		throw error;
	}
	const { address, embedded } = reached;
	if (embedded) embedded.lock.announce(embedded.database.socket);
	return databaseOver(
		connect(address, () => embedded?.database.counters.full ?? false),
		reached
	);
}

/** Finds the database, or starts the embedded one, and leaves its schema as it is. Throws as {@link open}. */
export async function reach({ url, dataDir, log, besideServer = false }: OpenOptions): Promise<Reached> {
	if (url) return { address: { url }, besideServer: false, close: async () => {} };
	const folder = path.resolve(dataDir);
	try {
		fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
		fs.chmodSync(folder, 0o700);
	} catch (cause) {
		throw new DatabaseUnreachable(`the data folder ${folder} cannot be made or entered`, { cause });
	}
	let lock: Lock;
	try {
		lock = takeLock(folder, Date.now());
	} catch (error) {
		if (!(error instanceof DataFolderInUse)) throw new DatabaseUnreachable(`the data folder ${folder} cannot be locked`, { cause: error });
		if (!besideServer) throw error;
		return { address: { socket: await socketOfHolder(folder, error) }, besideServer: true, close: async () => {} };
	}
	try {
		const database = await startEmbedded(folder, {
			slow: (ms, statement) => log?.warn({ ms: Math.round(ms), statement }, 'a statement took longer than it may'),
			stopped: (reason) => log?.error({ reason }, 'the embedded database stopped by itself and is started again')
		});
		return {
			address: { socket: database.socket },
			embedded: { database, lock },
			besideServer: false,
			async close() {
				await database.close();
				lock.release();
			}
		};
	} catch (cause) {
		lock.release();
		throw new DatabaseUnreachable(`the embedded database in ${folder} does not start: ${String(cause)}`, { cause });
	}
}

/** Where backups are kept unless told otherwise. */
export const backupFolderOf = ({ dataDir, backupDir }: Pick<OpenOptions, 'dataDir' | 'backupDir'>): string =>
	path.resolve(backupDir ?? path.join(dataDir, 'backups'));

/** Keeps what there is as it is before a new version changes its schema. That it could not is no reason to stay away. */
async function backUpBefore(address: Address, options: OpenOptions): Promise<void> {
	const connection = connect(address);
	try {
		const people = await connection.run(({ sql }) => sql`select from people limit 1`);
		if (people.length === 0) return;
		const folder = backupFolderOf(options);
		const now = Date.now();
		const file = path.join(folder, backupName('before-migration', now));
		await writeBackup(connection, file, now);
		rotateBackups(folder, 'before-migration', backupsBeforeMigration);
		options.log?.info({ file }, 'the schema is about to be changed: a backup was made');
	} catch (error) {
		options.log?.error({ reason: error instanceof Error ? error.message : String(error) }, 'the schema is about to be changed, and no backup could be made');
	} finally {
		await connection.close();
	}
}

function databaseOver(connection: Connection, reached: Reached): Database {
	const embedded = reached.embedded?.database;
	const meetings = meetingStore(connection);
	const factors = factorStore(connection);
	// what the schema's changes took is nobody's statement
	const slowBefore = embedded?.counters.slow ?? 0;
	return {
		documents: documentStore(connection),
		clientIds: clientIdStore(connection),
		drafts: draftStore(connection),
		factors,
		groupings: groupingStore(connection),
		actions: actionStore(connection),
		people: personStore(connection),
		accounts: accountStore(connection),
		secondFactors: secondFactorStore(connection),
		passkeys: passkeyStore(connection),
		keys: keyStore(connection),
		sessions: sessionStore(connection),
		links: linkStore(connection),
		invitations: invitationStore(connection),
		directory: directoryStore(connection),
		guests: guestStore(connection),
		thinkTanks: thinkTankStore(connection),
		recipes: recipeStore(connection),
		mandates: mandateStore(connection),
		members: memberStore(connection),
		meetings,
		votes: voteStore(connection, factors),
		decisions: decisionStore(connection),
		late: lateStore(connection),
		home: homeReads(connection),
		titles: titleReads(connection),
		access: accessReads(connection, meetings),
		audit: auditStore(connection),
		counts: countStore(connection),
		leases: leaseStore(connection),
		connection,
		async identity() {
			const [found] = await connection.run(
				({ sql }) => sql<{ cluster: string; database: string }[]>`
					select system_identifier as cluster, (select oid from pg_database where datname = current_database()) as database from pg_control_system()`
			);
			return `${found!.cluster}.${found!.database}`;
		},
		async ready() {
			const patience = new AbortController();
			const answered = connection
				.run(({ sql }) => sql`select 1`)
				.then(
					() => true,
					() => false
				);
			const silent = pause(readyMs, false, { signal: patience.signal, ref: false }).catch(() => false);
			return await Promise.race([answered, silent]).finally(() => patience.abort());
		},
		statistics: () => ({ fsyncs: embedded?.counters.fsyncs ?? null, slowStatements: embedded ? embedded.counters.slow - slowBefore : connection.slow }),
		async close() {
			await connection.close();
			await reached.close();
		}
	};
}

/** Brings the schema to this version, but not under servers: those of PostgreSQL a command cannot be sure to see, as one whose connection is lost for a moment. */
async function brought({ address, embedded, besideServer }: Reached, options: OpenOptions): Promise<void> {
	try {
		if (besideServer) return await holdToVersion(address);
		await migrate(address, async () => {
			if (options.besideServer && !embedded) throw new SchemaOfAnotherVersion('former');
			await backUpBefore(address, options);
		});
	} catch (error) {
		if (error instanceof SchemaOfAnotherVersion) throw error;
		const where = !('url' in address) ? 'the embedded database' : URL.canParse(address.url) ? `PostgreSQL at ${new URL(address.url).host}` : 'PostgreSQL';
		throw new DatabaseUnreachable(`${where}: ${storageError(error, () => false).message}`, { cause: error });
	}
}

async function socketOfHolder(folder: string, inUse: DataFolderInUse): Promise<string> {
	for (const began = performance.now(); performance.now() - began < announcementMs; await pause(50)) {
		const socket = readHolder(folder)?.socket;
		if (socket) return socket;
	}
	throw inUse;
}
