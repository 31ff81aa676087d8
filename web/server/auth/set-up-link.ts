import type { Database } from '#db/open.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import { digestOf, isToken, newId, newToken } from './tokens.ts';

/** Why a link opens nothing. */
export type LinkProblem = 'link-unknown' | 'link-expired' | 'link-used';

/**
 * The link that makes its first holder the administrator. Each call makes a new one, of which the database
 * keeps the digest, and ends those made before; but not those of the last `togetherMs`, in which other processes of the same
 * database may have started. Null once there is an administrator.
 */
export async function makeSetUpLink(
	{ people, links }: Pick<Database, 'people' | 'links'>,
	now: number,
	togetherMs = 0
): Promise<{ token: string; expiresAt: number } | null> {
	if (await people.hasAdministrator()) return null;
	const token = newToken();
	const expiresAt = now + limits.setUpLinkMs;
	await links.renewSetUp({ digest: digestOf(token), expiresAt }, expiresAt - togetherMs);
	return { token, expiresAt };
}

/** Would this link open something now? Its purpose, or what is wrong with it. */
export async function lookAtLink(
	{ people, links }: Pick<Database, 'people' | 'links'>,
	token: string,
	now: number
): Promise<{ purpose: 'set-up' } | LinkProblem> {
	const link = isToken(token) ? await links.find(digestOf(token)) : null;
	if (link?.purpose !== 'set-up') return 'link-unknown';
	if (link.usedAt !== null || (await people.hasAdministrator())) return 'link-used';
	return link.expiresAt <= now ? 'link-expired' : { purpose: 'set-up' };
}

/** Uses the link: its holder becomes the administrator, and signs in by this. Of two who use it at once, one succeeds. */
export async function openSetUpLink(
	{ links }: Pick<Database, 'links'>,
	token: string,
	{ name, userName, passwordHash }: { name: LocalText; userName: string; passwordHash: string },
	now: number
): Promise<{ person: string } | LinkProblem> {
	if (!isToken(token)) return 'link-unknown';
	const id = newId();
	const outcome = await links.useSetUp(digestOf(token), now, { id, name, userName }, passwordHash);
	return outcome === 'used-now' ? { person: id } : `link-${outcome}`;
}
