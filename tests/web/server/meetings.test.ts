import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '#realtime/meeting/ids.ts';
import { newId } from '#server/auth/tokens.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let founding: Awaited<ReturnType<Stage['found']>>;
let facilitator: { id: Id; cookie: string };
let member: { id: Id; cookie: string };
let administrator: { id: Id; cookie: string };

beforeAll(async () => {
	stage = await openStage();
	facilitator = await stage.arrive();
	founding = await stage.found(facilitator.id);
	member = await stage.arrive();
	await stage.database.thinkTanks.addMember(founding.thinkTank, member.id, 'member');
	administrator = await stage.arrive({ administrator: true });
});
afterAll(() => stage.close());

const startsAt = Date.UTC(2027, 0, 2, 6);
const planned = { title: { fa: 'نشست بعدی' }, startsAt, minutes: 90 };

async function ask<Answer>(method: string, path: string, { cookie }: { cookie: string }, body?: unknown): Promise<{ status: number } & Answer> {
	const response = await stage.ask(method, path, { cookie, body });
	return { status: response.status, ...((await response.json()) as Answer) };
}
const schedule = (who: { cookie: string }, body: unknown, thinkTank: Id = founding.thinkTank) =>
	ask<{ meeting: Id; error?: { code: string } }>('POST', `/api/think-tanks/${thinkTank}/meetings`, who, body);
const command = (who: { cookie: string }, meeting: Id, name: string, body: unknown, id = newId()) =>
	ask<{ version: number; into: Id | null; error?: { code: string } }>('POST', `/api/meetings/${meeting}/commands`, who, { id, command: { name, body } });

test('MEET-35 a meeting sent again under the same id is the same meeting', async () => {
	const body = { id: newId(), meeting: { ...planned, agenda: [{ kind: 'swot', title: { fa: 'تابلو' }, minutes: 30 }] } };
	const [first, again] = [await schedule(facilitator, body), await schedule(facilitator, body)];
	expect([first.status, again.status]).toEqual([201, 201]);
	expect(again.meeting).toBe(first.meeting);
	const { meeting } = await ask<{ meeting: { number: number; state: string; agenda: unknown[] } }>('GET', `/api/meetings/${first.meeting}`, member);
	expect(meeting).toMatchObject({ number: 2, state: 'scheduled', agenda: [{ kind: 'swot', owner: null, columns: [] }] });
});

test('MEET-35 with a template, its boards begin with its cards', async () => {
	const agenda = [{ kind: 'swot', title: { fa: 'تابلو' }, minutes: 30 }];
	const made = await schedule(facilitator, { meeting: { ...planned, agenda }, template: 'founding', language: 'en' });
	const bare = await schedule(facilitator, { meeting: { ...planned, agenda } });
	const written = async (meeting: Id) => (await ask<{ written: Id[] }>('GET', `/api/meetings/${meeting}`, facilitator)).written.length;
	expect([await written(made.meeting), await written(bare.meeting)]).toEqual([1, 0]);
});

test('MEET-35 an administrator schedules, closes and reopens, and is shown nothing of what is in a meeting', async () => {
	const path = `/api/think-tanks/${founding.thinkTank}/next-meeting`;
	const [asFacilitator, asAdministrator] = [
		await ask<{ last: unknown; number: number }>('GET', path, facilitator),
		await ask<{ last: unknown; number: number }>('GET', path, administrator)
	];
	expect(asFacilitator.last).not.toBeNull();
	expect(asAdministrator).toMatchObject({ status: 200, last: null, number: asFacilitator.number });
	expect((await ask('GET', `/api/meetings/${founding.meeting}`, administrator)).status).toBe(404);
	expect((await command(administrator, founding.meeting, 'meeting.open', {})).error?.code).toBe('not-allowed');
	expect((await command(administrator, founding.meeting, 'meeting.close', {})).status).toBe(200);
	expect((await command(facilitator, founding.meeting, 'agenda.propose', { kind: 'vote', title: { fa: 'دیر' }, minutes: 5 })).error?.code).toBe(
		'meeting-closed'
	);
	expect((await command(administrator, founding.meeting, 'meeting.reopen', {})).status).toBe(200);
	expect((await command(administrator, founding.meeting, 'meeting.schedule', planned)).error?.code).toBe('meeting-exists');
});

test('a duplicate is answered with the meeting that it made, however often it is asked', async () => {
	const id = newId();
	const [first, again] = [
		await command(facilitator, founding.meeting, 'meeting.duplicate', { startsAt }, id),
		await command(facilitator, founding.meeting, 'meeting.duplicate', { startsAt }, id)
	];
	expect(first.into).not.toBeNull();
	expect(again.into).toBe(first.into);
});

test('what somebody may do now is in the answer', async () => {
	const may = async (who: { cookie: string }) => (await ask<{ may: string[] }>('GET', `/api/meetings/${founding.meeting}`, who)).may;
	expect(await may(facilitator)).toEqual(expect.arrayContaining(['meeting.close', 'agenda.move', 'facilitator.name', 'board.write']));
	const asMember = await may(member);
	expect(asMember).toContain('agenda.propose');
	expect(asMember).not.toContain('agenda.move');
});

test('MEET-34 attendance is whole minutes over all stretches', async () => {
	await stage.database.meetings.attend(founding.meeting, [{ id: member.id, role: 'member', province: 'IR-21' }], 75_000);
	const { people } = await ask<{ people: { id: Id; minutes: number; province: string; stretches: unknown[] }[] }>(
		'GET',
		`/api/meetings/${founding.meeting}/attendance`,
		facilitator
	);
	expect(people).toMatchObject([{ id: member.id, minutes: 0, province: 'IR-21', stretches: [{}] }]);
});

test.each([
	{ meeting: { ...planned, title: {} } },
	{ meeting: { ...planned, title: { fa: 'الف\u202eب' } } },
	{ meeting: { ...planned, minutes: 0 } },
	{ meeting: { ...planned, startsAt: 1e15 } },
	{ meeting: { ...planned, callLink: 'javascript:alert(1)' } },
	{ meeting: { ...planned, agenda: [{ kind: 'dance', title: { fa: 'رقص' }, minutes: 5 }] } },
	{ meeting: planned, template: 'nothing' },
	{ meeting: planned, id: 'x' },
	{ meeting: { ...planned, more: 1 } },
	{}
])('%o is malformed, and nothing is made', async (body) => {
	const before = (await ask<{ number: number }>('GET', `/api/think-tanks/${founding.thinkTank}/next-meeting`, facilitator)).number;
	expect((await schedule(facilitator, body)).error?.code).toBe('malformed');
	expect((await ask<{ number: number }>('GET', `/api/think-tanks/${founding.thinkTank}/next-meeting`, facilitator)).number).toBe(before);
});
