import type { Context } from 'hono';
import { note, type Noted } from '../audit.ts';
import type { SignedInEnv } from './context.ts';

/** Notes in the audit log what somebody has just done by this request. */
export const noteOf = <Env extends SignedInEnv>(context: Context<Env>, entry: Omit<Noted, 'actor' | 'address'>): Promise<void> => {
	const { services, person, address } = context.var;
	return note(services.database, { ...entry, actor: person.id, address });
};
