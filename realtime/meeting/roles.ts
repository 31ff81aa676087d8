/** What a person is in one think tank. An administrator of the installation is not a role here: it opens no board. */
export const roles = ['facilitator', 'chair', 'member', 'observer', 'guest'] as const;
export type Role = (typeof roles)[number];
