/** The last millisecond of the year 9999: what databases, calendars and spreadsheets agree on. */
const lastMs = 253_402_300_799_999;

/** At most so many UTF-16 units, without half characters and without NUL, which PostgreSQL does not take. */
export const storable = (text: string, units: number): string => text.slice(0, units).toWellFormed().replaceAll('\0', '\uFFFD');

/** A time that somebody's clock said, if it is one that a calendar has. */
export const storableTime = (ms: number | null): number | null => (ms !== null && ms >= 0 && ms <= lastMs ? Math.trunc(ms) : null);

/** UTF-16 units of a fractional key, of which no limit of the product speaks. */
export const placeUnits = 512;
