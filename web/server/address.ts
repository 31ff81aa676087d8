import type { IncomingMessage } from 'node:http';
import type { Settings } from './config.ts';

/** Where requests came from, as the front door has found it. */
const found = new WeakMap<object, string>();

/**
 * Notes the network address of whoever sent this request: the last one in `x-forwarded-for` that is none of our
 * proxies, if a trusted one passed it on, and else the other end of the connection.
 */
export function stateAddress(request: IncomingMessage, { isTrustedProxy }: Pick<Settings, 'isTrustedProxy'>): void {
	const claimed = String(request.headers['x-forwarded-for'] ?? '').split(',');
	const way = [...claimed.map((address) => address.trim()).filter(Boolean), request.socket.remoteAddress ?? ''];
	while (way.length > 1 && isTrustedProxy(way.at(-1))) way.pop();
	// an address is short, whatever somebody put into the header
	const address = way.at(-1)!.slice(0, 45);
	if (address !== '') found.set(request, address);
}

/** The address that was noted of a request; null: none, as of a page that is rendered on the server. */
export const addressOf = (request: object | undefined): string | null => (request && found.get(request)) ?? null;
