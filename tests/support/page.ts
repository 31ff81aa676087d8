import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { memoryStorage, type BoardStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { WebSocket as NodeSocket } from 'ws';
import type { Product, Somebody } from './product.ts';

/** A WebSocket that carries a session's cookie, as a browser's does. */
export function socketWith(cookie: string, headers: Record<string, string> = {}): typeof WebSocket {
	return class extends NodeSocket {
		constructor(address: string | URL, protocols?: string | string[]) {
			super(address, protocols, { headers: { cookie, ...headers } });
		}
	} as unknown as typeof WebSocket;
}

/** A new client id for a page of this person. */
export async function leaseClientId(product: Pick<Product, 'url'>, { cookie }: Pick<Somebody, 'cookie'>): Promise<number> {
	const answer = await fetch(`${product.url}/api/client-ids`, {
		method: 'POST',
		headers: { cookie, 'content-type': 'application/json' },
		body: JSON.stringify({ count: 1 })
	});
	if (!answer.ok) throw new Error(`no client id: ${answer.status}`);
	return ((await answer.json()) as { ids: number[] }).ids[0]!;
}

/** Opens a document as a page of this person would, without a browser. */
export async function openPage(product: Product, somebody: Somebody, document: Id, storage: BoardStorage = memoryStorage()): Promise<BoardLink> {
	return openBoard({ url: product.boardsUrl, document, clientId: await leaseClientId(product, somebody), storage, socket: socketWith(somebody.cookie) });
}

/** Resolves when a link's status is as wanted; rejects with the status after a while. */
export function untilStatus(link: BoardLink, wanted: (status: BoardLink['status']) => boolean, timeoutMs = 20_000): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			stop();
			reject(new Error(`waited ${timeoutMs} ms in vain: ${JSON.stringify(link.status)}`));
		}, timeoutMs);
		const look = () => {
			if (!wanted(link.status)) return;
			clearTimeout(timer);
			stop();
			resolve();
		};
		const stop = link.watch(look);
		look();
	});
}

export const saved = ({ connection, unsaved }: BoardLink['status']): boolean => connection === 'online' && unsaved === 0;
