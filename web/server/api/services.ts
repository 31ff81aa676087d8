import type { Database } from '#db/open.ts';
import type { Live } from '#realtime/server/attach.ts';
import type { Access } from '#realtime/server/ports.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { Knocks } from '../auth/knocks.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { OneClickLinks } from '../demo/one-click-links.ts';
import type { ServerLog } from '../log.ts';
import type { ServerMetrics } from '../metrics.ts';

/** What the API stands on. */
export interface Services {
	readonly database: Database;
	readonly sessions: Sessions;
	readonly accounts: Accounts;
	readonly access: Access;
	readonly knocks: Knocks;
	readonly log: ServerLog;
	readonly metrics: Pick<ServerMetrics, 'count'>;
	/** null: sockets are not attached yet */
	readonly live: Pick<Live, 'projectNow' | 'edit' | 'asItStood' | 'handOver' | 'desk' | 'votes' | 'late' | 'facilitated' | 'doorChanged'> | null;
	/** null outside the demo */
	readonly oneClickLinks: OneClickLinks | null;
}
