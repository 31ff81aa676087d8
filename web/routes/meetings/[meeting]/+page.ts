import { error, redirect } from '@sveltejs/kit';
import type { PageLoad } from './$types';

/** A meeting opens at its first point. */
export const load: PageLoad = async ({ parent }) => {
	const { meeting } = (await parent()).answer;
	const [first] = meeting.agenda;
	if (!first) error(404, { message: 'not-found', code: 'not-found' });
	redirect(307, `/meetings/${meeting.id}/${first.id}`);
};
