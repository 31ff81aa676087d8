import { describe, expect, test } from 'vitest';
import { commands } from '#realtime/meeting/commands.ts';
import { decide, scheduleLike } from '#realtime/meeting/decide.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { attending, isQuorum, type Quorum } from '#realtime/meeting/quorum.ts';
import type { MemberRole, Role } from '#realtime/meeting/roles.ts';
import { contextOf, people, strangers } from '../../support/meeting-commands.ts';

const scheduled = (quorum?: Quorum | null): Meeting => {
	const body = commands['meeting.schedule'].parse({ title: { en: 'a' }, startsAt: 0, minutes: 60, ...(quorum !== undefined && { quorum }) });
	return (decide(null, { name: 'meeting.schedule', body }, contextOf()) as never[]).reduce<Meeting | null>(evolve, null)!;
};

describe('the quorum of a meeting', () => {
	test('QUORUM-1 it is asked for or not, changed and taken back, and a duplicate has it too', () => {
		expect(scheduled().quorum).toBeNull();
		const meeting = scheduled({ share: 'half' });
		expect(meeting.quorum).toEqual({ share: 'half' });
		const describing = (quorum: Quorum | null) => decide(meeting, { name: 'meeting.describe', body: { quorum } }, contextOf());
		expect(describing({ voters: 3 })).toEqual([{ name: 'meeting.described', quorum: { voters: 3 } }]);
		expect(describing({ share: 'two-thirds' })).toEqual([{ name: 'meeting.described', quorum: { share: 'two-thirds' } }]);
		expect(describing(null)).toEqual([{ name: 'meeting.described', quorum: null }]);
		// as it is already
		expect(describing({ share: 'half' })).toEqual([]);
		expect(evolve(meeting, { name: 'meeting.described', quorum: null })!.quorum).toBeNull();
		expect(scheduleLike(meeting, 1, contextOf().thinkTank).body.quorum).toEqual({ share: 'half' });
	});

	test.each<[Quorum, number, number, boolean]>([
		[{ voters: 3 }, 2, 11, false],
		[{ voters: 3 }, 3, 11, true],
		// more than half, and not half
		[{ share: 'half' }, 5, 10, false],
		[{ share: 'half' }, 6, 10, true],
		[{ share: 'half' }, 5, 11, false],
		[{ share: 'half' }, 6, 11, true],
		[{ share: 'half' }, 0, 0, false],
		[{ share: 'two-thirds' }, 6, 9, true],
		[{ share: 'two-thirds' }, 5, 9, false],
		[{ share: 'two-thirds' }, 7, 11, false],
		[{ share: 'two-thirds' }, 8, 11, true],
		[{ share: 'two-thirds' }, 0, 0, false]
	])('QUORUM-2 %j: %i of %i', (quorum, there, entitled, expected) => expect(isQuorum(quorum, there, entitled)).toBe(expected));

	test('QUORUM-2 members count who do not only observe, and co-facilitators; guests never', () => {
		const members = (['facilitator', 'chair', 'member', 'observer', 'observer'] as MemberRole[]).map((role, n) => ({ id: people[n]!, role }));
		const count = (coFacilitators: number[], present: [string, Role][]) =>
			attending(
				{ quorum: { share: 'half' }, coFacilitators: coFacilitators.map((n) => people[n]!) },
				members,
				present.map(([id, role]) => ({ id, role }))
			);
		expect(count([], [])).toEqual({ present: 0, entitled: 3, quorate: false });
		const [facilitator, chair, member, observer] = people as [string, string, string, string];
		expect(
			count(
				[],
				[
					[facilitator, 'facilitator'],
					[observer, 'observer'],
					[strangers[0]!, 'guest']
				]
			)
		).toEqual({ present: 1, entitled: 3, quorate: false });
		expect(
			count(
				[],
				[
					[chair, 'chair'],
					[member, 'member']
				]
			)
		).toEqual({ present: 2, entitled: 3, quorate: true });
		// an observer who is named for this meeting counts, there or not
		expect(count([3], [])).toEqual({ present: 0, entitled: 4, quorate: false });
		expect(count([3], [[observer, 'co-facilitator']])).toMatchObject({ present: 1, entitled: 4 });
		// what somebody is now counts, and so does whoever became a member since
		expect(
			count(
				[],
				[
					[member, 'observer'],
					[strangers[0]!, 'member']
				]
			)
		).toEqual({ present: 1, entitled: 3, quorate: false });
		expect(attending({ quorum: null, coFacilitators: [] }, members, []).quorate).toBeNull();
	});
});
