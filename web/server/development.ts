import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { app, goLive } from './app.ts';
import { answerOwn, stateHeaders, stateProtocol } from './front-door.ts';
import { announce } from './start/announce.ts';

/** The same server inside Vite's: API, health and sockets here, pages and modules there. */

export async function answer(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): Promise<void> {
	const opened = await app();
	const protocol = stateProtocol(request, opened.settings);
	stateHeaders(response, protocol);
	if (!answerOwn(opened, request, response)) next();
}

/** Attaches the sockets to Vite's own server, and leaves its hot reload alone. */
export async function attach(http: Server): Promise<void> {
	const opened = await app();
	goLive(opened, http, { passUpgrade: ({ headers }) => /^vite-(hmr|ping)$/.test(headers['sec-websocket-protocol'] ?? '') });
	await announce(opened, http);
}
