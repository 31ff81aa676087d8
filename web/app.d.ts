import type { Failure } from '#lib/api.ts';
import type { SignedIn } from '#server/auth/sessions.ts';

declare global {
	namespace App {
		interface Locals {
			/** who asks; null: nobody is signed in */
			person: SignedIn | null;
		}
		interface Error {
			status: number;
			message: string;
			/** why, if it is known: the error page has a sentence for each */
			code?: Failure;
		}
	}
}
