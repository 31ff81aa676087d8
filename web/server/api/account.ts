import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { Hono, type Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { Account, Profile } from '#db/stores/accounts.ts';
import { isPlain } from '#realtime/meeting/commands.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { inLanguage } from '#realtime/meeting/texts.ts';
import type { AuditKind } from '../audit.ts';
import { otherwise, signedIn, type Env, type SignedInEnv } from './context.ts';
import { foldedIdentifiers, hashOfNew, identifierRefusals, passwordRefusals, refused, requireOne, takenError } from './credentials.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import { noteOf } from './note.ts';
import { appearance, identifiers, instant, password } from './shapes.ts';
import { originOf } from './sign-in.ts';

const about = 'My account';

interface AccountEnv {
	Variables: SignedInEnv['Variables'] & { account: Account };
}

/** Lets only those through who have an account: a guest of a meeting has none. */
const withAccount = createMiddleware<AccountEnv>(async (context, next) => {
	const account = await context.var.services.database.accounts.find(context.var.person.id);
	if (!account) throw new ApiError('signed-out');
	if (account.guest) throw new ApiError('not-allowed');
	context.set('account', account);
	await next();
});

/** Asks for the password of whoever is signed in, before the ways in are changed: an open browser alone is not enough. */
async function prove(context: Context<AccountEnv>, given: string): Promise<void> {
	const { services, person, address } = context.var;
	const proven = await services.accounts.prove(person.id, given, address);
	if (proven !== 'proven') throw refused(proven);
}

/** Notes what somebody changed about their own account. */
const noteMine = (context: Context<AccountEnv>, kind: AuditKind, details: Record<string, number> = {}) =>
	noteOf(context, { kind, subject: context.var.person.id, details });

/** What somebody is called where devices list accounts. */
const labelOf = ({ userName, mobile, email }: Account, name: string): string => userName ?? email ?? mobile ?? name;

const proof = z.strictObject({ password });
const codes = z.object({ recoveryCodes: z.array(z.string()) });
const proving = ['signed-out', 'not-allowed', 'malformed', 'password-wrong', 'too-many-attempts'] as const;
const passkeyName = z.string().trim().min(1).max(limits.passkeyNameUnits).refine(isPlain);
const passkeyParameter = z.object({ passkey: z.string().max(1_400) });

const accountAnswer = z.object({
	userName: z.string().nullable(),
	mobile: z.string().nullable(),
	email: z.string().nullable(),
	hasPassword: z.boolean(),
	secondFactor: z.boolean(),
	recoveryCodesLeft: z.int(),
	passkeys: z.array(z.object({ id: z.string(), name: z.string(), transports: z.array(z.string()), createdAt: instant, usedAt: instant.nullable() })),
	sessions: z.array(z.object({ id: z.string(), device: z.string().nullable(), createdAt: instant, seenAt: instant, current: z.boolean() }))
});

/** What a browser answers when it has made a passkey. */
const made = z.object({
	name: passkeyName,
	response: z.object({
		id: z.string().max(1_400),
		rawId: z.string().max(1_400),
		type: z.literal('public-key'),
		response: z.object({ clientDataJSON: z.string(), attestationObject: z.string(), transports: z.array(z.string().max(40)).max(10).optional() }),
		clientExtensionResults: z.looseObject({})
	})
});

/** A person's own account: how they appear, and how they come in. */
export const account = new Hono<Env>()
	.get(
		'/me/account',
		described('How I sign in, and where I am signed in', { about, answer: accountAnswer, refusals: ['signed-out', 'not-allowed'] }),
		signedIn,
		withAccount,
		async (context) => {
			const { services, subject, person, account } = context.var;
			const { database } = services;
			const [recoveryCodesLeft, passkeys, sessions] = await Promise.all([
				database.secondFactors.recoveryCodesLeft(person.id),
				database.passkeys.of(person.id),
				database.sessions.list(person.id)
			]);
			const { userName, mobile, email, passwordHash, secondFactor } = account;
			return context.json({
				userName,
				mobile,
				email,
				hasPassword: passwordHash !== null,
				secondFactor,
				recoveryCodesLeft,
				passkeys,
				sessions: sessions.map(({ digest, device, createdAt, seenAt }) => ({ id: digest, device, createdAt, seenAt, current: digest === subject.session }))
			});
		}
	)
	.patch(
		'/me/profile',
		described('Changes how I appear, or what I sign in by; what is not given stays', {
			about,
			answer: null,
			refusals: ['signed-out', 'not-allowed', 'malformed', ...identifierRefusals]
		}),
		signedIn,
		withAccount,
		validator('json', z.strictObject({ ...appearance, ...identifiers }).partial(), otherwise('malformed')),
		async (context) => {
			const { services, person, account } = context.var;
			const { name, office, province, ...typed } = context.req.valid('json');
			const folded = foldedIdentifiers(
				Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined)) as Partial<Record<keyof typeof typed, string | null>>
			);
			if (account.passwordHash !== null) requireOne({ ...account, ...folded });
			const profile: Partial<Profile> = {
				...folded,
				...(name === undefined ? {} : { name: name as Profile['name'] }),
				...(office === undefined ? {} : { office: office as Profile['office'] }),
				...(province === undefined ? {} : { province })
			};
			const changed = await services.database.accounts.changeProfile(person.id, profile);
			if (changed !== 'changed') throw takenError(changed);
			if (Object.keys(folded).length > 0) await noteMine(context, 'identifiers.changed');
			return context.body(null, 204);
		}
	)
	.post(
		'/me/password',
		described('Sets another password and ends all my other sessions', { about, answer: null, refusals: [...proving, ...passwordRefusals] }),
		signedIn,
		withAccount,
		validator('json', z.strictObject({ current: password.nullable().default(null), password }), otherwise('malformed')),
		async (context) => {
			const { services, subject, person, account } = context.var;
			const { current, password } = context.req.valid('json');
			const hash = hashOfNew(password, account, person.name);
			// it is waited for below, where it may have become nobody's business
			hash.catch(() => {});
			if (account.passwordHash !== null) await prove(context, current ?? '');
			await services.database.accounts.setPassword(person.id, await hash, subject.session);
			await noteMine(context, 'password.changed');
			return context.body(null, 204);
		}
	)
	.post(
		'/me/authenticator',
		described('Begins with an authenticator app: the secret that it is given, asked for only once it is confirmed', {
			about,
			answer: z.object({ address: z.string(), secret: z.string() }),
			refusals: [...proving, 'second-factor-on']
		}),
		signedIn,
		withAccount,
		validator('json', proof, otherwise('malformed')),
		async (context) => {
			const { services, person, account } = context.var;
			await prove(context, context.req.valid('json').password);
			const begun = await services.accounts.secondFactor.begin(person.id, labelOf(account, inLanguage(person.name, 'en')));
			if (!begun) throw new ApiError('second-factor-on');
			return context.json(begun);
		}
	)
	.post(
		'/me/authenticator/confirm',
		described('Puts the authenticator app to use by a code of it; the recovery codes are answered this once', {
			about,
			answer: codes,
			refusals: ['signed-out', 'not-allowed', 'malformed', 'code-wrong']
		}),
		signedIn,
		withAccount,
		validator('json', z.strictObject({ code: z.string().max(100) }), otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			const recoveryCodes = await services.accounts.secondFactor.confirm(person.id, context.req.valid('json').code, Date.now());
			if (!recoveryCodes) throw new ApiError('code-wrong');
			await noteMine(context, 'second-factor.on');
			return context.json({ recoveryCodes });
		}
	)
	.post(
		'/me/authenticator/off',
		described('Takes the second factor away, recovery codes included', { about, answer: null, refusals: [...proving, 'second-factor-off'] }),
		signedIn,
		withAccount,
		validator('json', proof, otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			await prove(context, context.req.valid('json').password);
			if (!(await services.database.secondFactors.remove(person.id))) throw new ApiError('second-factor-off');
			await noteMine(context, 'second-factor.off');
			return context.body(null, 204);
		}
	)
	.post(
		'/me/recovery-codes',
		described('Makes new recovery codes in place of all earlier ones', { about, answer: codes, refusals: [...proving, 'second-factor-off'] }),
		signedIn,
		withAccount,
		validator('json', proof, otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			await prove(context, context.req.valid('json').password);
			const recoveryCodes = await services.accounts.secondFactor.renewRecoveryCodes(person.id);
			if (!recoveryCodes) throw new ApiError('second-factor-off');
			await noteMine(context, 'recovery-codes.made');
			return context.json({ recoveryCodes });
		}
	)
	.post(
		'/me/passkeys/options',
		described('What a browser makes a passkey with', {
			about,
			answer: z.looseObject({ challenge: z.string() }),
			refusals: [...proving, 'passkeys-unavailable', 'passkeys-full']
		}),
		signedIn,
		withAccount,
		validator('json', proof, otherwise('malformed')),
		async (context) => {
			const { services, person, account } = context.var;
			await prove(context, context.req.valid('json').password);
			if ((await services.database.passkeys.of(person.id)).length >= limits.passkeysPerPerson) throw new ApiError('passkeys-full');
			const name = inLanguage(person.name, person.language ?? 'fa');
			const options = await services.accounts.passkeys.toAdd({ id: person.id, label: labelOf(account, name), name }, originOf(context));
			if (!options) throw new ApiError('passkeys-unavailable');
			return context.json(options);
		}
	)
	.post(
		'/me/passkeys',
		described('Keeps a passkey that the browser has made', {
			about,
			answer: z.object({ id: z.string() }),
			status: 201,
			refusals: ['signed-out', 'not-allowed', 'malformed', 'passkey-refused', 'passkeys-unavailable']
		}),
		signedIn,
		withAccount,
		validator('json', made, otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			const { name, response } = context.req.valid('json');
			const kept = await services.accounts.passkeys.add(person.id, name, response as RegistrationResponseJSON, originOf(context));
			if (!kept) throw new ApiError('passkey-refused');
			await noteMine(context, 'passkey.added');
			return context.json(kept, 201);
		}
	)
	.patch(
		'/me/passkeys/:passkey',
		described('Gives a passkey another name', { about, answer: null, refusals: ['signed-out', 'not-allowed', 'malformed', 'not-found'] }),
		signedIn,
		withAccount,
		validator('param', passkeyParameter, otherwise('not-found')),
		validator('json', z.strictObject({ name: passkeyName }), otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			const renamed = await services.database.passkeys.rename(person.id, context.req.valid('param').passkey, context.req.valid('json').name);
			if (!renamed) throw new ApiError('not-found');
			return context.body(null, 204);
		}
	)
	.delete(
		'/me/passkeys/:passkey',
		described('Removes a passkey', { about, answer: null, refusals: [...proving, 'not-found'] }),
		signedIn,
		withAccount,
		validator('param', passkeyParameter, otherwise('not-found')),
		validator('json', proof, otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			await prove(context, context.req.valid('json').password);
			if (!(await services.database.passkeys.remove(person.id, context.req.valid('param').passkey))) throw new ApiError('not-found');
			await noteMine(context, 'passkey.removed');
			return context.body(null, 204);
		}
	)
	.delete(
		'/me/sessions/:session',
		described('Ends one of my sessions', { about, answer: null, refusals: ['signed-out', 'not-allowed', 'not-found'] }),
		signedIn,
		withAccount,
		validator('param', z.object({ session: z.string().max(100) }), otherwise('not-found')),
		async (context) => {
			const { services, person } = context.var;
			if (!(await services.database.sessions.removeOwn(person.id, context.req.valid('param').session))) throw new ApiError('not-found');
			await noteMine(context, 'session.ended');
			return context.body(null, 204);
		}
	)
	.post(
		'/me/sessions/end-others',
		described('Ends all my sessions but this one', { about, answer: z.object({ ended: z.int() }), refusals: ['signed-out', 'not-allowed'] }),
		signedIn,
		withAccount,
		async (context) => {
			const { services, subject, person } = context.var;
			const ended = await services.database.sessions.removeOthers(person.id, subject.session);
			if (ended > 0) await noteMine(context, 'session.ended', { others: ended });
			return context.json({ ended });
		}
	);
