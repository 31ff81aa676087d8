import { limits } from '#realtime/meeting/limits.ts';

/** An address that a page may link to, http and https alone; null for whatever else stands there. */
export function safeAddress(text: string): string | null {
	const url = parsed(text.trim());
	return url && (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== '' ? url.href : null;
}

/** What a person meant by an address: with a scheme if they left it out. Null if it is none, or too long. */
export function addressFrom(input: string): string | null {
	const text = input.trim();
	const address = safeAddress(/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/]*:\d/.test(text) ? text : `https://${text}`);
	return address !== null && address.length <= limits.evidenceLinkUnits && parsed(address)?.hostname.includes('.') ? address : null;
}

/** What a link is called: its title, else its host. */
export const linkNameOf = ({ url, title }: { url: string; title: string }): string => title || (parsed(url)?.hostname ?? url);

function parsed(address: string): URL | null {
	try {
		return new URL(address);
	} catch {
		return null;
	}
}
