import { redirect } from '@sveltejs/kit';
import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent }) => {
	const { me, unknown } = await parent();
	if (!me) return unknown.failure === 'signed-out' ? redirect(303, '/sign-in') : needed<never>(unknown);
	// a guest's are only the meetings that let them in
	if (me.guest) return { me, home: null, guestMeetings: needed(await answerOf(api(fetch).me['guest-meetings'].$get())).meetings };
	return { me, home: needed(await answerOf(api(fetch).home.$get())), guestMeetings: null };
};
