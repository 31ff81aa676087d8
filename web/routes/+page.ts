import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent }) => {
	const { me, unknown } = await parent();
	if (unknown && unknown.failure !== 'signed-out') needed(unknown);
	return { home: me ? needed(await answerOf(api(fetch).home.$get())) : null };
};
