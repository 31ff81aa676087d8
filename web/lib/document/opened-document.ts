import type { BoardLink } from '#realtime/client/board-link.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { openDeviceDatabase } from './device-database.ts';
import { deviceStorage, type DeviceStorage } from './device-storage.ts';
import { linkTo, pageClientId } from './page-link.ts';

export interface OpenedDocument {
	link: BoardLink;
	storage: DeviceStorage;
	/** does the device keep what is written, also through a reload? */
	kept: boolean;
}

/** Opens a document on this person's device, with whatever the device allows. Rejects when there is neither a client id nor a network. */
export async function openOnThisDevice(document: Id, person: Id): Promise<OpenedDocument> {
	const database = await openDeviceDatabase(person).catch(() => null);
	const clientId = await pageClientId(database);
	const storage = deviceStorage(database, document);
	return { link: linkTo(document, clientId, storage), storage, kept: database !== null };
}
