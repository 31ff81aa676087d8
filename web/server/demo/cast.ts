import { provinces, type Province } from '#realtime/meeting/provinces.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';

/** Somebody of the demo. People appear by their office, as they do in the founding meeting. */
export interface Character {
	name: LocalText;
	office: LocalText;
	province: Province | null;
	role: MemberRole;
}

const house: LocalText = { fa: 'خانهٔ تعاونگران', en: 'House of Cooperators' };

const managerOf = (province: Province): Character => ({
	name: { fa: `مدیر دفتر ${provinces[province].fa}`, en: `Manager, ${provinces[province].en} office` },
	office: house,
	province,
	role: 'member'
});

/** Whom a visitor may be, with one click. The first one runs the meeting. */
export const visitors: readonly [Character, ...Character[]] = [
	{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general, House of Cooperators' }, office: house, province: null, role: 'facilitator' },
	{
		name: { fa: 'معاون امور تعاون', en: 'Deputy for cooperatives' },
		office: { fa: 'وزارت تعاون، کار و رفاه اجتماعی', en: 'Ministry of Cooperatives, Labour and Social Welfare' },
		province: null,
		role: 'member'
	},
	managerOf('IR-21'),
	{
		name: { fa: 'نمایندهٔ اتاق تعاون', en: 'Representative of the Chamber of Cooperatives' },
		office: { fa: 'اتاق تعاون', en: 'Chamber of Cooperatives' },
		province: null,
		role: 'observer'
	}
];

const botProvinces = [
	'IR-01',
	'IR-03',
	'IR-06',
	'IR-07',
	'IR-09',
	'IR-10',
	'IR-11',
	'IR-12',
	'IR-17',
	'IR-22',
	'IR-26',
	'IR-27'
] as const satisfies readonly Province[];

/** Where a bot comes from. */
export type BotProvince = (typeof botProvinces)[number];

/** The managers that the bots play, each of another province. */
export const bots: readonly (Character & { province: BotProvince })[] = botProvinces.map((province) => ({ ...managerOf(province), province }));
