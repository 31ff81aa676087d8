import { getTextDirection } from '#lib/paraglide/runtime.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';
import type { Language } from '#realtime/meeting/texts.ts';
import { StorageError } from '#realtime/server/ports.ts';
import { codeOf } from '#server/api/api.ts';
import { errorStatus } from '#server/api/errors.ts';
import { api, app } from '#server/app.ts';
import { loggedPath } from '#server/log.ts';
import type { Handle, HandleFetch, HandleServerError } from '@sveltejs/kit/hooks';

/** Where the language of a page is kept for the browser, which reads it too. */
const languageCookie = 'PARAGLIDE_LOCALE';
const yearSeconds = 365 * 24 * 60 * 60;

const isHttps = (request: Request) => request.headers.get('x-forwarded-proto') === 'https';

/** Who asks, in which language, theme and size of text: the person's own settings win over the browser's. */
export const handle: Handle = async ({ event, resolve }) => {
	const { sessions, log } = await app();
	const began = performance.now();
	// a page that needs the database finds out by itself, and says so in its own words
	const session = await sessions.read(event.request.headers.get('cookie'), isHttps(event.request)).catch((error: unknown) => {
		if (!(error instanceof StorageError)) throw error;
		log.warn({ error }, 'who asks could not be looked up');
		return null;
	});
	const person = session?.person ?? null;
	event.locals.person = person;

	const response = await paraglideMiddleware(requestIn(person?.language ?? null, event.request), ({ locale }) => {
		if (person?.language && event.cookies.get(languageCookie) !== person.language) {
			event.cookies.set(languageCookie, person.language, { path: '/', maxAge: yearSeconds, httpOnly: false, secure: isHttps(event.request), sameSite: 'lax' });
		}
		return resolve(event, {
			transformPageChunk: ({ html }) =>
				html
					.replace('%lang%', locale)
					.replace('%dir%', getTextDirection(locale))
					.replace('%theme%', person?.theme ?? 'system')
					.replace('%size%', person?.textSize ?? 'normal')
		});
	});
	// a page shows what one person may see: no cache on the way may keep it
	if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-cache');
	if (session?.renewed) response.headers.append('set-cookie', session.renewed);
	log.debug({ method: event.request.method, path: loggedPath(event.url.pathname), status: response.status, ms: Math.round(performance.now() - began) }, 'page');
	return response;
};

/** The request as the language is read from it: by the person's setting, if there is one, else as the browser asks. */
function requestIn(language: Language | null, request: Request): Request {
	const headers = new Headers(request.headers);
	if (language !== null) headers.set('cookie', `${languageCookie}=${language}`);
	return new Request(request.url, { headers });
}

/** While a page is rendered, the API is a function call away. */
export const handleFetch: HandleFetch = async ({ event, request, fetch }) => {
	const url = new URL(request.url);
	if (url.origin !== event.url.origin || !url.pathname.startsWith('/api/')) return fetch(request);
	const headers = new Headers(request.headers);
	for (const name of ['cookie', 'host', 'x-forwarded-proto']) {
		const value = event.request.headers.get(name);
		if (value !== null) headers.set(name, value);
	}
	return api.fetch(new Request(request, { headers }));
};

/** What a page may say of an error: a code, and never where it happened. */
export const handleError: HandleServerError = async ({ kind, error, event }) => {
	if (kind !== 'unknown') return;
	const code = codeOf(error);
	const { log } = await app().catch(() => ({ log: null }));
	log?.error({ path: loggedPath(event.url.pathname), code, error }, 'a page failed');
	return { status: errorStatus[code], message: code, code };
};
