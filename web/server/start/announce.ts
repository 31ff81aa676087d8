import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { renderUnicodeCompact } from 'uqr';
import { timeZone } from '#lib/i18n/time-zone.ts';
import { m } from '#lib/paraglide/messages.js';
import { limits } from '#realtime/meeting/limits.ts';
import { languages, type Language } from '#realtime/meeting/texts.ts';
import { alone } from '#realtime/server/bus.ts';
import type { App } from '../app.ts';
import { makeSetUpLink } from '../auth/set-up-link.ts';

/** Where this server is reached: on this machine, and on the local network if it listens there. */
export interface Addresses {
	local: string;
	network: string | null;
}

/** The addresses of a listening server. A configured origin stands for both: it is where visitors come from. */
export function addressesOf(http: Server, origins: readonly string[]): Addresses {
	const { address, port } = http.address() as AddressInfo;
	const everywhere = address === '0.0.0.0' || address === '::';
	const home = everywhere || address === '127.0.0.1' || address === '::1';
	const on = (host: string) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
	const [origin] = origins;
	const local = on(home ? 'localhost' : address);
	if (origin !== undefined) return { local, network: origin };
	return { local, network: everywhere ? (networkAddress()?.replace(/^.*$/, on) ?? null) : home ? null : on(address) };
}

/** The address by which others on the local network see this machine; null without one. */
function networkAddress(): string | null {
	const found = Object.values(networkInterfaces())
		.flatMap((all) => all ?? [])
		.find(({ internal, family }) => !internal && family === 'IPv4');
	return found?.address ?? null;
}

/** Prints, in both languages, where the server is, and the set-up link while nobody administers it. */
export async function announce(opened: App, http: Server): Promise<void> {
	const addresses = addressesOf(http, opened.settings.origins);
	const link = await makeSetUpLink(opened.database, Date.now(), opened.bus === alone ? 0 : limits.setUpTogetherMs);
	const ready = languages.map((locale) => `  ${m.server_ready({}, { locale })}`).join('\n');
	const setUp =
		link === null
			? ''
			: inBoth(
					(locale) => m.server_set_up_link({ until: momentIn(link.expiresAt, locale) }, { locale }),
					`${opened.settings.origins[0] ?? addresses.local}/set-up/${link.token}`
				);
	process.stdout.write(`\n${ready}\n\n${addressLines(addresses)}\n${setUp}\n`);
}

/** The addresses in both languages, with a code for the camera of a phone. */
export function addressLines({ local, network }: Addresses): string {
	const here = inBoth((locale) => m.server_local_address({}, { locale }), local);
	if (network === null) return here;
	return `${here}\n${inBoth((locale) => m.server_network_address({}, { locale }), network)}\n${indented(renderUnicodeCompact(network, { border: 1 }))}`;
}

/** A line a language, and below them the value that goes with both. */
const inBoth = (message: (language: Language) => string, value: string): string =>
	`${languages.map((language) => `  ${message(language)}\n`).join('')}    ${value}\n`;

const indented = (block: string): string =>
	block
		.split('\n')
		.map((line) => `    ${line}`)
		.join('\n') + '\n';

/** A moment in the language's usual calendar. */
const momentIn = (ms: number, language: Language): string =>
	new Intl.DateTimeFormat(language === 'fa' ? 'fa-IR-u-ca-persian' : 'en-GB', {
		timeZone,
		month: 'long',
		day: 'numeric',
		hour: '2-digit',
		minute: '2-digit'
	}).format(ms);
