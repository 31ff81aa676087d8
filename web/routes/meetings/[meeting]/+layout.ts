import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch, params }) => ({
	answer: needed(await answerOf(api(fetch).meetings[':id'].$get({ param: { id: params.meeting } })))
});
