import { DatabaseUnreachable, DataFolderInUse, SchemaOfAnotherVersion } from '#db/errors.ts';
import { m } from '#lib/paraglide/messages.js';
import { languages, type Language } from '#realtime/meeting/texts.ts';
import { logLevels, SettingsError, type SettingName, type SettingProblem, type Settings } from '../config.ts';
import { OptionError } from './options.ts';

/** Configuration that has to be corrected by hand (EX_CONFIG of sysexits.h): a supervisor need not try again. */
const wrongConfiguration = 78;
const otherFailure = 1;

/** What of the settings a sentence may name. */
type Named = Pick<Settings, 'port' | 'host' | 'dataDir' | 'databaseUrl'>;

/** A start that failed: one sentence a language, the exit code, and whether the sentence says all there is to say. */
export interface Failure {
	sentences: string;
	exitCode: number;
	complete: boolean;
}

/** Puts the reason of a failed start into words. `settings`: null while they could not be read. */
export function explain(error: unknown, settings: Named | null): Failure {
	const ofConfiguration = error instanceof SettingsError || error instanceof OptionError || error instanceof SchemaOfAnotherVersion;
	return {
		sentences: languages.map((language) => sentence(error, settings, language)).join('\n'),
		exitCode: ofConfiguration ? wrongConfiguration : otherFailure,
		complete: ofConfiguration || error instanceof DataFolderInUse || isListening(error)
	};
}

function sentence(error: unknown, settings: Named | null, locale: Language): string {
	if (error instanceof SettingsError) return wrongSetting(error.problem, locale);
	if (error instanceof OptionError) return m.server_option_unknown({ option: error.option, options: error.known.join(' ') }, { locale });
	if (error instanceof SchemaOfAnotherVersion) return m.server_schema_later({}, { locale });
	const folder = settings?.dataDir ?? '';
	if (error instanceof DataFolderInUse) return m.server_data_folder_in_use({ folder, pid: error.pid ?? '?' }, { locale });
	// a folder that cannot be written or a full disk is said as such, also when it ended the database
	switch (systemCode(error)) {
		case 'EADDRINUSE':
			return m.server_port_in_use({ port: settings?.port ?? '' }, { locale });
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
			if (!(error instanceof DatabaseUnreachable)) return m.server_host_unavailable({ host: settings?.host ?? '' }, { locale });
			break;
		case 'ENOSPC':
		case 'EDQUOT':
			return m.server_disk_full({}, { locale });
		case 'EACCES':
		case 'EPERM':
		case 'EROFS':
		case 'ENOTDIR':
		case 'EEXIST':
			if (isListening(error)) return m.server_port_forbidden({ port: settings?.port ?? '' }, { locale });
			return m.server_data_folder_unwritable({ folder }, { locale });
	}
	// the embedded database does not come with an address to check
	if (error instanceof DatabaseUnreachable && settings?.databaseUrl !== null) return m.server_database_unreachable({}, { locale });
	return m.server_start_failed({ code: systemCode(error) ?? 'unexpected' }, { locale });
}

function wrongSetting(problem: SettingProblem, locale: Language): string {
	if (problem.kind === 'redis-needs-database') return m.server_redis_needs_database({}, { locale });
	const { name, given } = problem;
	const expected = expectations[name](locale);
	return given === null ? m.server_setting_wrong_hidden({ name, expected }, { locale }) : m.server_setting_wrong({ name, given, expected }, { locale });
}

const expectations: Record<SettingName, (locale: Language) => string> = {
	PORT: (locale) => m.server_expected_port({}, { locale }),
	HOST: (locale) => m.server_expected_host({}, { locale }),
	ORIGIN: (locale) => m.server_expected_origin({}, { locale }),
	DATA_DIR: (locale) => m.server_expected_data_dir({}, { locale }),
	DATABASE_URL: (locale) => m.server_expected_database_url({}, { locale }),
	REDIS_URL: (locale) => m.server_expected_redis_url({}, { locale }),
	BACKUP_DIR: (locale) => m.server_expected_data_dir({}, { locale }),
	BACKUP_EVERY_HOURS: (locale) => m.server_expected_hours({}, { locale }),
	BACKUP_KEEP: (locale) => m.server_expected_keep({}, { locale }),
	TRUSTED_PROXIES: (locale) => m.server_expected_trusted_proxies({}, { locale }),
	LOG_LEVEL: (locale) => m.server_expected_log_level({ levels: logLevels.join(', ') }, { locale }),
	METRICS_TOKEN: (locale) => m.server_expected_metrics_token({}, { locale })
};

const isListening = (error: unknown): boolean => error instanceof Error && 'syscall' in error && error.syscall === 'listen';

/** The system's code of an error or of what caused it. */
function systemCode(error: unknown): string | null {
	if (!(error instanceof Error)) return null;
	if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return error.code;
	return systemCode(error.cause);
}
