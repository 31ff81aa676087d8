import { invalidateAll } from '$app/navigation';
import type { Answer } from '#lib/api.ts';
import { failures } from '#lib/i18n/names.ts';
import { m } from '#lib/paraglide/messages.js';

/** Changes to a list that a page shows: one at a time, each with its sentence if it was refused. */
export class ListEdits {
	busy = $state(false);
	sentence = $state<string | null>(null);

	/** Makes a change and shows the list anew; false: it was refused. */
	async carryOut(call: Promise<Answer<unknown>>): Promise<boolean> {
		this.busy = true;
		const answer = await call;
		this.sentence = answer.ok ? null : answer.failure === 'malformed' ? m.tanks_form_malformed() : failures[answer.failure]();
		// a refusal mostly means that somebody has changed the list meanwhile
		await invalidateAll();
		this.busy = false;
		return answer.ok;
	}
}
