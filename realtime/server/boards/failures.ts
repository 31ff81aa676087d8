import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { StorageError } from '../ports.ts';

/** What a page is told when this went wrong. It comes back after each of them. */
export const reasonOf = (error: unknown): CloseReason => (error instanceof StorageError ? (error.full ? 'storage-full' : 'storage-unavailable') : 'restarting');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
