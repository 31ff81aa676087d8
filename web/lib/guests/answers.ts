import { answerOf, api, type Answer } from '#lib/api.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** Lets a guest into a meeting, or not, or no longer. */
export const decide = (meeting: Id, person: Id, state: 'admitted' | 'refused'): Promise<Answer<unknown>> =>
	answerOf(api(fetch).meetings[':id'].guests[':person'].$post({ param: { id: meeting, person }, json: { state } }));
