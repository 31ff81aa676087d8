import { answerOf, api } from '#lib/api.ts';
import { activityOf } from '#lib/meeting/activity.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, parent }) => {
	const { answer } = await parent();
	// a point that was added while the page was open
	const isNew = !answer.meeting.agenda.some(({ id }) => id === params.activity);
	const now = isNew ? needed(await answerOf(api(fetch).meetings[':id'].$get({ param: { id: params.meeting } }))) : answer;
	const activity = activityOf(now, params.activity);
	const { people } = needed(await answerOf(api(fetch).documents[':id'].people.$get({ param: { id: activity.document } })));
	return { activity, people };
};
