/**
 * Questions of one kind, each of a statement by itself if nothing else is asked. Those that come in the same turn of the event
 * loop, or while an earlier one is on its way, share a statement: two hundred people who come back at once are a dozen
 * of them. If it fails, each of its questions does.
 */
export class Together<Question, Answer> {
	readonly #ask: (questions: readonly Question[]) => Promise<readonly Answer[]>;
	#waiting: { question: Question; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
	#isAsking = false;

	/** `ask`: answers all in their order, with one statement. */
	constructor(ask: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
		this.#ask = ask;
	}

	ask(question: Question): Promise<Answer> {
		return new Promise((resolve, reject) => {
			this.#waiting.push({ question, resolve, reject });
			if (this.#isAsking) return;
			this.#isAsking = true;
			queueMicrotask(() => void this.#askAll());
		});
	}

	async #askAll(): Promise<void> {
		while (this.#waiting.length > 0) {
			const asked = this.#waiting.splice(0, atOnce);
			try {
				const answers = await this.#ask(asked.map(({ question }) => question));
				asked.forEach(({ resolve }, n) => resolve(answers[n]!));
			} catch (error) {
				for (const { reject } of asked) reject(error);
			}
		}
		this.#isAsking = false;
	}
}

/** questions of one statement, which others wait for in the embedded database: a few milliseconds */
const atOnce = 32;
