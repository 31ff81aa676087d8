declare global {
	/** what was chosen before the page's scripts were there, by `static/early.js` */
	var chosenEarly: Map<HTMLSelectElement, string> | undefined;
	/** what was submitted before the page's scripts were there, by `static/early.js` */
	var submittedEarly: SubmitEvent | undefined;
}

/** The page's scripts are there: chooses again what was chosen before, and submits what was waiting for them, as it stands by now. */
export function awake(): void {
	document.documentElement.dataset['alive'] = '';
	for (const [select, value] of globalThis.chosenEarly ?? []) {
		select.value = value;
		select.dispatchEvent(new Event('change', { bubbles: true }));
	}
	globalThis.chosenEarly = undefined;
	const { target, submitter } = globalThis.submittedEarly ?? {};
	globalThis.submittedEarly = undefined;
	if (target instanceof HTMLFormElement && target.isConnected) target.requestSubmit(submitter?.isConnected ? submitter : null);
}
