import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { limits } from '#realtime/meeting/limits.ts';
import { stateAddress } from './address.ts';
import { goLive, openApp, type App } from './app.ts';
import { keepBackups, writeInProcess } from './backups.ts';
import { readSettings, type Settings } from './config.ts';
import type { Demo, Furnished } from './demo/demo.ts';
import { answerOwn, stateHeaders, stateProtocol } from './front-door.ts';
import { describeReason, openLog } from './log.ts';
import { keepTidy } from './tidy.ts';
import { announce } from './start/announce.ts';
import { explain } from './start/failure.ts';
import { readOptions, type Options } from './start/options.ts';

/** The production server: `node build/server/main.js`, with `--demo` the demo. */

type PageHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

let settings: Settings | null = null;
try {
	const options = readOptions(process.argv.slice(2));
	settings = readSettings(process.env);
	await run(settings, options);
} catch (error) {
	const { sentences, exitCode, complete } = explain(error, settings);
	process.stderr.write(`${sentences}\n`);
	if (!complete) openLog(settings?.logLevel ?? 'info').error({ reason: describeReason(error) }, 'the start failed');
	process.exit(exitCode);
}

async function run(given: Settings, options: Options): Promise<void> {
	// the demo is loaded only where it is asked for
	const demo = options.demo ? await (await import('./demo/demo.ts')).prepareDemo(given) : null;
	let opened: App | null = null;
	let furnished: Furnished | null = null;
	const http = createServer({ keepAliveTimeout: limits.keepAliveMs });
	try {
		opened = await openApp(demo?.settings ?? given);
		const pages = await loadPages();
		// before the sockets: socket.io keeps its own requests from whoever listens by then
		http.on('request', (request, response) => serve(opened!, pages, request, response));
		goLive(opened, http);
		furnished = (await demo?.furnish(opened, options.language)) ?? null;
		await listen(http, opened.settings);
	} catch (error) {
		await opened?.live?.stop();
		await opened?.bus.stop();
		await opened?.database.close();
		await demo?.remove();
		throw error;
	}
	const { dir, everyHours, keep } = opened.settings.backups;
	const stopBackups =
		demo || everyHours === 0
			? () => {}
			: keepBackups({
					folder: dir,
					everyMs: everyHours * 3_600_000,
					keep,
					write: writeInProcess(opened.settings),
					leases: opened.database.leases,
					log: opened.log
				});
	const stopTidying = keepTidy(opened);
	stopOnSignal(opened, http, demo, furnished, () => {
		stopBackups();
		stopTidying();
	});
	opened.log.info({ node: process.version, demo: options.demo }, 'serving');
	if (furnished) furnished.open(http, options);
	else await announce(opened, http);
}

/** SvelteKit's own handler lies beside this file in the build; a path known only at run time keeps it one module there. */
async function loadPages(): Promise<PageHandler> {
	process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
	const file = pathToFileURL(join(import.meta.dirname, 'handler.js')).href;
	const { handler } = (await import(/* @vite-ignore */ file)) as { handler: PageHandler };
	return handler;
}

function serve(opened: App, pages: PageHandler, request: IncomingMessage, response: ServerResponse): void {
	stateAddress(request, opened.settings);
	stateHeaders(response, stateProtocol(request, opened.settings));
	if (opened.draining) response.setHeader('connection', 'close');
	if (answerOwn(opened, request, response)) return;
	pages(request, response, () => {
		response.statusCode = 404;
		response.end();
	});
}

function listen(http: Server, { port, host }: Settings): Promise<void> {
	return new Promise((resolve, reject) => {
		http.once('error', reject);
		http.listen({ port, host }, () => {
			http.off('error', reject);
			resolve();
		});
	});
}

/** On SIGTERM or SIGINT: what is under way is finished, everything is written, and the process ends by itself. */
function stopOnSignal(opened: App, http: Server, demo: Demo | null, furnished: Furnished | null, stopJobs: () => void): void {
	const stop = async (signal: string) => {
		// npm and the terminal may both pass on the same Ctrl-C
		if (opened.draining) return;
		opened.draining = true;
		opened.log.info({ signal }, 'stopping');
		setTimeout(() => {
			opened.log.error({ afterMs: limits.stopMs }, 'the stop was cut short');
			process.exit(1);
		}, limits.stopMs).unref();

		const closed = new Promise<void>((resolve) => http.close(() => resolve()));
		http.closeIdleConnections();
		furnished?.close();
		stopJobs();
		await opened.live?.stop();
		await opened.bus.stop();
		setTimeout(() => http.closeAllConnections(), limits.lastAnswersMs).unref();
		await closed;
		await opened.database.close();
		await demo?.remove();
		opened.log.info({}, 'stopped');
		process.exit(0);
	};
	for (const signal of ['SIGTERM', 'SIGINT'] as const) {
		process.on(signal, () => {
			stop(signal).catch((error: unknown) => {
				opened.log.error({ error }, 'the stop failed');
				process.exit(1);
			});
		});
	}
}
