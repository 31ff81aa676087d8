/**
 * What is chosen before the page's own scripts are there, so that they do not put back what the page came with; what is
 * typed stays by itself.
 */
addEventListener(
	'change',
	({ target }) => {
		if (document.documentElement.dataset.alive !== undefined || !(target instanceof HTMLSelectElement)) return;
		(globalThis.chosenEarly ??= new Map()).set(target, target.value);
	},
	true
);

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
