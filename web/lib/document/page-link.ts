import { answerOf, api } from '#lib/api.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { takeClientId } from '#realtime/client/client-ids.ts';
import type { BoardStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { deviceClientIds } from './device-client-ids.ts';

/** A client id for this page: of those that were leased to the device, or, without its database, of the server's. Rejects when there is neither one nor a network. */
export const pageClientId = (database: IDBDatabase | null): Promise<number> =>
	takeClientId(
		deviceClientIds(database, async (count) => {
			const answer = await answerOf(api(fetch)['client-ids'].$post({ json: { count } }));
			if (!answer.ok) throw new Error(answer.failure);
			return answer.value.ids;
		})
	);

/** Links this page to a document, where the page itself came from. */
export const linkTo = (document: Id, clientId: number, storage: BoardStorage): BoardLink =>
	openBoard({ url: `${location.origin.replace(/^http/, 'ws')}/yjs`, document, clientId, storage });
