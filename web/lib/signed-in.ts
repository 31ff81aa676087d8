import { error } from '@sveltejs/kit';
import type { Answer, Me } from './api.ts';

/** Who looks at a page that is for people with a session alone; otherwise the error page, with the sentence for why nobody is. */
export function signedIn({ me, unknown }: { me: Me | null; unknown: Extract<Answer<Me>, { ok: false }> | null }): Me {
	if (me) return me;
	const { status, failure } = unknown ?? { status: 401, failure: 'signed-out' as const };
	error(status, { message: failure, code: failure });
}

/** The same, for administrators. */
export function administrator(seen: Parameters<typeof signedIn>[0]): Me {
	const me = signedIn(seen);
	if (!me.administrator) error(403, { message: 'not-allowed', code: 'not-allowed' });
	return me;
}
