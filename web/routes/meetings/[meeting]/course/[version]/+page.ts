import { error } from '@sveltejs/kit';
import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

/** The steps that the meeting has left, and which of them it is about: a version that left none, and none at all, look alike. */
export const load: PageLoad = async ({ fetch, params }) => {
	const { course } = needed(await answerOf(api(fetch).meetings[':id'].course.$get({ param: { id: params.meeting } })));
	const left = course.flatMap(({ version, at, ended }) => (ended ? [{ version, at, ended }] : []));
	const place = left.findIndex(({ version }) => String(version) === params.version);
	if (place < 0) error(404, { message: 'not-found', code: 'not-found' });
	return { left, place };
};
