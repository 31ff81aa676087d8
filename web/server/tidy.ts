import type { Database } from '#db/open.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Log } from '#realtime/server/ports.ts';
import type { Sessions } from './auth/sessions.ts';

/** Removes what has expired, at the start and every hour, in one of all processes. A failure is logged and tried again at the next time. Answers how to stop. */
export function keepTidy({
	database,
	sessions,
	log
}: {
	database: Pick<Database, 'counts' | 'leases'>;
	sessions: Pick<Sessions, 'removeExpired'>;
	log: Log;
}): () => void {
	const tidy = async () => {
		try {
			if (!(await database.leases.take('tidy', limits.tidyEveryMs / 2))) return;
			await sessions.removeExpired();
			await database.counts.removeExpired();
			await database.leases.removeExpired();
		} catch (error) {
			log.warn({ error: String(error) }, 'what has expired could not be removed');
		}
	};
	void tidy();
	const timer = setInterval(() => void tidy(), limits.tidyEveryMs);
	timer.unref();
	return () => clearInterval(timer);
}
