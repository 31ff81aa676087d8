import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import { signedIn } from '#lib/signed-in.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent }) => {
	const me = signedIn(await parent());
	return { me, actions: needed(await answerOf(api(fetch).actions.mine.$get())).actions };
};
