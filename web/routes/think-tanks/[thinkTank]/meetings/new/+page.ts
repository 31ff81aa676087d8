import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params }) => ({
	next: needed(await answerOf(api(fetch)['think-tanks'][':id']['next-meeting'].$get({ param: { id: params.thinkTank } })))
});
