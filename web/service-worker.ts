/// <reference lib="webworker" />
import { assets, immutable } from '$app/manifest';
import { self } from '$app/service-worker';

/**
 * Brings a page back without a network: the build is kept whole, and of pages and answers those that were seen
 * last. What changes anything never passes through here.
 */

const paths = [...immutable, ...assets].map(({ path }) => new URL(path, self.registration.scope).pathname);
const build = new Set(paths);

/** Named after what is in it, so that a new build never mixes with the former. */
const buildCache = `build-${hashOf(paths.join(' '))}`;
/** Pages name the files of their build, so they go when it goes. */
const seenCache = `seen-${buildCache}`;

/** A page or answer that takes longer is shown as it was seen last, if it was. */
const patienceMs = 3_000;

/** Answers that the live screen stands on. */
const keptAnswers = [/^\/api\/me$/, /^\/api\/home$/, /^\/api\/meetings\/[^/]+$/, /^\/api\/documents\/[^/]+\/people$/];
/** After these another person may be at this browser. */
const changesPerson = [/^\/api\/links\//, /^\/api\/invitations\//, /^\/api\/guest\/[^/]+\/enter$/, /^\/api\/demo\//, /^\/api\/sign-in/, /^\/api\/sign-out$/];
/** Pages that are worth nothing without the server, or that nobody else should find. */
const neverKept = [/^\/set-up\//, /^\/invitations\//, /^\/guest\//, /^\/reset\//, /^\/sign-in$/, /^\/account$/, /\/print$/];

self.addEventListener('install', (event) => {
	event.waitUntil(
		caches
			.open(buildCache)
			.then((cache) => cache.addAll(paths))
			.then(() => self.skipWaiting())
	);
});

self.addEventListener('activate', (event) => {
	event.waitUntil(
		(async () => {
			for (const name of await caches.keys()) if (name !== buildCache && name !== seenCache) await caches.delete(name);
			await self.clients.claim();
		})()
	);
});

self.addEventListener('message', (event) => {
	const { remember } = (event.data ?? {}) as { remember?: unknown };
	if (Array.isArray(remember)) event.waitUntil(Promise.all(remember.map((path) => keep(new URL(String(path), self.registration.scope)))));
});

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (url.origin !== self.location.origin) return;
	if (changesPerson.some((path) => path.test(url.pathname))) {
		event.waitUntil(caches.delete(seenCache));
		return;
	}
	if (request.method !== 'GET') return;
	if (build.has(url.pathname)) event.respondWith(fromBuild(request));
	else if (keptAnswers.some((path) => path.test(url.pathname))) event.respondWith(lastSeen(request));
	else if (request.mode === 'navigate' && !url.pathname.startsWith('/api/') && !neverKept.some((path) => path.test(url.pathname))) {
		event.respondWith(lastSeen(request));
	}
});

async function fromBuild(request: Request): Promise<Response> {
	return (await caches.match(request, { cacheName: buildCache, ignoreVary: true })) ?? fetch(request);
}

/** The network's answer if it comes in time, else what was seen last, else whatever the network says. */
async function lastSeen(request: Request): Promise<Response> {
	const fromNetwork = fetch(request).then(async (response) => {
		if (response.ok && !response.redirected) await (await caches.open(seenCache)).put(request.url, response.clone());
		return response;
	});
	const inTime = await Promise.race([fromNetwork.catch(() => null), new Promise<null>((resolve) => setTimeout(resolve, patienceMs, null))]);
	return inTime ?? (await caches.match(request.url, { cacheName: seenCache, ignoreVary: true })) ?? fromNetwork;
}

/** Keeps a page or answer that came without passing through here: within another page, or before this worker was there. */
async function keep(url: URL): Promise<void> {
	if (url.origin !== self.location.origin) return;
	const response = await fetch(url).catch(() => null);
	if (response?.ok && !response.redirected) await (await caches.open(seenCache)).put(url.href, response);
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): string {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
	return hash.toString(36);
}
