import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { idFrom, idLength } from '#realtime/meeting/ids.ts';
import { languages, type Language } from '#realtime/meeting/texts.ts';
import { runCommand } from './command.ts';
import { CommandError } from './errors.ts';
import { createFounding } from './seed/founding.ts';

/** `npm run seed -- --language fa`: adds the founding meeting as a sample, with the first administrator as its facilitator. */

const said: Record<Language, { noAdministrator: string; done: (meeting: string) => string }> = {
	fa: {
		noAdministrator: 'هنوز مدیری نیست که تسهیل‌گر نشست باشد. نخست برنامه را با npm start اجرا کنید و پیوند راه‌اندازی آن را باز کنید.',
		done: (meeting) => `نشست نمونه ساخته شد: /meetings/${meeting}`
	},
	en: {
		noAdministrator: 'There is no administrator yet who could be the facilitator. Run npm start first and open the set-up link it prints.',
		done: (meeting) => `The sample meeting is made: /meetings/${meeting}`
	}
};

await runCommand(async (database) => {
	const { values } = parseArgs({ options: { language: { type: 'string', default: 'fa' } } });
	const language = languages.find((known) => known === values.language);
	if (!language) throw new CommandError(`--language is one of ${languages.join(', ')}`);
	const facilitator = await database.people.firstAdministrator();
	if (!facilitator) throw new CommandError(said[language].noAdministrator);
	const { meeting } = await createFounding(database, { facilitator: facilitator.id, language, newId: () => idFrom(randomBytes(idLength)) });
	console.log(said[language].done(meeting));
});
