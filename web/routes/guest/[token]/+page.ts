import { redirect } from '@sveltejs/kit';
import { answerOf, api } from '#lib/api.ts';
import { addressInto } from '#lib/guests/way-in.ts';
import type { PageLoad } from './$types';

/** Whoever may go in already does. */
export const load: PageLoad = async ({ fetch, params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
	const answer = await answerOf(api(fetch).guest[':token'].$get({ param: { token: params.token } }));
	if (!answer.ok) return { opened: null, failure: answer.failure };
	if (answer.value.into) redirect(307, addressInto(answer.value.into));
	return { opened: answer.value, failure: null };
};
