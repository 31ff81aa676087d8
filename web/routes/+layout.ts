import { answerOf, api } from '#lib/api.ts';
import type { LayoutLoad } from './$types';

/** Who looks at the page: null, with why, if nobody is signed in or the server could not say. */
export const load: LayoutLoad = async ({ fetch }) => {
	const answer = await answerOf(api(fetch).me.$get());
	return answer.ok ? { me: answer.value, unknown: null } : { me: null, unknown: answer };
};
