import { WebSocketServer } from 'ws';

/** The control of the keystroke bench, in a process of its own: a bare broadcast, which keeps nothing and merges nothing. */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
	socket.on('error', () => {});
	socket.on('message', (data) => {
		for (const other of server.clients) if (other !== socket && other.readyState === other.OPEN) other.send(data, { binary: true });
	});
});
server.on('listening', () => process.send!((server.address() as { port: number }).port));
