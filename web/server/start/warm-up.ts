import type { Database } from '#db/open.ts';

/**
 * Asks once, for nobody, what is asked for everybody who comes. What the embedded database does for the first time takes it
 * ten times as long, and whoever comes first after a start need not wait for that. Never rejects.
 */
export async function warmUp({ sessions, access, clientIds, documents }: Pick<Database, 'sessions' | 'access' | 'clientIds' | 'documents'>): Promise<void> {
	const nobody = { session: '', person: '' };
	await Promise.allSettled([sessions.find(''), access.document(nobody, ''), clientIds.claim('', []), documents.load('')]);
}
