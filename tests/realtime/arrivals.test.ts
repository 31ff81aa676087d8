import { limits, rates } from '#realtime/meeting/limits.ts';
import { Allowances } from '#realtime/server/allowance.ts';
import { Arrivals } from '#realtime/server/arrivals.ts';
import { StorageError, type Subject } from '#realtime/server/ports.ts';
import { expect, test, vi } from 'vitest';
import { randomFrom } from '../support/random.ts';

/** Arrivals, of one session unless another is named, while the database stands still, and what makes it go on. */
function standstill() {
	const subject: Subject = { session: 'session', person: randomFrom(3).id() };
	let now = 0;
	let asked = 0;
	let goOn = () => {};
	const stands = new Promise<void>((resolve) => (goOn = resolve));
	const access = {
		sessionIn: (cookie: string | undefined) => cookie ?? null,
		async authenticate() {
			asked++;
			await stands;
			return subject;
		}
	};
	const arrivals = new Arrivals(access, new Allowances(() => now), () => now);
	return {
		subject,
		come: (session = subject.session) => arrivals.admit(session, async (found) => found),
		pass: (ms: number) => void (now += ms),
		goOn: () => goOn(),
		asked: () => asked
	};
}

test('WIRE-15 a database that was away is not asked about those who have given up meanwhile, and answers those who have not', async () => {
	const { subject, come, pass, goOn, asked } = standstill();
	const first = come();
	await vi.waitFor(() => expect(asked()).toBe(1));
	const stale = Promise.allSettled([come(), come(), come()]);
	pass(limits.connectMs + 1);
	const fresh = come();
	goOn();
	expect(await first).toEqual(subject);
	for (const one of await stale) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StorageError) });
	expect(await fresh).toEqual(subject);
	expect(asked()).toBe(2);
});

test('WIRE-15 no more of one session wait for the database than may come at once', async () => {
	const { subject, come, goOn, asked } = standstill();
	const waiting = Array.from({ length: rates.arrivals.atOnce }, () => come());
	expect(await come()).toBe('too-many');
	goOn();
	expect(await Promise.all(waiting)).toEqual(waiting.map(() => subject));
	expect(asked()).toBe(rates.arrivals.atOnce);
});

test('WIRE-15 of sessions that anybody can make up a few are asked about at a time, and no more wait than a whole hall would', async () => {
	const { subject, come, goOn, asked } = standstill();
	const waiting = Array.from({ length: limits.arrivalsAsked + limits.arrivalsWaiting }, (_, i) => come(`made up ${i}`));
	await vi.waitFor(() => expect(asked()).toBe(limits.arrivalsAsked));
	expect(await come('one more')).toBe('too-many');
	expect(asked()).toBe(limits.arrivalsAsked);
	goOn();
	expect((await Promise.all(waiting)).slice(0, rates.arrivals.atOnce)).toEqual(Array(rates.arrivals.atOnce).fill(subject));
	expect(asked()).toBe(waiting.length);
});
