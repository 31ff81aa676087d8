/** What one statement may take; the embedded database does nothing else meanwhile. A longer one is counted. */
export const statementMs = 50;

/** What the database may take to answer, waiting included, before the program stops believing in it. */
export const answerMs = 10_000;

/** What a moment may last where nobody has to wait meanwhile, each of its statements no longer than others. */
export const momentMs = 60 * 60_000;

/** What is read or written in one statement at most, so that none takes longer than it may. */
export const page = {
	/** rows of a log; a row is a few hundred bytes as a rule */
	rows: 500,
	/** bytes of a log or of a snapshot (the embedded database takes about 10 ms to take in as many) */
	bytes: 512 * 1024,
	/** cards of a board */
	cards: 200,
	/** rows that are looked through or removed, and of which little is read */
	light: 1_000
} as const;
