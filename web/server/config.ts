import { BlockList, isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** Everything an operator may set, by environment variable. {@link settingsTable} documents each one. */
export interface Settings {
	/** 0: any free port */
	port: number;
	host: string;
	/** origins of our pages; empty: the host that a request was sent to is the only one */
	origins: readonly string[];
	/** absolute path of the folder that holds the embedded database */
	dataDir: string;
	/** null: the embedded database in {@link dataDir} */
	databaseUrl: string | null;
	/** through which the processes that share {@link databaseUrl} tell each other; null: this one is alone */
	redisUrl: string | null;
	/** backups that are made by themselves: absolute path of their folder, hours between two (0: none are made), and how many are kept */
	backups: { dir: string; everyHours: number; keep: number };
	/** Is this the address of a proxy whose x-forwarded-proto and x-forwarded-for we believe? */
	isTrustedProxy: (address: string | undefined) => boolean;
	logLevel: LogLevel;
	/** what a program that reads /metrics shows; null: there is no such address */
	metricsToken: string | null;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type SettingName =
	| 'PORT'
	| 'HOST'
	| 'ORIGIN'
	| 'DATA_DIR'
	| 'DATABASE_URL'
	| 'REDIS_URL'
	| 'BACKUP_DIR'
	| 'BACKUP_EVERY_HOURS'
	| 'BACKUP_KEEP'
	| 'TRUSTED_PROXIES'
	| 'LOG_LEVEL'
	| 'METRICS_TOKEN';

/** Why the settings are refused; the start-up puts it into words in both languages. */
export type SettingProblem =
	| { kind: 'wrong'; name: SettingName; given: string | null }
	/** several processes cannot share the embedded database */
	| { kind: 'redis-needs-database' };

/** A setting of the wrong kind. It stops the start. */
export class SettingsError extends Error {
	readonly problem: SettingProblem;
	constructor(problem: SettingProblem) {
		super(problem.kind === 'wrong' ? `${problem.name} is wrong` : problem.kind);
		this.problem = problem;
	}
}

const listOf = (text: string) =>
	text
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');

const urlWith = (...protocols: string[]) =>
	z.string().refine((text) => {
		const url = URL.parse(text);
		return url !== null && protocols.includes(url.protocol) && url.hostname !== '';
	});

const origin = z.string().refine((text) => {
	const url = URL.parse(text);
	return url !== null && ['http:', 'https:'].includes(url.protocol) && text.replace(/\/$/, '').toLowerCase() === url.origin;
});

const port = z
	.string()
	.regex(/^\d{1,5}$/)
	.transform(Number)
	.refine((number) => number <= 65_535);

const wholeNumber = (least: number, most: number) =>
	z
		.string()
		.regex(/^\d{1,4}$/)
		.transform(Number)
		.refine((number) => number >= least && number <= most);

/** A name or an address, without port, scheme or spaces. */
const host = z.string().refine((text) => isIP(text) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text));

/**
 * The table of settings: what each one takes, what stands when it is absent, and whether its value may be
 * printed when it is wrong. An empty variable counts as absent.
 */
export const settingsTable = {
	/** the one port for pages, API and sockets; 0 takes any free one */
	PORT: { schema: port, absent: 3000, secret: false },
	/** the address to listen on; `0.0.0.0` and `::` let the local network in */
	HOST: { schema: host, absent: '0.0.0.0', secret: false },
	/** the origins that pages of ours have, separated by commas; absent: the same host as the request's */
	ORIGIN: {
		schema: z
			.string()
			.transform(listOf)
			.pipe(z.array(origin.transform((text) => new URL(text).origin)).min(1)),
		absent: [] as string[],
		secret: false
	},
	/** the folder of the embedded database */
	DATA_DIR: { schema: z.string().refine((text) => !text.includes('\0')), absent: './data', secret: false },
	/** a PostgreSQL server (15 or newer) instead of the embedded database */
	DATABASE_URL: { schema: urlWith('postgres:', 'postgresql:'), absent: null, secret: true },
	/** Redis or Valkey, through which several processes on one PostgreSQL tell each other what is new */
	REDIS_URL: { schema: urlWith('redis:', 'rediss:'), absent: null, secret: true },
	/** the folder of backups; absent: `backups` in DATA_DIR */
	BACKUP_DIR: { schema: z.string().refine((text) => !text.includes('\0')), absent: null, secret: false },
	/** hours between two backups that are made by themselves, up to a month; 0: none are made */
	BACKUP_EVERY_HOURS: { schema: wholeNumber(0, 24 * 31), absent: 24, secret: false },
	/** how many of them are kept: two weeks, of one a day */
	BACKUP_KEEP: { schema: wholeNumber(1, 1_000), absent: 14, secret: false },
	/** addresses and networks of proxies in front of us; their x-forwarded-proto and x-forwarded-for are believed, nobody else's */
	TRUSTED_PROXIES: {
		schema: z
			.string()
			.transform(listOf)
			.refine((parts) => parts.every((part) => networkOf(part) !== null)),
		absent: [] as string[],
		secret: false
	},
	/** how much is logged; requests appear at `debug` */
	LOG_LEVEL: { schema: z.enum(logLevels), absent: 'info', secret: false },
	/** the bearer token that opens /metrics: 20 printable characters at least, which a guesser never comes to the end of */
	METRICS_TOKEN: { schema: z.string().regex(/^[\x21-\x7e]{20,200}$/), absent: null, secret: true }
} as const satisfies Record<SettingName, { schema: z.ZodType<unknown, string>; absent: unknown; secret: boolean }>;

/** Reads the settings. Throws {@link SettingsError} for the first that is wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
	const read = <Name extends SettingName>(name: Name): z.output<(typeof settingsTable)[Name]['schema']> | (typeof settingsTable)[Name]['absent'] => {
		const given = environment[name]?.trim();
		const { schema, absent, secret } = settingsTable[name];
		if (given === undefined || given === '') return absent;
		const parsed = schema.safeParse(given);
		if (!parsed.success) throw new SettingsError({ kind: 'wrong', name, given: secret ? null : given });
		return parsed.data as z.output<(typeof settingsTable)[Name]['schema']>;
	};

	const dataDir = resolve(read('DATA_DIR'));
	const settings: Settings = {
		port: read('PORT'),
		host: read('HOST'),
		origins: read('ORIGIN'),
		dataDir,
		databaseUrl: read('DATABASE_URL'),
		redisUrl: read('REDIS_URL'),
		backups: { dir: resolve(read('BACKUP_DIR') ?? join(dataDir, 'backups')), everyHours: read('BACKUP_EVERY_HOURS'), keep: read('BACKUP_KEEP') },
		isTrustedProxy: trusting(read('TRUSTED_PROXIES')),
		logLevel: read('LOG_LEVEL'),
		metricsToken: read('METRICS_TOKEN')
	};
	if (settings.redisUrl !== null && settings.databaseUrl === null) throw new SettingsError({ kind: 'redis-needs-database' });
	return settings;
}

interface Network {
	address: string;
	family: 'ipv4' | 'ipv6';
	prefix: number;
}

function networkOf(text: string): Network | null {
	const [address = '', bits, ...rest] = text.split('/');
	const version = isIP(address);
	const widest = version === 4 ? 32 : 128;
	if (version === 0 || rest.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= widest))) return null;
	return { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix: bits === undefined ? widest : Number(bits) };
}

function trusting(parts: readonly string[]): Settings['isTrustedProxy'] {
	const list = new BlockList();
	for (const part of parts) {
		const { address, prefix, family } = networkOf(part)!;
		list.addSubnet(address, prefix, family);
	}
	return (address) => {
		if (address === undefined) return false;
		// a socket that listens on both families reports IPv4 peers as ::ffff:10.0.0.1
		const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
		const version = isIP(plain);
		return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
	};
}
