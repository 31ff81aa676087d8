import { may, type Action, type Situation } from '#realtime/meeting/permissions.ts';
import type { Access, Grant, Standing, Subject, Thing } from './ports.ts';

/** Who may do what: pages, API, meeting sockets and documents all ask here. */

/** What one has to be able to see of a thing, before a denial may differ from its absence. */
const seeing = (thing: Thing): Action => ('thinkTank' in thing ? 'think-tank.see' : 'meeting.see');

/**
 * What the subject is to the thing, if they may do this to it. `not-found`: there is no such thing, or they may
 * not know; the two look alike. `facilitated`: is somebody conducting the meeting at the moment?
 */
export async function authorize(
	access: Pick<Access, 'standing'>,
	subject: Subject,
	action: Action,
	thing: Thing,
	facilitated = false
): Promise<Standing | 'not-found' | 'not-allowed'> {
	const standing = await access.standing(subject, thing);
	if (!standing) return 'not-found';
	const situation = { ...standing.situation, facilitated };
	if (may(standing.rights, action, situation)) return standing;
	return may(standing.rights, seeing(thing), situation) ? 'not-allowed' : 'not-found';
}

/** Actions belong to the think tank, everything else to its meeting. */
const actionsOn = (grant: Grant): { see: Action; write: Action } =>
	grant.kind === 'actions' ? { see: 'actions.see', write: 'actions.write' } : { see: 'meeting.see', write: 'board.write' };

/** An administrator's rights do not reach into documents. */
const mayOn = (grant: Grant, action: Action, situation: Situation) => may({ role: grant.participant.role, administrator: false }, action, situation);

const situationOf = (grant: Grant): Situation => ({ ...grant.situation, facilitated: false });

export const maySee = (grant: Grant): boolean => mayOn(grant, actionsOn(grant).see, situationOf(grant));

/** `closed`: they might, had the meeting not been closed. */
export function mayWrite(grant: Grant): boolean | 'closed' {
	const { write } = actionsOn(grant);
	if (mayOn(grant, write, situationOf(grant))) return true;
	return grant.situation.state === 'closed' && mayOn(grant, write, { ...situationOf(grant), state: 'live' }) ? 'closed' : false;
}
