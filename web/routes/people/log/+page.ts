import { answerOf, api } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import { administrator } from '#lib/signed-in.ts';
import type { AuditKind } from '#server/audit.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, parent, url }) => {
	const user = administrator(await parent());
	const kind = url.searchParams.get('kind') ?? '';
	const before = url.searchParams.get('before');
	const query = { ...(kind !== '' && { kind: kind as AuditKind }), ...(before !== null && { before }) };
	return { user, log: needed(await answerOf(api(fetch).people.log.$get({ query }))), kind, older: before !== null };
};
