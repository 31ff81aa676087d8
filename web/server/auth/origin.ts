/** The headers by which a request says where it comes from and where it goes. */
export interface OriginHeaders {
	origin?: string | undefined;
	host?: string | undefined;
}

/**
 * Does a page of ours ask? With configured origins only those count, else the origin has to name the very host
 * that the request was sent to. Who sends no origin is no page: browsers always send one with a socket and with
 * whatever changes something on another site, and other programs hold no cookie of anybody.
 */
export function isOwnOrigin(origins: readonly string[], { origin, host }: OriginHeaders): boolean {
	if (origin === undefined) return true;
	const url = URL.parse(origin);
	if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
	if (origins.length > 0) return origins.includes(url.origin);
	// parsing both alike takes a default port away from both
	return host !== undefined && url.host === URL.parse(`${url.protocol}//${host}`)?.host;
}
