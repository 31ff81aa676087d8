/**
 * Leaves out what no text of ours may hold: NUL, which no SQL column takes, and halves of letters, which have no
 * bytes on the wire, so that every other page would get something else.
 */
export const wellFormed = (text: string): string => text.replace(notWellFormed, '');

/** Each piece that {@link wellFormed} leaves out. */
export const notWellFormed = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
