type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

declare global {
	/** what was done before the page's scripts were there, by `static/early.js`, if that has come */
	var early:
		| {
				/** what was written and chosen, in the order in which it was */
				filled: Map<Field, { kind: 'input' | 'change'; value: string; checked: boolean }>;
				/** the button that was pressed last */
				pressed?: HTMLButtonElement;
				submitted?: SubmitEvent;
		  }
		| undefined;
}

/** The page's scripts are there: does again what was done before, as it stands by now. */
export function awake(): void {
	document.documentElement.dataset['alive'] = '';
	const { filled, pressed, submitted } = globalThis.early ?? {};
	globalThis.early = undefined;
	for (const [field, { kind, value, checked }] of filled ?? []) {
		if (field.value !== value) field.value = value;
		if (field instanceof HTMLInputElement) field.checked = checked;
		field.dispatchEvent(new Event('input', { bubbles: true }));
		if (kind === 'change') field.dispatchEvent(new Event('change', { bubbles: true }));
	}
	pressed?.click();
	const { target, submitter } = submitted ?? {};
	if (target instanceof HTMLFormElement && target.isConnected) target.requestSubmit(submitter?.isConnected ? submitter : null);
}
