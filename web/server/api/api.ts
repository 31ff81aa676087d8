import { IncomingMessage } from 'node:http';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { StorageError } from '#realtime/server/ports.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { addressOf } from '../address.ts';
import { loggedPath } from '../log.ts';
import { actions } from './actions.ts';
import type { Env } from './context.ts';
import { account } from './account.ts';
import { ballots, ballotsPath } from './ballots.ts';
import { decisions } from './decisions.ts';
import { documents } from './documents.ts';
import { ApiError, errorStatus, type ErrorBody, type ErrorCode } from './errors.ts';
import { guests } from './guests.ts';
import { home } from './home.ts';
import { search } from './search.ts';
import { late } from './late.ts';
import { links } from './links.ts';
import { me } from './me.ts';
import { Denials } from './denials.ts';
import { meetings } from './meetings.ts';
import { members } from './members.ts';
import { openApiOf } from './openapi.ts';
import { people } from './people.ts';
import type { Services } from './services.ts';
import { signIn } from './sign-in.ts';
import { thinkTanks } from './think-tanks.ts';

const changesNothing = new Set(['GET', 'HEAD', 'OPTIONS']);

const limited = bodyLimit({ maxSize: limits.requestBytes, onError: () => Promise.reject(new ApiError('too-large')) });

/**
 * The HTTP API under `/api`. `open` answers what it stands on, and is not called before the first request.
 * The header `x-forwarded-proto` is believed: the front door has filled it.
 */
export function createApi(open: () => Promise<Services>) {
	const denials = new Denials();
	const api = new Hono<Env>()
		.basePath('/api')
		.use(async (context, next) => {
			const began = performance.now();
			context.set('https', context.req.header('x-forwarded-proto') === 'https');
			context.set('address', addressOf((context.env as { incoming?: object } | undefined)?.incoming));
			context.header('cache-control', 'no-store');
			context.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
			const services = await open();
			context.set('services', services);
			await next();
			if (context.req.path === ballotsPath) return;
			services.log.debug(
				{ method: context.req.method, path: loggedPath(context.req.path), status: context.res.status, ms: Math.round(performance.now() - began) },
				'request'
			);
		})
		.use(async (context, next) => {
			const { access } = context.var.services;
			if (!changesNothing.has(context.req.method) && !access.ownOrigin({ origin: context.req.header('origin'), host: context.req.header('host') })) {
				throw new ApiError('foreign-origin');
			}
			await next();
		})
		.use(async (context, next) => {
			// as it comes over the wire: with a length, in chunks, which no page of ours sends, or without a body, which has nothing to limit
			const overWire = (context.env as { incoming?: object } | undefined)?.incoming instanceof IncomingMessage;
			if (overWire && context.req.header('transfer-encoding') !== undefined) throw new ApiError('malformed');
			return overWire && context.req.header('content-length') === undefined ? next() : limited(context, next);
		})
		.route('/', signIn)
		.route('/', me)
		.route('/', account)
		.route('/', home)
		.route('/', search)
		.route('/', links)
		.route('/', thinkTanks)
		.route('/', members)
		.route('/', people)
		.route('/', meetings)
		.route('/', ballots)
		.route('/', late)
		.route('/', guests)
		.route('/', actions)
		.route('/', decisions)
		.route('/', documents)
		.notFound((context) => refuse(context, 'not-found'))
		.onError(async (error, context) => {
			const code = codeOf(error);
			(context.var.services as Services | undefined)?.metrics.count('refused_calls', code);
			if (code === 'not-allowed') await denials.note(context.var, context.req);
			if (code === 'unexpected' || code.startsWith('storage-')) {
				// without services the start itself failed, which has been said elsewhere
				(context.var.services as Services | undefined)?.log.error(
					{ method: context.req.method, path: loggedPath(context.req.path), code, error },
					'a request failed'
				);
			}
			return refuse(context, code, error instanceof ApiError ? error.until : undefined);
		});
	let described: Promise<Record<string, unknown>> | undefined;
	api.get('/openapi.json', async (context) => context.json(await (described ??= openApiOf(api as unknown as Hono<Env>))));
	return api;
}

/** The API's type, for its typed client. */
export type Api = ReturnType<typeof createApi>;

const refuse = (context: Context, code: ErrorCode, until?: number) => {
	if (until !== undefined) context.header('retry-after', String(Math.max(1, Math.ceil((until - Date.now()) / 1000))));
	return context.json({ error: { code, ...(until === undefined ? {} : { until }) } } satisfies ErrorBody, errorStatus[code]);
};

/** What a failure is called to the outside. */
export function codeOf(error: unknown): ErrorCode {
	if (error instanceof ApiError) return error.code;
	if (error instanceof StorageError) return error.full ? 'storage-full' : 'storage-unavailable';
	if (error instanceof HTTPException) return error.status === 413 ? 'too-large' : error.status === 404 ? 'not-found' : 'malformed';
	return 'unexpected';
}
