import { expect, test } from 'vitest';
import { changesInMs, savedStateOf } from '#lib/document/saved-state.ts';
import type { LinkStatus } from '#realtime/client/link-status.ts';
import { limits } from '#realtime/meeting/limits.ts';

const now = 1_000_000;
const status = (change: Partial<LinkStatus>): LinkStatus => ({
	connection: 'online',
	reason: null,
	opened: true,
	unsaved: 0,
	unsavedSince: null,
	words: [],
	damage: null,
	halfFull: false,
	...change
});

test('"saved" is said only online, and only when nothing is unacknowledged', () => {
	for (const connection of ['connecting', 'online', 'offline', 'ended'] as const) {
		for (const opened of [true, false]) {
			for (const unsaved of [0, 1]) {
				const said = savedStateOf(status({ connection, opened, unsaved, unsavedSince: unsaved ? now : null }), now);
				expect(said === 'saved').toBe(connection === 'online' && unsaved === 0);
			}
		}
	}
});

test('"not saved" is said once the oldest edit is too old, whatever the cause', () => {
	for (const connection of ['connecting', 'online', 'offline'] as const) {
		const waiting = status({ connection, unsaved: 2, unsavedSince: now - limits.unsavedAfterMs + 1 });
		expect(savedStateOf(waiting, now)).toBe('saving');
		expect(changesInMs(waiting, now)).toBe(1);
		expect(savedStateOf(waiting, now + 1)).toBe('unsaved');
		expect(changesInMs(waiting, now + 1)).toBeNull();
	}
});
