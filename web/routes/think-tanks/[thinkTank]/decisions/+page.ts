import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import { signedIn } from '#lib/signed-in.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, parent }) => {
	const user = signedIn(await parent());
	const { ':id': thinkTank } = api(fetch)['think-tanks'];
	const param = { id: params.thinkTank };
	const [about, found] = await Promise.all([answerOf(thinkTank.$get({ param })), answerOf(thinkTank.decisions.$get({ param, query: {} }))]);
	return { user, thinkTank: needed(about).thinkTank, found: needed(found) };
};
