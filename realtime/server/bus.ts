/**
 * What the processes that serve one database tell each other. It makes things quick and nothing true: truth is in the
 * database, and whatever is told here may be lost, come late, or come twice.
 */
export interface Bus {
	/** what this process is called among the others; drawn anew at every start */
	readonly self: string;
	/** Does what is told reach the others at the moment, and theirs us? While it does not, what they did is found in the database alone. */
	readonly isUp: boolean;
	/** Tells all other processes. In their order of a sender, if at all; never throws. */
	tell<Topic extends keyof Told>(topic: Topic, message: Told[Topic]): void;
	/** What others tell. `take` does not throw. */
	listen<Topic extends keyof Told>(topic: Topic, take: (message: Told[Topic], from: string) => void): void;
	/** Another process is there, or it is not any more: what it said of its people holds no longer. */
	onChange(run: (other: string, change: 'come' | 'gone') => void): void;
	/** Something may have been told that did not come: whoever stands on it looks it up. */
	onGap(run: () => void): void;
	/** Says goodbye to the others. Resolves when nothing is under way. */
	stop(): Promise<void>;
}

/** What is told, by topic. All of it can be sent as MessagePack: plain values and bytes. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- each part of the server adds what it tells
export interface Told {}

/** The bus of a process that serves its database alone. */
export const alone: Bus = {
	self: 'alone',
	isUp: false,
	tell() {},
	listen() {},
	onChange() {},
	onGap() {},
	stop: () => Promise.resolve()
};
