import { m } from '#lib/paraglide/messages.js';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import { languages } from '#realtime/meeting/texts.ts';
import { addressLines } from '../start/announce.ts';

/** What the demo says of itself. */
export interface DemoPrint {
	url: string;
	network: string | null;
	/** what a phone in the same network opens in place of `url`, to which the links lead; null: the links say it themselves, or no phone can */
	onPhone: string | null;
	people: { id: Id; name: string; role: Role; province: Province | null; signIn: string }[];
	thinkTank: Id;
	meeting: Id;
	documents: { swot: Id; brainstorm: Id; actions: Id };
	json: boolean;
}

/** Prints where the demo is and who one may be in it: for people, or on one line for scripts. */
export function announceDemo({ json, network, onPhone, ...print }: DemoPrint): void {
	if (json) {
		process.stdout.write(`${JSON.stringify(print)}\n`);
		return;
	}
	const ready = languages.map((locale) => `  ${m.server_demo_ready({}, { locale })}`).join('\n');
	const people = print.people.map(({ name, signIn }) => `    ${name}\n      ${signIn}`).join('\n');
	const hints = languages.flatMap((locale) => [
		`  ${m.server_demo_one_each({}, { locale })}`,
		...(onPhone === null ? [] : [`  ${m.server_demo_on_phone({ local: print.url, network: onPhone }, { locale })}`])
	]);
	process.stdout.write(`\n${ready}\n\n${people}\n\n${hints.join('\n')}\n\n${addressLines({ local: print.url, network })}\n`);
}
