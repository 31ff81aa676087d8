import { answerOf, api } from '#lib/api.ts';
import { queryIn } from '#lib/actions/query.ts';
import { needed } from '#lib/needed.ts';
import { signedIn } from '#lib/signed-in.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, parent, url }) => {
	const me = signedIn(await parent());
	const query = queryIn(url.searchParams);
	const { ':id': thinkTank } = api(fetch)['think-tanks'];
	const param = { id: params.thinkTank };
	const [about, found] = await Promise.all([answerOf(thinkTank.$get({ param })), answerOf(thinkTank.actions.$get({ param, query }))]);
	return { me, query, thinkTank: needed(about).thinkTank, members: needed(about).members, found: needed(found) };
};
