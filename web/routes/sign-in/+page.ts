import { redirect } from '@sveltejs/kit';
import { ownPath } from '#lib/account/own-path.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url }) => {
	const to = ownPath(url.searchParams.get('to'));
	if ((await parent()).me) redirect(303, to);
	return { to, renewed: url.searchParams.has('renewed') };
};
