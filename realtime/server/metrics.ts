import { closeCodes, type CloseReason } from '#realtime/protocol/close-codes.ts';
import { refusals } from '#realtime/protocol/control.ts';
import { frameKinds } from '#realtime/protocol/frames.ts';
import { reasons, type Because } from './boards/gate/refusal.ts';

/**
 * What the live server counts, from its start on. To count one thing more, add a row here and call
 * `metrics.count('its_name', null)` where it happens: the endpoint shows whatever is in the table. `of` is the closed
 * list of what it is counted by, so that no name, text or id can become a label.
 */
export const counters = {
	edits: { help: 'Edits that were committed to the log.' },
	commits: { help: 'Commits of edits; one takes in all edits of a moment.' },
	failed_commits: { help: 'Commits of edits that the database did not acknowledge.' },
	rooms_thrown_away: { help: 'Rooms given up because the log may not have their last edits; their pages came back.' },
	quarantined_rows: { help: 'Rows of logs that could not be read, or followed on such, when a document was opened.' },
	dead_letters: { help: 'Documents that SQL refused to follow as they stood.' },
	failed_projections: { help: 'Times that SQL could not follow a document; each is tried again.' },
	refused_edits: { help: 'Edits that the gate refused.', by: 'rule', of: Object.keys(reasons) as Because[] },
	frames_in: { help: 'Messages that pages sent on board sockets.', by: 'kind', of: frameKinds },
	frames_out: { help: 'Messages that pages were sent on board sockets.', by: 'kind', of: frameKinds },
	bytes_in: { help: 'Bytes of messages that pages sent on board sockets.', by: 'kind', of: frameKinds },
	bytes_out: { help: 'Bytes of messages that pages were sent on board sockets.', by: 'kind', of: frameKinds },
	closed_sockets: { help: 'Board sockets that the server closed.', by: 'reason', of: Object.keys(closeCodes) as CloseReason[] },
	refused_upgrades: { help: 'Sockets that were refused before they were one.', by: 'status', of: ['403', '404', '429', '503'] },
	refused_requests: { help: 'Requests of meeting sockets, commands among them, that were refused.', by: 'refusal', of: refusals }
} as const satisfies CounterTable;

/** What is measured as a distribution, in seconds, with the upper ends of its steps. */
export const timings = {
	commit: {
		help: 'From the moment that a commit is asked for until the database has acknowledged it.',
		// an fsync of a good disk is a millisecond; at the last ones a page has long said "not saved"
		steps: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
	}
} as const satisfies Record<string, { help: string; steps: readonly number[] }>;

/** A table of counters by name. */
export type CounterTable = Record<string, { help: string; by?: undefined; of?: undefined } | { help: string; by: string; of: readonly string[] }>;

/** What a counter is counted by; null: by nothing. */
export type LabelOf<Row> = Row extends { of: readonly (infer Label)[] } ? Label : null;

/** Takes in what is counted. Cheap enough for every frame, and never throws. */
export interface Counting<Table extends CounterTable> {
	count<Name extends keyof Table>(name: Name, label: LabelOf<Table[Name]>, times?: number): void;
	/** notes how long something took */
	took(name: keyof typeof timings, seconds: number): void;
}

/** What the live server counts with. */
export type Metrics = Counting<typeof counters>;

/** Counts nothing, for where nobody asks. */
export const uncounted: Metrics = { count: () => {}, took: () => {} };
