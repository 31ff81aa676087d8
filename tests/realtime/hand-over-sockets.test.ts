import { createFounding } from '#db/seed/founding.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { Present, Unconducted } from '#realtime/protocol/control.ts';
import { newId } from '#server/auth/tokens.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startEmbedded, type TestDatabase } from '../support/databases.ts';
import { serveLive, type LiveServer } from '../support/live-server.ts';

/** Meetings that nobody conducts, over real sockets: on a server where a member waits for nothing, and on one as it is. */

interface Somebody {
	id: Id;
	cookie: string;
}

/** A page of somebody, and what it was told. */
interface Page {
	link: MeetingLink;
	meeting: Meeting;
	present: Present;
	unconducted: Unconducted | null;
}

let embedded: TestDatabase;
let hasty: LiveServer;
let patient: LiveServer;
let founding: Awaited<ReturnType<typeof createFounding>>;
let facilitator: Somebody;
const open: MeetingLink[] = [];

beforeAll(async () => {
	embedded = await startEmbedded();
	[hasty, patient] = await Promise.all([serveLive(embedded.database, { unconductedMs: 0 }), serveLive(embedded.database)]);
}, 60_000);
afterAll(async () => {
	for (const server of [hasty, patient]) await server.stop();
	await embedded.stop();
});
beforeEach(async () => {
	facilitator = await arrive();
	founding = await createFounding(embedded.database, { facilitator: facilitator.id, language: 'fa', newId });
});
afterEach(() => {
	for (const link of open.splice(0)) link.leave();
});

async function arrive(role?: MemberRole): Promise<Somebody> {
	const id = newId();
	await embedded.database.people.create({ id, name: { fa: 'کسی' } });
	if (role) await embedded.database.thinkTanks.addMember(founding.thinkTank, id, role);
	return { id, cookie: await patient.signIn(id) };
}

async function entered({ origin }: LiveServer, { cookie }: Somebody): Promise<Page> {
	const page = { unconducted: null } as Page;
	page.link = enterMeeting({
		url: origin,
		meeting: founding.meeting,
		cookie,
		changed: ({ meeting, present }) => Object.assign(page, { meeting, present }),
		unconducted: (unconducted) => (page.unconducted = unconducted),
		ended: () => {}
	});
	open.push(page.link);
	await until(() => expect(page.meeting).toBeDefined());
	return page;
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 10 });
const take = async (page: Page) => {
	const answer = await page.link.command('conduct.take', {});
	return answer.ok ? null : answer.refusal;
};
const asked = (page: Page) => page.unconducted?.asked.map(({ person, agreed }) => [person, ...agreed]);

test('HAND-2 HAND-3 a member asks, more than half of the others agree, and the meeting is theirs to conduct', async () => {
	const people = [await arrive('member'), await arrive('member'), await arrive('member'), await arrive('observer')] as const;
	const desk = await entered(hasty, facilitator);
	const [a, b, c, observer] = (await Promise.all(people.map((somebody) => entered(hasty, somebody)))) as [Page, Page, Page, Page];
	expect(await take(a)).toBe('conducted');
	desk.link.leave();
	for (const page of [a, b, c, observer]) await until(() => expect(page.unconducted).toMatchObject({ asked: [] }));
	expect(await take(a)).toBe('no-consent');
	a.link.consent(people[0].id, true);
	for (const page of [a, b, c, observer]) await until(() => expect(asked(page)).toEqual([[people[0].id]]));
	// nobody asks an observer, and one of two others is not more than half
	observer.link.consent(people[0].id, true);
	b.link.consent(people[0].id, true);
	await until(() => expect(asked(c)).toEqual([[people[0].id, people[1].id]]));
	expect(await take(a)).toBe('no-consent');
	expect(await take(observer)).toBe('not-allowed');
	c.link.consent(people[0].id, true);
	await until(() => expect(asked(a)![0]).toHaveLength(3));
	expect(await take(b)).toBe('no-consent');
	const before = a.meeting;
	expect(await take(a)).toBeNull();
	for (const page of [a, b, c, observer]) {
		await until(() => expect(page.meeting.coFacilitators).toEqual([people[0].id]));
		await until(() => expect(page.unconducted).toBeNull());
		await until(() => expect(page.present.find(({ id }) => id === people[0].id)?.role).toBe('co-facilitator'));
	}
	expect(await embedded.database.meetings.find(founding.meeting)).toEqual({ ...before, coFacilitators: [people[0].id], version: before.version + 1 });
	expect((await a.link.command('meeting.turn', { item: before.agenda[1]!.id })).ok).toBe(true);
	// whoever comes back is the facilitator, as before
	const back = await entered(hasty, facilitator);
	expect(back.present.find(({ id }) => id === facilitator.id)?.role).toBe('facilitator');
	expect((await back.link.command('facilitator.release', { person: people[0].id })).ok).toBe(true);
	expect(await take(b)).toBe('conducted');
});

test('HAND-2 whoever is alone takes it over at once, once the minute is over', async () => {
	const member = await arrive('member');
	const there = await entered(patient, member);
	await until(() => expect(there.unconducted).not.toBeNull());
	expect(there.unconducted!.from).toBeGreaterThan(Date.now());
	expect(await take(there)).toBe('too-soon');
	const here = await entered(hasty, member);
	await until(() => expect(here.unconducted).not.toBeNull());
	expect(await take(here)).toBeNull();
});

test('HAND-4 whoever comes in later is told, and who wants to is forgotten when somebody is back', async () => {
	const [member, other] = [await arrive('member'), await arrive('member')];
	const [a, b] = [await entered(hasty, member), await entered(hasty, other)];
	await until(() => expect(a.unconducted).not.toBeNull());
	a.link.consent(member.id, true);
	await until(() => expect(asked(b)).toEqual([[member.id]]));
	const observer = await entered(hasty, await arrive('observer'));
	expect(asked(observer)).toEqual([[member.id]]);
	const chair = await entered(hasty, await arrive('chair'));
	for (const page of [a, b, observer, chair]) await until(() => expect(page.unconducted).toBeNull());
	b.link.consent(member.id, true);
	expect(await take(a)).toBe('conducted');
	chair.link.leave();
	for (const page of [a, b]) await until(() => expect(asked(page)).toEqual([]));
	expect(await take(a)).toBe('no-consent');
});
