import { answerOf, api } from '#lib/api.ts';
import { activityOf } from '#lib/meeting/activity.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, parent }) => {
	const { answer } = await parent();
	const activity = activityOf(answer, params.activity);
	const { people } = needed(await answerOf(api(fetch).documents[':id'].people.$get({ param: { id: activity.document } })));
	return { activity, people };
};
