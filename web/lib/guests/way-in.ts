import { failures } from '#lib/i18n/names.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Failure, OpenedGuestLink } from '#lib/api.ts';
import { provinces, type Province } from '#realtime/meeting/provinces.ts';
import type { Language } from '#realtime/meeting/texts.ts';

/** Where a link leads, once it may be gone there. */
export const addressInto = ({ meeting, activity }: Pick<NonNullable<OpenedGuestLink['into']>, 'meeting' | 'activity'>): string =>
	activity === null ? `/meetings/${meeting}` : `/meetings/${meeting}/${activity}`;

/** Why a link leads nowhere, as whoever was given it is told; trying again changes none of these. */
const dead: Partial<Record<Failure, { title: () => string; text: () => string }>> = {
	'link-unknown': { title: m.guest_dead_title, text: m.failure_link_unknown },
	'link-expired': { title: m.guest_dead_title, text: m.guest_expired },
	'link-revoked': { title: m.guest_dead_title, text: m.failure_link_revoked },
	archived: { title: m.guest_dead_title, text: m.guest_archived },
	'meeting-closed': { title: m.guest_closed_title, text: m.guest_closed },
	'meeting-cancelled': { title: m.guest_cancelled_title, text: m.guest_cancelled }
};

export const isDead = (failure: Failure): boolean => failure in dead;

/** What there is to say about a link that could not be opened. */
export const deadLink = (failure: Failure): { title: string; text: string } => ({
	title: (dead[failure]?.title ?? m.error_title)(),
	text: (dead[failure]?.text ?? failures[failure])()
});

/** The provinces by their names, in the order of the reader's alphabet. */
export function provincesInOrder(language: Language): { code: Province; name: string }[] {
	const collator = new Intl.Collator(language);
	return (Object.keys(provinces) as Province[]).map((code) => ({ code, name: provinces[code][language] })).sort((a, b) => collator.compare(a.name, b.name));
}
