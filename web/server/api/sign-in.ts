import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { Hono, type Context } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { otherwise, type Env } from './context.ts';
import { refused } from './credentials.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import { id, password } from './shapes.ts';

const about = 'Signing in';
const answer = z.object({ person: id });

const given = z.strictObject({
	/** user name, mobile number or e-mail address */
	identifier: z.string().max(2 * limits.emailUnits),
	password,
	/** of the second factor, once it has been asked for */
	code: z.string().max(100).nullable().default(null)
});

/** What a browser answers with a passkey; what it says of itself beyond that is not looked at. */
const passkeyAnswer = z.object({
	id: z.string().max(1_400),
	rawId: z.string().max(1_400),
	type: z.literal('public-key'),
	response: z.object({
		clientDataJSON: z.string(),
		authenticatorData: z.string(),
		signature: z.string(),
		userHandle: z.string().optional()
	}),
	clientExtensionResults: z.looseObject({})
});

/** Lets somebody in: their new session goes into the answer's cookie. */
export async function letIn(context: Context<Env>, person: Id): Promise<void> {
	const { services, https } = context.var;
	context.header('set-cookie', await services.sessions.signIn(person, https, context.req.header('user-agent') ?? null));
}

/** The origin of the page that asks; it has been found to be ours. */
export function originOf({ req }: { req: { header(name: string): string | undefined } }): string {
	const origin = req.header('origin');
	if (origin === undefined || origin === 'null') throw new ApiError('passkeys-unavailable');
	return origin;
}

export const signIn = new Hono<Env>()
	.post(
		'/sign-in',
		described('Signs in by user name, mobile number or e-mail address, and password; sets the cookie', {
			about,
			answer,
			refusals: ['malformed', 'sign-in-wrong', 'second-factor-needed', 'second-factor-wrong', 'too-many-attempts', 'deactivated']
		}),
		validator('json', given, otherwise('malformed')),
		async (context) => {
			const entered = await context.var.services.accounts.signIn(context.req.valid('json'), context.var.address);
			if (typeof entered === 'string' || 'lockedUntil' in entered) throw refused(entered);
			await letIn(context, entered.person);
			return context.json(entered);
		}
	)
	.post(
		'/sign-in/passkey/options',
		described('What a browser finds a passkey with', { about, answer: z.looseObject({ challenge: z.string() }), refusals: ['passkeys-unavailable'] }),
		async (context) => {
			const options = await context.var.services.accounts.passkeys.toSignIn(originOf(context));
			if (!options) throw new ApiError('passkeys-unavailable');
			return context.json(options);
		}
	)
	.post(
		'/sign-in/passkey',
		described('Signs in by a passkey; sets the cookie', {
			about,
			answer,
			refusals: ['malformed', 'passkey-refused', 'too-many-attempts', 'deactivated', 'passkeys-unavailable']
		}),
		validator('json', passkeyAnswer, otherwise('malformed')),
		async (context) => {
			const response = context.req.valid('json') as AuthenticationResponseJSON;
			const entered = await context.var.services.accounts.signInByPasskey(response, originOf(context), context.var.address);
			if (typeof entered === 'string' || 'lockedUntil' in entered) throw refused(entered);
			await letIn(context, entered.person);
			return context.json(entered);
		}
	);
