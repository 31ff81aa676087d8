import { answerOf, api } from '#lib/api.ts';
import type { LayoutLoad } from './$types';

/** Who looks at the page; null: nobody is signed in. */
export const load: LayoutLoad = async ({ fetch }) => {
	const answer = await answerOf(api(fetch).me.$get());
	return { me: answer.ok ? answer.value : null };
};
