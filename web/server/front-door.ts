import { getRequestListener } from '@hono/node-server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { api, type App } from './app.ts';
import type { Settings } from './config.ts';
import { showsToken } from './metrics.ts';

/** What stands before every request, in development and in production alike. */

const apiListener = getRequestListener(api.fetch, { overrideGlobalObjects: false });

/**
 * Says by which scheme the visitor came, in the header that pages and API read: what a trusted proxy says, else
 * http, which is what arrived here. What anybody else claims is overwritten.
 */
export function stateProtocol(request: IncomingMessage, settings: Pick<Settings, 'isTrustedProxy'>): 'http' | 'https' {
	const claimed = String(request.headers['x-forwarded-proto'] ?? '')
		.split(',')
		.at(-1)!
		.trim()
		.toLowerCase();
	const protocol = claimed === 'https' && settings.isTrustedProxy(request.socket.remoteAddress) ? 'https' : 'http';
	request.headers['x-forwarded-proto'] = protocol;
	return protocol;
}

/** The headers that every answer carries. Pages bring a content security policy of their own. */
export function stateHeaders(response: ServerResponse, protocol: 'http' | 'https'): void {
	response.setHeader('x-content-type-options', 'nosniff');
	response.setHeader('x-frame-options', 'DENY');
	// links carry tokens in their paths
	response.setHeader('referrer-policy', 'no-referrer');
	response.setHeader('cross-origin-resource-policy', 'same-origin');
	response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
	if (protocol === 'http') return;
	// a browser ignores both, and one of them loudly, on a plain connection
	response.setHeader('cross-origin-opener-policy', 'same-origin');
	response.setHeader('strict-transport-security', 'max-age=31536000');
}

/** Answers to what is asked of the process itself, and to nobody's page. */
export const ownAnswers: Record<string, (opened: App, request: IncomingMessage, response: ServerResponse) => Promise<void> | void> = {
	'/healthz': (_opened, _request, response) => state(response, 200, 'alive'),
	async '/readyz'(opened, _request, response) {
		const ready = await isReady(opened);
		state(response, ready ? 200 : 503, ready ? 'ready' : opened.draining ? 'draining' : 'storage-unavailable');
	},
	async '/metrics'({ settings: { metricsToken }, metrics }, request, response) {
		if (metricsToken === null) return state(response, 404, 'not-found');
		if (!showsToken(request.headers.authorization, metricsToken)) {
			response.setHeader('www-authenticate', 'Bearer');
			return state(response, 401, 'token-needed');
		}
		const { type, text } = await metrics.exposition();
		response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
		response.end(text);
	}
};

/** Answers what is not a page: the API, and how the process is. False: it is a page's turn. */
export function answerOwn(opened: App, request: IncomingMessage, response: ServerResponse): boolean {
	const path = (request.url ?? '').split('?')[0]!;
	if (path === '/api' || path.startsWith('/api/')) {
		void apiListener(request, response);
		return true;
	}
	if (!Object.hasOwn(ownAnswers, path)) return false;
	Promise.resolve(ownAnswers[path]!(opened, request, response)).catch((error: unknown) => {
		opened.log.error({ path, error }, 'a request failed');
		response.destroy();
	});
	return true;
}

const isReady = (opened: App): Promise<boolean> => (opened.draining ? Promise.resolve(false) : opened.database.ready().catch(() => false));

function state(response: ServerResponse, status: number, word: string): void {
	response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
	response.end(JSON.stringify({ state: word }));
}
