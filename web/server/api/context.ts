import { createMiddleware } from 'hono/factory';
import type { Subject } from '#realtime/server/ports.ts';
import type { SignedIn } from '../auth/sessions.ts';
import { ApiError, type ErrorCode } from './errors.ts';
import type { Services } from './services.ts';

/** What every route has at hand. */
export interface Env {
	Variables: {
		services: Services;
		https: boolean;
		/** the network address that it was asked from; null: not known */
		address: string | null;
	};
}

/** What a route behind {@link signedIn} has besides. */
export interface SignedInEnv {
	Variables: Env['Variables'] & { person: SignedIn; subject: Subject };
}

/** Lets only people with a session through, and renews the session when it is time. */
export const signedIn = createMiddleware<SignedInEnv>(async (context, next) => {
	const { services, https } = context.var;
	const session = await services.sessions.read(context.req.header('cookie'), https);
	if (!session) throw new ApiError('signed-out');
	context.set('person', session.person);
	context.set('subject', session.subject);
	if (session.renewed) context.header('set-cookie', session.renewed, { append: true });
	await next();
});

/** What a validator does with input of the wrong shape. */
export const otherwise = (code: ErrorCode) => (result: { success: boolean }) => {
	if (!result.success) throw new ApiError(code);
};
