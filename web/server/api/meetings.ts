import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { may } from '#realtime/meeting/permissions.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { ApiError } from './errors.ts';
import { idParameter } from './shapes.ts';

/** One meeting, as whoever asks sees it. */
export const meetings = new Hono<Env>().get('/meetings/:id', signedIn, validator('param', idParameter, otherwise('not-found')), async (context) => {
	const { services, subject } = context.var;
	const found = await services.access.meeting(subject, context.req.valid('param').id);
	const thinkTank = found && (await services.database.thinkTanks.find(found.meeting.thinkTank));
	if (!found || !thinkTank) throw new ApiError('not-found');
	const { meeting, participant, archived } = found;
	return context.json({
		meeting,
		thinkTank: { id: thinkTank.id, name: thinkTank.name },
		me: participant,
		archived,
		mayWrite: may({ role: participant.role, administrator: false }, 'board.write', { state: meeting.state, archived, facilitated: false })
	});
});
