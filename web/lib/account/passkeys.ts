import { browserSupportsWebAuthn, startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';
import { answerOf, api, type Answer } from '#lib/api.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** `cancelled`: the person, or the browser, did not go on; nothing has happened. */
type Outcome<Value> = Answer<Value> | 'cancelled';

/** Does this browser have passkeys for this page? Only on safe connections, and at addresses that have a name. */
export const passkeysHere = (): boolean => globalThis.isSecureContext === true && browserSupportsWebAuthn() && !/^[\d.]+$|^\[/.test(location.hostname);

/** Signs in with a passkey of this device. */
export async function signInByPasskey(): Promise<Outcome<{ person: Id }>> {
	const passkeys = api(fetch)['sign-in'].passkey;
	const options = await answerOf(passkeys.options.$post());
	if (!options.ok) return options;
	const response = await asked(() => startAuthentication({ optionsJSON: options.value as never }));
	return response === 'cancelled' ? response : await answerOf(passkeys.$post({ json: response as never }));
}

/** Makes a passkey on this device. `already`: there is one of this person's. */
export async function addPasskey(name: string, password: string): Promise<Outcome<{ id: string }> | 'already'> {
	const passkeys = api(fetch).me.passkeys;
	const options = await answerOf(passkeys.options.$post({ json: { password } }));
	if (!options.ok) return options;
	const response = await asked(() => startRegistration({ optionsJSON: options.value as never }));
	if (response === 'cancelled' || response === 'already') return response;
	return await answerOf(passkeys.$post({ json: { name, response: response as never } }));
}

/** What the browser's own dialog came to. */
async function asked<Response>(ask: () => Promise<Response>): Promise<Response | 'cancelled' | 'already'> {
	try {
		return await ask();
	} catch (error) {
		return error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED' ? 'already' : 'cancelled';
	}
}
