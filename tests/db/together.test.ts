import { Together } from '#db/together.ts';
import { expect, test } from 'vitest';

test('questions that come together, or while one is on its way, share a statement, and each has its own answer', async () => {
	const asked: string[][] = [];
	let answer = Promise.withResolvers<void>();
	const together = new Together(async (questions: readonly string[]) => {
		asked.push([...questions]);
		await answer.promise;
		return questions.map((question) => `${question}!`);
	});
	const answers = ['a', 'b'].map((question) => together.ask(question));
	await Promise.resolve();
	answers.push(together.ask('c'), ...Array.from({ length: 40 }, (_, n) => together.ask(`${n}`)));
	expect(asked).toEqual([['a', 'b']]);
	answer.resolve();
	expect((await Promise.all(answers)).slice(0, 4)).toEqual(['a!', 'b!', 'c!', '0!']);
	// no statement takes long
	expect(asked.map(({ length }) => length)).toEqual([2, 32, 9]);

	answer = Promise.withResolvers();
	const failing = [together.ask('d'), together.ask('e')];
	answer.reject(new Error('away'));
	expect(await Promise.allSettled(failing)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
	answer = Promise.withResolvers();
	answer.resolve();
	expect(await together.ask('f')).toBe('f!');
});
