import { redirect } from '@sveltejs/kit';
import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent }) => {
	const { me, unknown } = await parent();
	if (!me) return unknown.failure === 'signed-out' ? redirect(303, '/sign-in') : needed<never>(unknown);
	return { me, home: needed(await answerOf(api(fetch).home.$get())) };
};
