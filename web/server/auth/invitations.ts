import type { Database } from '#db/open.ts';
import type { NewInvitation } from '#db/stores/invitations.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { digestOf, newId, newToken } from './tokens.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** An invitation as somebody asks for it. `uses`: how many may come by it, null: any number. */
export type AskedInvitation = Pick<NewInvitation, 'thinkTank' | 'role' | 'label' | 'createdBy'> & { uses: number | null; days: number };

/** Makes an invitation, of which the database keeps the digest. The token is told here, once. */
export async function makeInvitation({ invitations }: Pick<Database, 'invitations'>, { uses, days, ...asked }: AskedInvitation, now: number) {
	const token = newToken();
	const made = { id: newId(), expiresAt: now + days * dayMs };
	await invitations.make({ ...asked, ...made, digest: digestOf(token), usesLeft: uses });
	return { ...made, token };
}

/** Makes the link by which somebody gives themselves a new password, or says why they cannot have one. */
export async function makeReset({ invitations }: Pick<Database, 'invitations'>, asked: { person: Id; secondFactor: boolean; createdBy: Id }, now: number) {
	const token = newToken();
	const expiresAt = now + limits.resetLinkMs;
	const outcome = await invitations.makeReset({ ...asked, id: newId(), digest: digestOf(token), expiresAt });
	return outcome === 'made' ? { token, expiresAt } : outcome;
}
