import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent }) => {
	const { me, unknown } = await parent();
	if (!me) return needed(unknown!);
	return { me, actions: needed(await answerOf(api(fetch).actions.mine.$get())).actions };
};
