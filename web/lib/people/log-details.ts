import type { AuditPage } from '#lib/api.ts';
import { roleNames } from '#lib/i18n/names.ts';
import { number } from '#lib/i18n/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import { roles } from '#realtime/meeting/roles.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';

const roleName = (role: unknown): string | null => {
	const known = roles.find((one) => one === role);
	return known ? roleNames[known]() : null;
};

/** What an entry of the log says beside its kind, in words: to whom it was done, where, and how. */
export function detailsOf({ subjectName, thinkTankName, linkLabel, details }: AuditPage['entries'][number], language: Language): string[] {
	const { before, role, uses, secondFactor, handedOver, method, path } = details;
	const [was, is] = [roleName(before), roleName(role)];
	return [
		subjectName && inLanguage(subjectName, language),
		thinkTankName && inLanguage(thinkTankName, language),
		linkLabel,
		was && is ? m.audit_role_change({ before: was, role: is }) : is,
		typeof uses === 'number' ? m.audit_uses({ count: uses, number: number(uses) }) : uses === null ? m.invite_many() : null,
		secondFactor === true ? m.audit_second_factor() : null,
		typeof handedOver === 'number' ? m.audit_handed_over({ count: handedOver, number: number(handedOver) }) : null,
		typeof method === 'string' && typeof path === 'string' ? `${method} ${path}` : null
	].filter((detail) => typeof detail === 'string' && detail !== '') as string[];
}
