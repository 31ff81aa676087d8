import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import { administrator } from '#lib/signed-in.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, parent }) => {
	const user = administrator(await parent());
	return { user, person: needed(await answerOf(api(fetch).people[':id'].$get({ param: { id: params.person } }))) };
};
