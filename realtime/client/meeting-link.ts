import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Answer, ClientToServer, Present, ServerToClient } from '#realtime/protocol/control.ts';
import { io, type Socket } from 'socket.io-client';

/** One page's place in a meeting. */
export interface MeetingLink {
	leave(): void;
}

/**
 * Enters a meeting and stays in it, through lost connections, until `leave`. `changed` is called with who is
 * there, and with the meeting as it stands when it was entered anew; `ended` once, if the session ended.
 */
export function enterMeeting(options: {
	/** the server's origin, such as https://example.org; the page's own unless given */
	url?: string;
	meeting: Id;
	changed: (state: { present: Present; meeting?: Meeting }) => void;
	ended: () => void;
	/** for clients that are no browser: the session's cookie */
	cookie?: string;
}): MeetingLink {
	const { meeting, changed, ended } = options;
	const socket: Socket<ServerToClient, ClientToServer> = io(options.url ?? '', {
		path: '/socket.io',
		transports: ['websocket'],
		reconnectionDelayMax: 5_000,
		...(options.cookie === undefined ? {} : { extraHeaders: { cookie: options.cookie } })
	});
	socket.on('connect', () => {
		socket.emit('meeting.enter', { meeting }, (answer: Answer<'meeting.enter'>) => {
			if (answer.ok) changed(answer.value);
		});
	});
	socket.on('meeting.present', (message) => {
		if (message.meeting === meeting) changed({ present: message.present });
	});
	socket.on('signed-out', () => {
		socket.close();
		ended();
	});
	return { leave: () => void socket.close() };
}
