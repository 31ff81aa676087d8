import type { Quadrant } from '#realtime/board/schema.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { BotProvince } from './cast.ts';

/** What a bot has to say. */
export interface Idea {
	quadrant: Quadrant;
	/** written there first, and moved to its quadrant when somebody thinks again */
	first?: Quadrant;
	/** ideas of one theme are put into one group */
	theme?: Theme;
	/** one language alone: it is written so, whatever language the demo is in */
	text: LocalText;
}

export const themes = {
	market: { fa: 'بازار و فروش', en: 'Markets and sale' },
	skills: { fa: 'آموزش و مدیریت', en: 'Training and management' },
	climate: { fa: 'آب و اقلیم', en: 'Water and climate' }
} as const satisfies Record<string, LocalText>;
export type Theme = keyof typeof themes;

/** Two or three ideas for each province, in the order they are written. */
export const ideas: Readonly<Record<BotProvince, readonly Idea[]>> = {
	'IR-01': [
		{ quadrant: 'strengths', text: { fa: 'تجربهٔ تعاونی‌های چای‌کاران در فرآوری و بسته‌بندی', en: 'Tea growers’ cooperatives know processing and packaging' } },
		{
			quadrant: 'weaknesses',
			theme: 'market',
			text: { fa: 'وابستگی برنج‌کاران عضو به واسطه‌ها برای فروش', en: 'Member rice growers depend on middlemen to sell' }
		}
	],
	'IR-03': [
		{
			quadrant: 'opportunities',
			theme: 'market',
			text: { fa: 'صادرات فرش و خشکبار از بازارچه‌های مرزی', en: 'Exporting carpets and dried fruit through border markets' }
		},
		{ quadrant: 'strengths', text: { fa: 'تعاونی‌های اعتبار با سابقهٔ بازپرداخت خوب', en: 'Credit cooperatives with a good record of repayment' } }
	],
	'IR-06': [
		{ quadrant: 'threats', theme: 'climate', text: { fa: 'شوری آب و گردوغبار در نخلستان‌ها', en: 'Salty water and dust in the date groves' } },
		{
			quadrant: 'opportunities',
			text: { fa: 'سپردن خدمات نگهداری پالایشگاه‌ها به تعاونی‌های متخصص', en: 'Refinery maintenance handed to skilled cooperatives' }
		}
	],
	'IR-07': [
		{
			quadrant: 'weaknesses',
			theme: 'skills',
			text: { fa: 'هیئت‌مدیره‌ها آموزش مالی و حقوقی ندیده‌اند', en: 'Boards have had no financial or legal training' }
		},
		{ quadrant: 'opportunities', text: { en: 'Traceable saffron and fig exports with one shared brand' } },
		{
			quadrant: 'threats',
			theme: 'climate',
			text: { fa: 'خشک‌سالی پیاپی و افت سفره‌های آب زیرزمینی', en: 'Droughts year after year, and falling groundwater' }
		}
	],
	'IR-09': [
		{ quadrant: 'strengths', text: { fa: 'شبکهٔ تعاونی‌های زعفران با آزمایشگاه مشترک', en: 'A network of saffron cooperatives with a shared laboratory' } },
		{ quadrant: 'weaknesses', text: { fa: 'نبود سامانهٔ یکپارچهٔ آمار تعاونی‌ها', en: 'No single system of figures on cooperatives' } }
	],
	'IR-10': [
		{ quadrant: 'opportunities', text: { fa: 'همکاری شهرک علمی با تعاونی‌های دانش‌بنیان', en: 'The science park works with knowledge-based cooperatives' } },
		{
			quadrant: 'threats',
			first: 'weaknesses',
			text: { fa: 'تغییر پیاپی بخشنامه‌های بیمه و مالیات', en: 'Insurance and tax circulars that change again and again' }
		}
	],
	'IR-11': [
		{ quadrant: 'strengths', text: { fa: 'اعتماد محلی به صندوق‌های خرد زنان روستایی', en: 'Villages trust the small funds run by rural women' } },
		{
			quadrant: 'weaknesses',
			text: { fa: 'دوری از مراکز تصمیم‌گیری و کندی پاسخ ادارات', en: 'Far from where decisions are made, and slow answers from offices' }
		}
	],
	'IR-12': [
		{ quadrant: 'opportunities', text: { fa: 'گردشگری روستایی با محوریت تعاونی‌های صنایع دستی', en: 'Village tourism led by handicraft cooperatives' } },
		{ quadrant: 'weaknesses', theme: 'skills', text: { fa: 'مهاجرت جوانان آموزش‌دیده به شهرهای بزرگ', en: 'Trained young people leave for the big cities' } }
	],
	'IR-17': [
		{ quadrant: 'threats', text: { en: 'Cheap imports undercut local producers' } },
		{ quadrant: 'opportunities', text: { fa: 'پرورش ماهی سردآبی با خرید تضمینی', en: 'Cold-water fish farming with guaranteed purchase' } }
	],
	'IR-22': [
		{ quadrant: 'strengths', text: { fa: 'ناوگان صیادی تعاونی با ۴۰ سال سابقه', en: 'A cooperative fishing fleet with 40 years of experience' } },
		{ quadrant: 'threats', text: { fa: 'قاچاق سوخت و ناامنی شغلی ساحل‌نشینان', en: 'Fuel smuggling, and insecure jobs on the coast' } }
	],
	'IR-26': [
		{ quadrant: 'weaknesses', text: { fa: 'ضمانت‌های بانکی سنگین برای تعاونی‌های تازه‌تأسیس', en: 'Banks ask heavy guarantees of new cooperatives' } },
		{
			quadrant: 'opportunities',
			theme: 'market',
			text: { fa: 'تأمین قطعهٔ صنایع خودرو از راه تعاونی‌های کارگاهی', en: 'Workshop cooperatives supply parts to the car industry' }
		}
	],
	'IR-27': [
		{ quadrant: 'strengths', text: { fa: 'تعاونی‌های پنبه با پیوند کاشت تا پارچه', en: 'Cotton cooperatives that reach from field to cloth' } },
		{ quadrant: 'threats', theme: 'climate', text: { fa: 'سیلاب‌های فصلی و نبود بیمهٔ کامل محصول', en: 'Seasonal floods, and no full crop insurance' } }
	]
};
