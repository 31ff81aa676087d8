import { error } from '@sveltejs/kit';
import type { Answer } from './api.ts';

/** The value of a call that a page cannot do without; otherwise the error page, with the sentence for what happened. */
export function needed<Value>(answer: Answer<Value>): Value {
	if (answer.ok) return answer.value;
	error(answer.status, { message: answer.failure, code: answer.failure });
}
