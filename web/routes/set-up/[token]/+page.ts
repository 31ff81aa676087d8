import { answerOf, api } from '#lib/api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
	const answer = await answerOf(api(fetch).links[':token'].$get({ param: { token: params.token } }));
	return { failure: answer.ok ? null : answer.failure };
};
