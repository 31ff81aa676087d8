import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import { signedIn } from '#lib/signed-in.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, parent }) => {
	const user = signedIn(await parent());
	const calls = api(fetch)['think-tanks'][':id'];
	const param = { id: params.thinkTank };
	const found = needed(await answerOf(calls.$get({ param })));
	const { invitations } = found.allowed.includes('members.change') ? needed(await answerOf(calls.invitations.$get({ param }))) : { invitations: null };
	return { user, found, invitations };
};
