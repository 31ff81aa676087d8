import type { IncomingMessage, Server } from 'node:http';
import { open, type Database } from '#db/open.ts';
import { attach, type Live } from '#realtime/server/attach.ts';
import { alone, type Bus } from '#realtime/server/bus.ts';
import type { openBus } from '#realtime/server/redis-bus.ts';
import { createApi, type Api } from './api/api.ts';
import type { Services } from './api/services.ts';
import { accessOver } from './auth/access.ts';
import { openAccounts } from './auth/accounts.ts';
import { countKnocks } from './auth/knocks.ts';
import { openSessions } from './auth/sessions.ts';
import { readSettings, type Settings } from './config.ts';
import type { OneClickLinks } from './demo/one-click-links.ts';
import { openLog, type ServerLog } from './log.ts';
import { openMetrics, type ServerMetrics } from './metrics.ts';
import { warmUp } from './start/warm-up.ts';

/** Everything that runs in this process, put together. */
export interface App extends Services {
	readonly settings: Settings;
	readonly log: ServerLog;
	readonly metrics: ServerMetrics;
	readonly database: Database;
	/** to the other processes that serve this database */
	readonly bus: Bus;
	readonly api: Api;
	/** null until sockets are attached */
	live: Live | null;
	/** set by the demo before the first request */
	oneClickLinks: OneClickLinks | null;
	/** the server is on its way out: it takes no new visitors */
	draining: boolean;
}

/** The one app of this process. A development server evaluates modules anew, so it is not kept in a module. */
const shared = globalThis as { [key: symbol]: Promise<App> | undefined };
const key = Symbol.for('hamandish.app');

/**
 * The app, opened by the first who asks: building the product imports these modules too, and must not open a
 * database. Rejects with SettingsError, DataFolderInUse or DatabaseUnreachable, and then the next call tries anew.
 */
export function app(): Promise<App> {
	return (shared[key] ??= compose(readSettings(process.env)).catch((error: unknown) => {
		shared[key] = undefined;
		throw error;
	}));
}

/** Opens the app with settings of one's own, as the process entry and the demo do. Called before anybody asks for it. */
export function openApp(settings: Settings): Promise<App> {
	return (shared[key] = compose(settings));
}

/** The API over the app. */
export const api: Api = createApi(app);

async function compose(settings: Settings): Promise<App> {
	const log = openLog(settings.logLevel);
	const database = await open({
		...(settings.databaseUrl === null ? {} : { url: settings.databaseUrl }),
		dataDir: settings.dataDir,
		backupDir: settings.backups.dir,
		log
	});
	void warmUp(database);
	const sessions = openSessions(database, settings);
	const access = accessOver(database.access, sessions, settings.origins);
	const accounts = openAccounts(database);
	const bus = settings.redisUrl === null ? alone : await busOver(settings.redisUrl, { channel: `hamandish:${await database.identity()}`, log });
	const opened: App = {
		settings,
		log,
		metrics: openMetrics(() => opened),
		database,
		bus,
		sessions,
		accounts,
		access,
		knocks: countKnocks(database),
		api,
		live: null,
		oneClickLinks: null,
		draining: false
	};
	return opened;
}

/** The driver of Redis is loaded where there is one: a process alone starts sooner without it, and is smaller. */
async function busOver(...given: Parameters<typeof openBus>): Promise<Bus> {
	const { openBus } = await import('#realtime/server/redis-bus.ts');
	return openBus(...given);
}

/** Attaches boards and meetings to the HTTP server. `passUpgrade` names upgrades that are somebody else's. */
export function goLive(opened: App, http: Server, options: { passUpgrade?: (request: IncomingMessage) => boolean } = {}): Live {
	const { documents, clientIds, factors, actions, meetings, drafts, votes, late, guests } = opened.database;
	return (opened.live = attach(
		http,
		{ documents, clientIds, factors, actions, meetings, drafts, votes, late, guests, access: opened.access, log: opened.log, metrics: opened.metrics },
		{ ...options, bus: opened.bus }
	));
}
