import type { LocalText } from './texts.ts';

/** The 31 provinces, keyed by ISO 3166-2:IR code (codes of 2020). */
export const provinces = {
	'IR-00': { fa: 'مرکزی', en: 'Markazi' },
	'IR-01': { fa: 'گیلان', en: 'Gilan' },
	'IR-02': { fa: 'مازندران', en: 'Mazandaran' },
	'IR-03': { fa: 'آذربایجان شرقی', en: 'East Azerbaijan' },
	'IR-04': { fa: 'آذربایجان غربی', en: 'West Azerbaijan' },
	'IR-05': { fa: 'کرمانشاه', en: 'Kermanshah' },
	'IR-06': { fa: 'خوزستان', en: 'Khuzestan' },
	'IR-07': { fa: 'فارس', en: 'Fars' },
	'IR-08': { fa: 'کرمان', en: 'Kerman' },
	'IR-09': { fa: 'خراسان رضوی', en: 'Razavi Khorasan' },
	'IR-10': { fa: 'اصفهان', en: 'Isfahan' },
	'IR-11': { fa: 'سیستان و بلوچستان', en: 'Sistan and Baluchestan' },
	'IR-12': { fa: 'کردستان', en: 'Kurdistan' },
	'IR-13': { fa: 'همدان', en: 'Hamadan' },
	'IR-14': { fa: 'چهارمحال و بختیاری', en: 'Chaharmahal and Bakhtiari' },
	'IR-15': { fa: 'لرستان', en: 'Lorestan' },
	'IR-16': { fa: 'ایلام', en: 'Ilam' },
	'IR-17': { fa: 'کهگیلویه و بویراحمد', en: 'Kohgiluyeh and Boyer-Ahmad' },
	'IR-18': { fa: 'بوشهر', en: 'Bushehr' },
	'IR-19': { fa: 'زنجان', en: 'Zanjan' },
	'IR-20': { fa: 'سمنان', en: 'Semnan' },
	'IR-21': { fa: 'یزد', en: 'Yazd' },
	'IR-22': { fa: 'هرمزگان', en: 'Hormozgan' },
	'IR-23': { fa: 'تهران', en: 'Tehran' },
	'IR-24': { fa: 'اردبیل', en: 'Ardabil' },
	'IR-25': { fa: 'قم', en: 'Qom' },
	'IR-26': { fa: 'قزوین', en: 'Qazvin' },
	'IR-27': { fa: 'گلستان', en: 'Golestan' },
	'IR-28': { fa: 'خراسان شمالی', en: 'North Khorasan' },
	'IR-29': { fa: 'خراسان جنوبی', en: 'South Khorasan' },
	'IR-30': { fa: 'البرز', en: 'Alborz' }
} as const satisfies Record<string, LocalText>;

export type Province = keyof typeof provinces;
