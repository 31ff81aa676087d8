/**
 * What is submitted before the page's own scripts are there waits for them, as on a slow line: the browser would load the
 * page anew, with what was typed, a password too, in its address. `web/lib/early.ts` carries on.
 */
addEventListener(
	'submit',
	(event) => {
		if (document.documentElement.dataset.alive !== undefined) return;
		event.preventDefault();
		event.stopImmediatePropagation();
		globalThis.submittedEarly = /** @type {SubmitEvent} */ (event);
	},
	true
);
