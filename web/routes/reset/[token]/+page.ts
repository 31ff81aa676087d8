import { answerOf, api } from '#lib/api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
	const answer = await answerOf(api(fetch).reset[':token'].$get({ param: { token: params.token } }));
	return answer.ok ? { name: answer.value.name, failure: null } : { name: null, failure: answer.failure };
};
