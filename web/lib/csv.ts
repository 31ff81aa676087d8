/** A file for spreadsheets: UTF-8 with a byte order mark, lines end in CRLF, and no cell is ever taken for a formula. */
export const csvOf = (lines: readonly (readonly string[])[]): string => '\ufeff' + lines.map((line) => line.map(cell).join(',') + '\r\n').join('');

/** What a spreadsheet would begin a formula with, also behind spaces and marks of direction, and in its wide form. */
const formula = /^[\s\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]*[=+\-@＝＋－＠]|^[\t\r]/;

const cell = (text: string): string => `"${(formula.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
