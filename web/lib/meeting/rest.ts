/** Whoever has written nothing for so long, in milliseconds, has come to rest: longer than one looks for a word in most sentences, and not so long that others wait. */
export const restMs = 3_000;
