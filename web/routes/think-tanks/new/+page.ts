import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import { administrator } from '#lib/signed-in.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent }) => {
	const user = administrator(await parent());
	return { user, ...needed(await answerOf(api(fetch)['think-tank-templates'].$get())) };
};
