import { expect, test } from 'vitest';
import { addressFrom, linkNameOf, safeAddress } from '#lib/board/evidence.ts';

test('only http and https lead anywhere', () => {
	expect(safeAddress('https://rc.majlis.ir/fa/law')).toBe('https://rc.majlis.ir/fa/law');
	for (const address of [
		'javascript:alert(1)',
		' JavaScript:alert(1)',
		'data:text/html,x',
		'vbscript:x',
		'file:///etc/passwd',
		'blob:https://a/b',
		'//example.org',
		'rc.majlis.ir',
		'',
		'https://'
	]) {
		expect(safeAddress(address)).toBeNull();
	}
});

test('a person may leave out the scheme', () => {
	expect(addressFrom(' rc.majlis.ir/fa ')).toBe('https://rc.majlis.ir/fa');
	expect(addressFrom('example.org:8080/x')).toBe('https://example.org:8080/x');
	expect(addressFrom('http://example.org')).toBe('http://example.org/');
	for (const input of ['javascript:alert(1)', 'قانون تعاون', 'law', '', `https://example.org/${'a'.repeat(2_000)}`]) expect(addressFrom(input)).toBeNull();
});

test('a link is called by its title, else by its host', () => {
	expect(linkNameOf({ url: 'https://rc.majlis.ir/fa', title: 'متن قانون' })).toBe('متن قانون');
	expect(linkNameOf({ url: 'https://rc.majlis.ir/fa', title: '' })).toBe('rc.majlis.ir');
});
