import * as Y from 'yjs';
import { openBoard } from '#realtime/client/board-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import { step2Frame } from '#realtime/protocol/frames.ts';
import { newId } from '#server/auth/tokens.ts';
import { expect, test, vi } from 'vitest';

/** A line whose other end is the test. */
class Line {
	static made: Line[] = [];
	binaryType = '';
	readyState = 0;
	onopen = () => {};
	onmessage = (_event: { data: ArrayBuffer }) => {};
	onclose = (_event: { code: number; reason: string }) => {};
	constructor() {
		Line.made.push(this);
	}
	send(): void {}
	close(): void {}
}
/** The line that a page has made by now. */
const nextLine = () => vi.waitUntil(() => Line.made.shift());

test('SYNC-23 told to come back, a page is offline only once it has tried in vain', async () => {
	const link = openBoard({ url: 'ws://test', document: newId(), clientId: 1, storage: memoryStorage(), socket: Line as unknown as typeof WebSocket });
	const first = await nextLine();
	first.onopen();
	first.onmessage({ data: Uint8Array.from(step2Frame(Y.encodeStateAsUpdate(new Y.Doc()))).buffer });
	expect(link.status).toMatchObject({ connection: 'online', reason: null });
	first.onclose({ code: 1012, reason: 'restarting' });
	expect(link.status).toMatchObject({ connection: 'connecting', reason: 'restarting' });
	(await nextLine()).onclose({ code: 1006, reason: '' });
	expect(link.status).toMatchObject({ connection: 'offline', reason: 'restarting' });

	const third = await nextLine();
	third.onopen();
	third.onmessage({ data: Uint8Array.from(step2Frame(Y.encodeStateAsUpdate(new Y.Doc()))).buffer });
	expect(link.status).toMatchObject({ connection: 'online', reason: null });
	// a line that breaks by itself is nothing that comes back at once
	third.onclose({ code: 1006, reason: '' });
	expect(link.status).toMatchObject({ connection: 'offline', reason: null });
	link.close();
});
