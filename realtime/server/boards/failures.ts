import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { StorageError } from '../ports.ts';
import { JobEnded } from '../workbench/workbench.ts';

/** What a page is told when this went wrong. It comes back after each of them, unless its edit takes too much. */
export function reasonOf(error: unknown): CloseReason {
	if (error instanceof StorageError) return error.full ? 'storage-full' : 'storage-unavailable';
	return error instanceof JobEnded && error.excess ? 'too-large' : 'restarting';
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
