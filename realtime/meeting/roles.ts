/** What a person can be in a think tank. */
export const memberRoles = ['facilitator', 'chair', 'member', 'observer'] as const;
export type MemberRole = (typeof memberRoles)[number];

/**
 * What a person can be in a meeting: what they are in its think tank, unless they are named for this meeting
 * alone, or came by its link.
 */
export const roles = [...memberRoles, 'co-facilitator', 'guest'] as const;
export type Role = (typeof roles)[number];

/** Whoever asks for something. An administrator of the installation need not be in the think tank, and by that alone sees no word of it. */
export interface Rights {
	role: Role | null;
	administrator: boolean;
}
