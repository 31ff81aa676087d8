import { folded } from './typed-text.ts';

const beforeNoon = /^(?:am|a\.m\.|ق ?\.? ?ظ\.?|صبح|قبل ?از ?ظهر|پیش ?از ?ظهر)$/;
const afterNoon = /^(?:pm|p\.m\.|ب ?\.? ?ظ\.?|عصر|شب|بعد ?از ?ظهر|پس ?از ?ظهر)$/;

/** Reads a time of day as people type it, in digits of any of the three scripts: ۱۰:۳۰, 1030, 10, «۴ عصر», 4 pm. In minutes since midnight; null: not one. */
export function readTime(typed: string): number | null {
	const match = /^(?:ساعت )?(?:(\d{1,2})(?: ?[:.٫,،/] ?(\d{2}))?|(\d{1,2})(\d{2}))(?: ?([^\d\s].*))?$/.exec(folded(typed));
	if (!match) return null;
	let hour = Number(match[1] ?? match[3]);
	const minute = Number(match[2] ?? match[4] ?? 0);
	const part = match[5];
	if (part !== undefined) {
		if (hour < 1 || hour > 12) return null;
		if (beforeNoon.test(part)) hour %= 12;
		else if (afterNoon.test(part)) hour = (hour % 12) + 12;
		else return null;
	}
	return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}
