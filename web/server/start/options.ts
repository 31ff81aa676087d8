import { parseArgs } from 'node:util';
import { languages, type Language } from '#realtime/meeting/texts.ts';

/** What the command line says. */
export interface Options {
	/** a temporary database with the founding meeting, its people and its bots */
	demo: boolean;
	/** one line for scripts instead of the print for people */
	json: boolean;
	bots: boolean;
	/** of the demo's content */
	language: Language;
}

/** An option that there is not. */
export class OptionError extends Error {
	readonly option: string;
	readonly known = ['--demo', '--json', '--no-bots', '--language fa|en'];
	constructor(option: string) {
		super(`unknown option ${option}`);
		this.option = option;
	}
}

/** Reads the command line. Throws {@link OptionError} for what it does not know. */
export function readOptions(args: readonly string[]): Options {
	const { values, tokens } = parseArgs({
		args: [...args],
		strict: false,
		tokens: true,
		options: { demo: { type: 'boolean' }, json: { type: 'boolean' }, 'no-bots': { type: 'boolean' }, language: { type: 'string' } }
	});
	for (const token of tokens) {
		if (token.kind === 'positional') throw new OptionError(token.value);
		if (token.kind === 'option' && !['demo', 'json', 'no-bots', 'language'].includes(token.name)) throw new OptionError(token.rawName);
	}
	const language = languages.find((language) => language === (values.language ?? 'fa'));
	if (language === undefined) throw new OptionError(`--language ${String(values.language)}`);
	return { demo: values.demo === true, json: values.json === true, bots: values['no-bots'] !== true, language };
}
