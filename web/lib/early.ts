declare global {
	/** what was submitted before the page's scripts were there, by `static/early.js` */
	var submittedEarly: SubmitEvent | undefined;
}

/** The page's scripts are there: submits what was waiting for them, as it stands by now. */
export function awake(): void {
	document.documentElement.dataset['alive'] = '';
	const { target, submitter } = globalThis.submittedEarly ?? {};
	globalThis.submittedEarly = undefined;
	if (target instanceof HTMLFormElement && target.isConnected) target.requestSubmit(submitter?.isConnected ? submitter : null);
}
