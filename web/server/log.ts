import { pino, stdSerializers, type DestinationStream } from 'pino';
import type { Log } from '#realtime/server/ports.ts';
import type { LogLevel } from './config.ts';

/** The server's log: JSON lines without a text, a token or a password of anybody. */
export interface ServerLog extends Log {
	debug(fields: Record<string, unknown>, message: string): void;
}

/** Fields that never appear, at whatever level somebody puts them. */
const secret = ['cookie', 'authorization', 'set-cookie', 'token', 'password', 'text', 'params', 'query', 'url'];

/** Opens the log on standard error, so that standard output stays for what the operator reads. */
export function openLog(level: LogLevel, destination: DestinationStream = process.stderr): ServerLog {
	return pino(
		{
			level,
			base: { pid: process.pid },
			timestamp: () => `,"time":"${new Date().toISOString()}"`,
			formatters: { level: (label) => ({ level: label }) },
			redact: { paths: secret.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]), censor: '[hidden]' },
			serializers: { error: describeError, err: describeError }
		},
		destination
	);
}

/**
 * An error for the log. Database errors carry the statement's parameters, hence texts and digests: what they
 * say beyond their first line is left out, and so is whatever looks like a token or a password in a URL.
 */
export const describeError = (error: unknown): Record<string, unknown> => describe(error, true);

/** As {@link describeError}, for reasons that an operator reads: what happened, and not where in the program. */
export const describeReason = (error: unknown): Record<string, unknown> => describe(error, false);

function describe(error: unknown, withStack: boolean): Record<string, unknown> {
	if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) };
	const { type } = stdSerializers.err(error);
	const code: unknown = 'code' in error ? error.code : undefined;
	return {
		type,
		// what could not be parsed is quoted by whoever tried
		message: error instanceof SyntaxError ? 'not of its syntax' : withoutSecrets(error.message),
		...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
		...(withStack ? { stack: framesOf(error) } : {}),
		...(error.cause === undefined ? {} : { cause: describe(error.cause, withStack) })
	};
}

/** Where it happened, without the message, which stands above the frames too. */
const framesOf = ({ stack }: Error): string =>
	(stack ?? '')
		.split('\n')
		.filter((line) => /^\s+at /.test(line))
		.join('\n');

const withoutSecrets = (message: string): string =>
	(message.split('\n')[0] ?? '')
		.replace(/^SyntaxError:.*/, 'SyntaxError')
		.replace(/\/\/[^@\s/]*@/g, '//…@')
		.replace(/[\w-]{24,}/g, '…')
		.slice(0, 500);

/** The segments of our own paths, and ids: everything else in a path could be a token. */
const plainSegment = /^(?:[a-z][a-z.-]{0,19}|[0-9a-z]{20})?$/;

/** The path of a request as it may stand in the log: no query string, and no link's token. */
export const loggedPath = (url: string): string =>
	(url.split(/[?#]/)[0] ?? '')
		.split('/')
		.map((segment) => (plainSegment.test(segment) ? segment : '…'))
		.join('/');
