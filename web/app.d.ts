import type { ErrorCode } from '#server/api/errors.ts';
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
			/** why, if the API said so: the page has a sentence for each */
			code?: ErrorCode;
		}
	}
}
