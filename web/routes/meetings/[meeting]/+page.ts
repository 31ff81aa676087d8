import { redirect } from '@sveltejs/kit';
import type { PageLoad } from './$types';

/**
 * A meeting's own page. Whoever comes while the meeting is live is led into it, and sees its page by asking for
 * what it is about: `?about`.
 */
export const load: PageLoad = async ({ parent, url }) => {
	const { meeting } = (await parent()).answer;
	const first = meeting.agenda.find(({ proposedBy }) => proposedBy === null);
	if (meeting.state === 'live' && first && !url.searchParams.has('about')) redirect(307, `/meetings/${meeting.id}/${first.id}`);
};
