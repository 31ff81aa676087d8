import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { bindText } from '#lib/board/text-binding.ts';
import { deltaOf } from '#lib/board/text-delta.ts';
import { FakeField, FakeText } from './text-field.ts';

function bound(text: string, options: Partial<Parameters<typeof bindText>[2]> = {}) {
	const field = new FakeField();
	const shared = new FakeText(text);
	const binding = bindText(field, shared, { limitUnits: 1_000, ...options });
	return { field, shared, binding };
}

describe('writing', () => {
	test('every letter goes out at once, where it was typed', () => {
		const { field, shared } = bound('سلام دنیا');
		field.setSelectionRange(4, 4);
		field.type('،');
		expect(shared.text).toBe('سلام، دنیا');
		field.backspace();
		expect(shared.text).toBe('سلام دنیا');
	});

	test('what others write does not move the caret away from its letters', () => {
		const { field, shared } = bound('سلام دنیا');
		field.setSelectionRange(4, 4);
		shared.change(deltaOf({ at: 0, removed: 0, inserted: 'درود و ' }));
		expect(field.value).toBe('درود و سلام دنیا');
		expect(field.selectionStart).toBe(11);
		shared.change(deltaOf({ at: 16, removed: 0, inserted: '!' }));
		expect(field.selectionStart).toBe(11);
	});

	test('a selection stays on the same letters', () => {
		const { field, shared } = bound('یک دو سه');
		field.setSelectionRange(3, 5);
		shared.change(deltaOf({ at: 0, removed: 3, inserted: '' }));
		expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe('دو');
	});

	test('the caret is told in the shared text', () => {
		const onCaret = vi.fn();
		const { field } = bound('سلام', { onCaret });
		field.setSelectionRange(2, 2);
		field.dispatchEvent(new Event('keyup'));
		expect(onCaret).toHaveBeenLastCalledWith(2, 2);
	});

	test('once stopped, it neither writes nor shows', () => {
		const { field, shared, binding } = bound('سلام');
		binding.stop();
		field.type('!');
		shared.change(deltaOf({ at: 0, removed: 4, inserted: '' }));
		expect([field.value, shared.text]).toEqual(['سلام!', '']);
	});

	test('NUL and halves of letters are left out', () => {
		const { field, shared } = bound('');
		field.type('a\0b\ud800c');
		expect([field.value, shared.text]).toEqual(['abc', 'abc']);
	});

	test('a title takes no line break', () => {
		const { field, shared } = bound('', { oneLine: true });
		field.type('یک\n دو');
		expect(shared.text).toBe('یک دو');
	});
});

describe('the limit', () => {
	test('of what does not fit, the first part is kept and the rest is named', () => {
		const onCut = vi.fn();
		const { field, shared } = bound('12345', { limitUnits: 8, onCut });
		field.setSelectionRange(5, 5);
		field.type('abcdef');
		expect([shared.text, field.value]).toEqual(['12345abc', '12345abc']);
		expect(onCut).toHaveBeenCalledExactlyOnceWith(3, 3);
	});

	test('what is replaced makes room', () => {
		const onCut = vi.fn();
		const { field, shared } = bound('12345678', { limitUnits: 8, onCut });
		field.setSelectionRange(0, 4);
		field.type('abcd');
		expect(shared.text).toBe('abcd5678');
		expect(onCut).not.toHaveBeenCalled();
	});

	test('no letter of two units is cut in two', () => {
		const { field, shared } = bound('1234567', { limitUnits: 8 });
		field.type('😀');
		expect(shared.text).toBe('1234567');
	});
});

describe('an input method that composes', () => {
	test('is not disturbed, and its letters go past what others write meanwhile', () => {
		const { field, shared } = bound('دنیا');
		field.setSelectionRange(0, 0);
		field.dispatchEvent(new Event('compositionstart'));
		field.type('س');
		const before = field.overwritten;
		shared.change(deltaOf({ at: 0, removed: 0, inserted: '«' }));
		expect(field.value).toBe('سدنیا');
		field.type('ل');
		expect(field.overwritten).toBe(before);
		expect(shared.text).toContain('دنیا');
		field.dispatchEvent(new Event('compositionend'));
		expect(field.value).toBe(shared.text);
		expect([...shared.text].sort()).toEqual([...'«سلدنیا'].sort());
	});

	test('its caret lands where its letters are', () => {
		const { field, shared } = bound('یک دو');
		field.setSelectionRange(2, 2);
		field.dispatchEvent(new Event('compositionstart'));
		shared.change(deltaOf({ at: 0, removed: 0, inserted: 'صفر ' }));
		field.type('م');
		expect(shared.text).toBe('صفر یکم دو');
		field.dispatchEvent(new Event('compositionend'));
		expect([field.value, field.selectionStart]).toEqual(['صفر یکم دو', 7]);
	});
});

type Step = ['type', number, string] | ['select', number, number] | ['other', number, number, string] | ['compose'] | ['done'];

test('whatever two people do, in the end the field shows the shared text and no typed letter was lost', () => {
	const step = fc.oneof(
		fc.tuple(fc.constant('type' as const), fc.nat(), fc.constantFrom('A', 'B', 'AB', '')),
		fc.tuple(fc.constant('select' as const), fc.nat(), fc.nat({ max: 3 })),
		fc.tuple(fc.constant('other' as const), fc.nat(), fc.nat({ max: 2 }), fc.constantFrom('x', 'yz', '')),
		fc.constant(['compose'] as ['compose']),
		fc.constant(['done'] as ['done'])
	) as fc.Arbitrary<Step>;
	fc.assert(
		fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
			const { field, shared } = bound('۱۲۳۴۵۶');
			let composing = false;
			for (const step of steps) {
				if (step[0] === 'type') field.type(step[2]);
				else if (step[0] === 'select') {
					const start = step[1] % (field.value.length + 1);
					field.setSelectionRange(start, Math.min(start + step[2], field.value.length));
				} else if (step[0] === 'other') {
					const at = step[1] % (shared.text.length + 1);
					// others take out only what is theirs or the template's, so that losses of own letters show
					const removed = /[AB]/.test(shared.text.slice(at, at + step[2])) ? 0 : Math.min(step[2], shared.text.length - at);
					shared.change(deltaOf({ at, removed, inserted: step[3] }));
				} else if (step[0] === 'compose') {
					composing = true;
					field.dispatchEvent(new Event('compositionstart'));
				} else {
					composing = false;
					field.dispatchEvent(new Event('compositionend'));
				}
				const own = (text: string) => text.replace(/[^AB]/g, '');
				expect(own(shared.text)).toBe(own(field.value));
				if (!composing) expect(field.value).toBe(shared.text);
			}
			if (composing) field.dispatchEvent(new Event('compositionend'));
			expect(field.value).toBe(shared.text);
		}),
		{ numRuns: 1_000 }
	);
});
