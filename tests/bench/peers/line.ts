import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** A message that is larger comes in several reads. One for all lines of a thread: what is read is handed on, or copied, before the next read. */
const readBytes = 64 * 1024;
const shared = Buffer.allocUnsafeSlow(readBytes);

/** Servers want to be answered to their pings; to be told without having asked is as good (RFC 6455, 5.5.3), and costs no reading. */
const pongEveryMs = 10_000;

const mask = randomBytes(4);
const finalFrame = 0x80;
const opcodes = { binary: 0x2, close: 0x8, pong: 0xa } as const;

interface Frame {
	opcode: number;
	payload: Buffer;
	/** where the next one begins */
	end: number;
}

/**
 * The client's end of a WebSocket, as thin as can be: what nobody listens to is thrown away where it is read, without
 * being looked at, so that hundreds of these cost less than the server that fills them.
 */
export class Line {
	/** Messages go here, each a view that is good until the call returns. */
	#listener: ((message: Buffer) => void) | null;
	readonly #socket: Socket;
	/** what has come of a message, until this much is there */
	#parts: Buffer[] = [];
	#partBytes = 0;
	#wantedBytes = 0;
	readonly #pongs: NodeJS.Timeout;
	/** Resolves when the server has taken the line; rejects with its answer if it has not. */
	readonly opened: Promise<void>;
	/** Resolves, when the line is closed, with why. */
	readonly closed: Promise<string>;
	#isOpen = false;

	readonly #opens = Promise.withResolvers<void>();
	readonly #closes = Promise.withResolvers<string>();

	/** Messages may come before whoever awaits `opened` goes on. */
	constructor(address: string, headers: Record<string, string>, listener: (message: Buffer) => void) {
		const url = new URL(address);
		this.#listener = listener;
		this.opened = this.#opens.promise;
		this.closed = this.#closes.promise;
		const callback = (bytes: number) => {
			if (this.#listener) this.#read(shared.subarray(0, bytes));
			return true;
		};
		this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true, onread: { buffer: shared, callback } });
		this.#socket.on('error', () => {});
		this.#socket.on('close', () => this.#close('the connection was cut'));
		this.#pongs = setInterval(() => this.#write(opcodes.pong, new Uint8Array()), pongEveryMs);
		const asked = {
			...headers,
			Host: url.host,
			Connection: 'Upgrade',
			Upgrade: 'websocket',
			'Sec-WebSocket-Version': '13',
			'Sec-WebSocket-Key': randomBytes(16).toString('base64')
		};
		const lines = Object.entries(asked).map(([name, value]) => `${name}: ${value}`);
		this.#socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
	}

	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** what has come over the line so far, its opening included */
	get bytesRead(): number {
		return this.#socket.bytesRead;
	}

	send(message: Uint8Array): void {
		this.#write(opcodes.binary, message);
	}

	/** Nobody listens any more, for good. */
	deafen(): void {
		this.#listener = null;
		this.#parts = [];
	}

	/** Nothing is read any more: what the server sends piles up at its end. */
	pause(): void {
		this.#socket.pause();
	}

	/** Cuts it. */
	cut(): void {
		this.#socket.destroy();
	}

	#close(because: string): void {
		clearInterval(this.#pongs);
		this.#isOpen = false;
		this.#socket.destroy();
		this.#closes.resolve(because);
		this.#opens.reject(new Error(because));
	}

	#write(opcode: number, payload: Uint8Array): void {
		if (!this.#isOpen) return;
		const length = payload.byteLength;
		const [code, lengthBytes] = length < 126 ? [length, 0] : length < 65_536 ? [126, 2] : [127, 8];
		const head = 2 + lengthBytes + mask.byteLength;
		const frame = Buffer.allocUnsafe(head + length);
		frame[0] = finalFrame | opcode;
		frame[1] = 0x80 | code;
		if (lengthBytes === 2) frame.writeUInt16BE(length, 2);
		if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2);
		mask.copy(frame, 2 + lengthBytes);
		for (let at = 0; at < length; at++) frame[head + at] = payload[at]! ^ mask[at & 3]!;
		this.#socket.write(frame);
	}

	#read(chunk: Buffer): void {
		let data = chunk;
		if (this.#parts.length > 0) {
			this.#parts.push(Buffer.from(chunk));
			this.#partBytes += chunk.byteLength;
			if (this.#partBytes < this.#wantedBytes) return;
			data = Buffer.concat(this.#parts);
			this.#parts = [];
		}
		let at = this.#isOpen ? 0 : this.#begin(data);
		while (this.#isOpen && this.#listener && at < data.byteLength) {
			const frame = frameAt(data, at);
			if (typeof frame === 'number') return this.#keep(data.subarray(at), frame);
			at = frame.end;
			if (frame.opcode === opcodes.binary) this.#listener(frame.payload);
			else if (frame.opcode === opcodes.close) this.#close(`closed with ${frame.payload.byteLength < 2 ? 'no code' : frame.payload.readUInt16BE(0)}`);
		}
	}

	/** Reads the answer to the opening; answers where frames begin. */
	#begin(data: Buffer): number {
		const end = data.indexOf('\r\n\r\n');
		if (end < 0) {
			this.#keep(data, data.byteLength + 1);
			return 0;
		}
		const [status = ''] = data.toString('latin1', 0, end).split('\r\n');
		if (!status.includes(' 101 ')) this.#close(`refused: ${status}`);
		else {
			this.#isOpen = true;
			this.#opens.resolve();
		}
		return end + 4;
	}

	/** What is there of a message whose rest is to come. */
	#keep(part: Buffer, wantedBytes: number): void {
		this.#parts = [Buffer.from(part)];
		this.#partBytes = part.byteLength;
		this.#wantedBytes = wantedBytes;
	}
}

/** Answers how many bytes it takes, as far as can be told, if not all of it is there. */
function frameAt(data: Buffer, at: number): Frame | number {
	const there = data.byteLength - at;
	if (there < 2) return 2;
	if ((data[at]! & finalFrame) === 0) throw new Error('a message in pieces, which none of these servers sends');
	const code = data[at + 1]!;
	const head = code < 126 ? 2 : code === 126 ? 4 : 10;
	if (there < head) return head;
	const length = code < 126 ? code : code === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
	if (there < head + length) return head + length;
	return { opcode: data[at]! & 0x0f, payload: data.subarray(at + head, at + head + length), end: at + head + length };
}
