import { createMiddleware } from 'hono/factory';
import { isId } from '#realtime/meeting/ids.ts';
import { may, type Action } from '#realtime/meeting/permissions.ts';
import { authorize } from '#realtime/server/authorize.ts';
import type { Standing } from '#realtime/server/ports.ts';
import type { SignedInEnv } from './context.ts';
import { ApiError } from './errors.ts';

/** What a route about a think tank has besides. */
export interface ThinkTankEnv {
	Variables: SignedInEnv['Variables'] & { standing: Standing };
}

/** Lets only those through who may do this to the think tank of the path (`:id`). What is no id names nothing that exists. */
export const permitted = (action: Action) =>
	createMiddleware<ThinkTankEnv>(async (context, next) => {
		const { services, subject } = context.var;
		const thinkTank = context.req.param('id') ?? '';
		const standing = isId(thinkTank) ? await authorize(services.access, subject, action, { thinkTank }) : 'not-found';
		if (standing === 'not-found') throw new ApiError('not-found');
		if (standing === 'not-allowed') {
			const all = await services.access.standing(subject, { thinkTank });
			const otherwise = all?.situation.archived && may(all.rights, action, { ...all.situation, archived: false, facilitated: false });
			throw new ApiError(otherwise ? 'archived' : 'not-allowed');
		}
		context.set('standing', standing);
		await next();
	});

/** Lets only administrators of the installation through. */
export const administrator = createMiddleware<SignedInEnv>(async (context, next) => {
	if (!context.var.person.administrator) throw new ApiError('not-allowed');
	await next();
});
