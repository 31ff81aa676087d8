import { z } from 'zod';
import type { ListedInvitation } from '#db/stores/invitations.ts';
import { line } from '#realtime/meeting/commands.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { id, instant, localText, memberRole } from './shapes.ts';

/** Shapes of invitations, which administrators and facilitators make. */

/** As one is asked for. */
export const invitation = z.strictObject({
	/** how many may come by it; null: any number */
	uses: z.int().min(1).max(limits.invitationUses).nullable(),
	/** for how long it is open */
	days: z.int().min(1).max(limits.invitationDays),
	/** what its maker calls it */
	label: z.nullable(line(limits.linkLabelUnits))
});

/** The token opens it, and is told this once. */
export const invitationMade = z.object({ id, token: z.string(), expiresAt: instant });

export const invitationStates = ['open', 'used', 'expired', 'revoked'] as const;

export const invitationsShown = z.object({
	invitations: z.array(
		z.object({
			id,
			thinkTank: z.object({ id, name: localText }).nullable(),
			role: memberRole.nullable(),
			label: z.string().nullable(),
			usesLeft: z.int().nullable(),
			used: z.int(),
			expiresAt: instant,
			createdAt: instant,
			createdBy: z.object({ id, name: localText }).nullable(),
			state: z.enum(invitationStates)
		})
	)
});

/** An invitation with what it opens at this time. */
export function shown({ revokedAt, ...invitation }: ListedInvitation, now: number) {
	const { usesLeft, expiresAt } = invitation;
	const state: (typeof invitationStates)[number] = revokedAt !== null ? 'revoked' : usesLeft === 0 ? 'used' : expiresAt <= now ? 'expired' : 'open';
	return { ...invitation, state };
}
