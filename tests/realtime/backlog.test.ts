import { limits } from '#realtime/meeting/limits.ts';
import { Backlog, RoomBacklog } from '#realtime/server/boards/backlog.ts';
import { expect, test } from 'vitest';

/** Somebody who sends edits as long as they are read. */
function sender() {
	let pauses = 0;
	return { wire: { pause: () => pauses++, resume: () => pauses-- }, isRead: () => pauses === 0 };
}

test('JOURNAL-8 who fills a room is not read until it has taken in enough, and others are', () => {
	const all = new Backlog();
	const [full, other] = [new RoomBacklog(all), new RoomBacklog(all)];
	const [loud, late, elsewhere] = [sender(), sender(), sender()];
	full.add(loud, limits.roomQueueBytes + 1);
	full.add(late, 1);
	full.add(late, 1);
	other.add(elsewhere, 1);
	expect([loud, late, elsewhere].map(({ isRead }) => isRead())).toEqual([false, false, true]);
	full.done(1);
	expect(loud.isRead()).toBe(false);
	full.done(2);
	expect([loud, late].map(({ isRead }) => isRead())).toEqual([true, true]);
});

test('JOURNAL-8 what waits in all rooms together has a limit too, and those wait who add to it, until it is taken in wherever', () => {
	const all = new Backlog();
	const rooms = Array.from({ length: Math.ceil(limits.backlogBytes / limits.roomQueueBytes) }, () => new RoomBacklog(all));
	for (const room of rooms) room.add(sender(), limits.roomQueueBytes);
	const small = new RoomBacklog(all);
	const [first, second, gone] = [sender(), sender(), sender()];
	for (const one of [first, gone]) small.add(one, 1);
	small.leave(gone);
	expect([first, gone].map(({ isRead }) => isRead())).toEqual([false, false]);
	rooms[0]!.end();
	expect([first, gone].map(({ isRead }) => isRead())).toEqual([true, false]);
	small.add(second, 1);
	expect(second.isRead()).toBe(true);
	for (const room of [...rooms.slice(1), small]) room.end();
	expect(all.bytes).toBe(0);
});
