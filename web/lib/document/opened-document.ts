import { answerOf, api } from '#lib/api.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { takeClientId } from '#realtime/client/client-ids.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { deviceClientIds } from './device-client-ids.ts';
import { openDeviceDatabase } from './device-database.ts';
import { deviceStorage, type DeviceStorage } from './device-storage.ts';

export interface OpenedDocument {
	link: BoardLink;
	storage: DeviceStorage;
	/** does the device keep what is written, also through a reload? */
	kept: boolean;
}

/** Opens a document on this person's device, with whatever the device allows. Rejects when there is neither a client id nor a network. */
export async function openOnThisDevice(document: Id, person: Id): Promise<OpenedDocument> {
	const database = await openDeviceDatabase(person).catch(() => null);
	const clientId = await takeClientId(
		deviceClientIds(database, async (count) => {
			const answer = await answerOf(api(fetch)['client-ids'].$post({ json: { count } }));
			if (!answer.ok) throw new Error(answer.failure);
			return answer.value.ids;
		})
	);
	const storage = deviceStorage(database, document);
	const link = openBoard({ url: `${location.origin.replace(/^http/, 'ws')}/yjs`, document, clientId, storage });
	return { link, storage, kept: database !== null };
}
