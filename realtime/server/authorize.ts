import type { DocumentKind } from '#realtime/board/schema.ts';
import { may, type Action } from '#realtime/meeting/permissions.ts';
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

/** What it takes to see and to write a document of each kind; null: nothing makes such documents yet, and nobody is let into one. */
const actionsOn: Record<DocumentKind, { see: Action; write: Action } | null> = {
	board: { see: 'meeting.see', write: 'board.write' },
	notes: { see: 'meeting.see', write: 'board.write' },
	actions: { see: 'actions.see', write: 'actions.write' },
	minutes: null,
	// whose they are not, for them there is no such document
	drafts: { see: 'meeting.see', write: 'drafts.write' }
};

/** An administrator's rights do not reach into documents. */
function mayOn({ kind, participant, situation }: Pick<Grant, 'kind' | 'participant' | 'situation'>, what: 'see' | 'write'): boolean {
	const action = actionsOn[kind]?.[what];
	return action !== undefined && may({ role: participant.role, administrator: false }, action, { ...situation, facilitated: false });
}

export const maySee = (grant: Grant): boolean => mayOn(grant, 'see');

/** May they change everybody's actions, and not only their own and nobody's? */
export const mayWriteAll = ({ participant, situation }: Grant): boolean =>
	may({ role: participant.role, administrator: false }, 'actions.write-all', { ...situation, facilitated: false });

/** May they word decisions, and not only write what else is in the document? */
export const mayWord = ({ participant, situation }: Grant): boolean =>
	may({ role: participant.role, administrator: false }, 'decisions.word', { ...situation, facilitated: false });

/** As it would be, had the meeting not been closed, and its activity not gone on to a step at which they do not write. */
function inTime(grant: Grant): Grant {
	const { state, archived, step } = grant.situation;
	return { ...grant, situation: { archived, state: state === 'closed' ? 'live' : state, step: step && { see: true, edit: true } } };
}

/** `late`: they might, had it come in time. */
export function mayWrite(grant: Grant): boolean | 'late' {
	if (mayOn(grant, 'write')) return true;
	return mayOn(inTime(grant), 'write') ? 'late' : false;
}

/** Might they word decisions, had what they word come in time? */
export const mightWord = (grant: Grant): boolean => mayWord(inTime(grant));
