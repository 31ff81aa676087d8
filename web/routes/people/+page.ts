import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import { administrator } from '#lib/signed-in.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, url }) => {
	const user = administrator(await parent());
	const asked = url.searchParams;
	const states = ['active', 'deactivated', 'guest'] as const;
	const state = states.find((one) => one === asked.get('state')) ?? 'active';
	const search = asked.get('search') ?? '';
	const from = Number(asked.get('from') ?? 0);
	const found = needed(await answerOf(api(fetch).people.$get({ query: { state, search, from: String(from) } })));
	return { user, ...found, state, search, from };
};
