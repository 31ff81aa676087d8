import { limits } from '#realtime/meeting/limits.ts';
import { openChallenges } from '#server/auth/challenges.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterAll(() => stage.close());

test('ACCOUNT-7 PROCESS-27 a question to a passkey is answered once, on whichever process, in time and by whom it was put to', async () => {
	const [here, there] = [openChallenges(stage.database), openChallenges(stage.database)];
	const [open, own, late] = [await here.make(null), await here.make('somebody'), await here.make(null)];
	expect(await there.take(own, 'somebody else')).toBe(false);
	expect(await there.take(own, null)).toBe(false);
	expect(await there.take(own, 'somebody')).toBe(true);
	expect(await Promise.all([here.take(open, null), there.take(open, null)])).toEqual(expect.arrayContaining([true, false]));
	expect(await here.take(open, null)).toBe(false);
	expect(await here.take(`${late.split('.')[0]}.9${late.slice(late.indexOf('.') + 1)}`, null)).toBe(false);
	expect(await here.take('', null)).toBe(false);
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + limits.passkeyChallengeMs });
	try {
		expect(await there.take(late, null)).toBe(false);
	} finally {
		vi.useRealTimers();
	}
	// asking alone leaves nothing, nor does what is no question of ours
	expect(await stage.database.connection.run(({ sql }) => sql`select * from counts`)).toHaveLength(2);
});
