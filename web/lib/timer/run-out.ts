/** As late as a page may learn of it whose tab the browser has put to rest: it wakes one at least each minute. */
const lateMs = 70_000;

/** Notices, once for each deadline, that a timer runs out while somebody looks; not when they come later. */
export class RunOut {
	#awaited: number | null = null;

	/** Has it just run out? `endsAt`: null as long as no timer runs. Both in milliseconds since 1970. */
	look(endsAt: number | null, now: number): boolean {
		if (endsAt === null || endsAt > now) {
			this.#awaited = endsAt;
			return false;
		}
		const justNow = this.#awaited === endsAt && now - endsAt <= lateMs;
		this.#awaited = null;
		return justNow;
	}
}
