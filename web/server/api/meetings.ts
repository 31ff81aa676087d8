import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { may } from '#realtime/meeting/permissions.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import { id, idParameter, localText, meetingShape, participant } from './shapes.ts';

const meetingAnswer = z.object({
	meeting: meetingShape,
	thinkTank: z.object({ id, name: localText }),
	me: participant,
	archived: z.boolean(),
	/** may they write on its boards and notes now? */
	mayWrite: z.boolean()
});

/** One meeting, as whoever asks sees it. */
export const meetings = new Hono<Env>().get(
	'/meetings/:id',
	described('One meeting, as whoever asks sees it', { about: 'Meetings', answer: meetingAnswer, refusals: ['signed-out', 'not-found'] }),
	signedIn,
	validator('param', idParameter, otherwise('not-found')),
	async (context) => {
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
	}
);
