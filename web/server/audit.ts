import type { AuditEntry } from '#db/stores/audit.ts';
import type { Database } from '#db/open.ts';

/** The closed list of what is noted in the audit log: each has its words in `web/lib/i18n/names.ts`. */
export const auditKinds = [
	'administrator.first',
	'think-tank.made',
	'think-tank.changed',
	'think-tank.archived',
	'think-tank.brought-back',
	'mandate.added',
	'mandate.changed',
	'mandate.removed',
	'member.added',
	'member.changed',
	'member.removed',
	'invitation.made',
	'invitation.revoked',
	'person.changed',
	'person.deactivated',
	'person.reactivated',
	'administrator.made',
	'administrator.unmade',
	'reset.made',
	'actions.handed-over',
	'sign-in',
	'sign-in.failed',
	'sign-in.locked',
	'sign-in.denied',
	'invitation.accepted',
	'password.changed',
	'password.reset',
	'identifiers.changed',
	'second-factor.on',
	'second-factor.off',
	'recovery-codes.made',
	'passkey.added',
	'passkey.removed',
	'session.ended',
	'guest-link.made',
	'guest-link.revoked',
	'guest.admitted',
	'guest.refused',
	'access.denied'
] as const;
export type AuditKind = (typeof auditKinds)[number];

/** What is noted, of a kind that has words. */
export interface Noted extends AuditEntry {
	kind: AuditKind;
}

/** Notes something in the audit log. Whoever did it is not told before it is noted. */
export const note = ({ audit }: Pick<Database, 'audit'>, entry: Noted): Promise<void> => audit.add(entry);
