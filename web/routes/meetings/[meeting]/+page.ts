import { redirect } from '@sveltejs/kit';
import { wayIn } from '#realtime/meeting/agenda.ts';
import type { PageLoad } from './$types';

/**
 * A meeting's own page. Whoever comes while the meeting is live is led into it, and sees its page by asking for
 * what it is about: `?about`.
 */
export const load: PageLoad = async ({ parent, url }) => {
	const { meeting } = (await parent()).answer;
	const point = wayIn(meeting);
	if (meeting.state === 'live' && point && !url.searchParams.has('about')) redirect(307, `/meetings/${meeting.id}/${point.id}`);
};
