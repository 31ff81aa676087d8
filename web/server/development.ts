import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { stateAddress } from './address.ts';
import { app, goLive } from './app.ts';
import { readSettings } from './config.ts';
import { answerOwn, stateHeaders, stateProtocol } from './front-door.ts';
import { announce } from './start/announce.ts';
import { explain } from './start/failure.ts';

/** The same server inside Vite's: API, health and sockets here, pages and modules there. */

/** Answers what is ours, and leaves the rest to `next`. */
export async function answer(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): Promise<void> {
	const opened = await app();
	stateAddress(request, opened.settings);
	stateHeaders(response, stateProtocol(request, opened.settings));
	if (!answerOwn(opened, request, response)) next();
}

/** Attaches the sockets to Vite's own server, and leaves its hot reload alone. A start that fails ends the process. */
export async function attach(http: Server): Promise<void> {
	try {
		const opened = await app();
		goLive(opened, http, { passUpgrade: ({ headers }) => /^vite-(hmr|ping)$/.test(headers['sec-websocket-protocol'] ?? '') });
		await announce(opened, http);
	} catch (error) {
		const { sentences, exitCode } = explain(error, settingsOrNull());
		process.stderr.write(`${sentences}\n`);
		process.exit(exitCode);
	}
}

function settingsOrNull() {
	try {
		return readSettings(process.env);
	} catch {
		return null;
	}
}
