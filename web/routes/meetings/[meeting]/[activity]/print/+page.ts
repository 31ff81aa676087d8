import { answerOf, api } from '#lib/api.ts';
import { activityOf } from '#lib/meeting/activity.ts';
import { needed } from '#lib/needed.ts';
import { surfaceOf } from '#realtime/meeting/meetings.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, parent }) => {
	await parent();
	// as it is now: points and columns may have changed while the page was open
	const answer = needed(await answerOf(api(fetch).meetings[':id'].$get({ param: { id: params.meeting } })));
	const activity = activityOf(answer, params.activity);
	const printedAt = Date.now();
	if (surfaceOf[activity.kind] === 'notes') return { answer, activity, board: null, printedAt };
	const { factors: factorsOf, people: peopleOf } = api(fetch).documents[':id'];
	const param = { id: activity.document };
	const [factors, people] = await Promise.all([answerOf(factorsOf.$get({ param })), answerOf(peopleOf.$get({ param }))]);
	return { answer, activity, board: { factors: needed(factors).factors, people: needed(people).people }, printedAt };
};
