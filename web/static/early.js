/**
 * What is done before the page's own scripts are there, as on a slow line, waits for them; `web/lib/early.ts` carries on.
 * The page would put back what was chosen, do nothing about a button, and be loaded anew by a form, with what was typed, a
 * password too, in its address.
 */
const early = (globalThis.early = /** @type {NonNullable<typeof globalThis.early>} */ ({ filled: new Map() }));
const asleep = () => document.documentElement.dataset.alive === undefined;

for (const kind of /** @type {const} */ (['input', 'change']))
	addEventListener(
		kind,
		({ target }) => {
			if (!asleep() || !(target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement)) return;
			// of a group of radio buttons the one that was chosen last comes last
			early.filled.delete(target);
			early.filled.set(target, { kind, value: target.value, checked: 'checked' in target && target.checked });
		},
		true
	);

addEventListener(
	'click',
	({ target }) => {
		const button = asleep() && target instanceof Element ? target.closest('button') : null;
		if (button?.type === 'button') early.pressed = button;
	},
	true
);

addEventListener(
	'submit',
	(event) => {
		if (!asleep()) return;
		event.preventDefault();
		event.stopImmediatePropagation();
		early.submitted = /** @type {SubmitEvent} */ (event);
	},
	true
);
