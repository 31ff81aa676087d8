import { answerOf, api } from '#lib/api.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
	const answer = await answerOf(api(fetch).invitations[':token'].$get({ param: { token: params.token } }));
	return answer.ok ? { invitation: answer.value, failure: null } : { invitation: null, failure: answer.failure };
};
