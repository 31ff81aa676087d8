import { answerOf, api } from '#lib/api.ts';

/** Ends this browser's session and leaves nothing of the person's pages in its caches. False: it did not work. */
export async function signOut(): Promise<boolean> {
	const answer = await answerOf(api(fetch)['sign-out'].$post());
	if (answer.ok && 'caches' in globalThis)
		await Promise.all((await caches.keys()).filter((name) => name.startsWith('seen')).map((name) => caches.delete(name)));
	return answer.ok;
}
