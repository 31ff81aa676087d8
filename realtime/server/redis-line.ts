import { createAdapter } from '@socket.io/redis-streams-adapter';
import { createClient, ErrorReply } from 'redis';
import { Server } from 'socket.io';
import { limits } from '#realtime/meeting/limits.ts';

/** What one process tells the others at once. */
export interface Packet {
	from: string;
	/** counts the packets of a process from 1, so that one that did not come is missed */
	nth: number;
	told: [topic: string, message: unknown][];
	/** it is the last one */
	bye: boolean;
}

/** One connection to Redis, from when it is there until it breaks; then there is a new one. */
export interface Line {
	/** Drops it while too much of what was sent has not been taken. */
	send(packet: Packet): void;
	/** Resolves when what was sent is taken, or will not be. */
	stop(): Promise<void>;
}

/** A client from which those of all lines are copied: making one takes a hundred times as long. It connects to nothing. */
export const clientOf = (url: string) =>
	createClient({ url, socket: { reconnectStrategy: false, connectTimeout: limits.busAnswerMs }, disableOfflineQueue: true });

/** Redis has not answered for too long. */
class NoAnswer extends Error {}

/** Rejects if there is no way to Redis. `broke` is called once, after which nothing is heard; `take` and `broke` do not throw. */
export async function openLine(
	copied: ReturnType<typeof clientOf>,
	channel: string,
	{ take, broke }: { take: (packet: Packet) => void; broke: (error: unknown) => void }
): Promise<Line> {
	const [publisher, subscriber] = [copied.duplicate(), copied.duplicate()];
	const broken = Promise.withResolvers<never>();
	broken.promise.catch(() => {});
	for (const client of [publisher, subscriber]) {
		// a client without one ends the process
		client.on('error', broken.reject);
		client.on('end', () => broken.reject(new Error('the connection ended')));
	}
	const answered = <Answer>(asked: Promise<Answer>): Promise<Answer> => {
		const timer = setTimeout(() => broken.reject(new NoAnswer()), limits.busAnswerMs);
		asked.catch(broken.reject).finally(() => clearTimeout(timer));
		return asked;
	};
	const subscribed = Promise.withResolvers<void>();
	let underWay = 0;
	const sending = new Set<Promise<unknown>>();

	/**
	 * What the adapter sees of Redis. It does not look after the promises that it is given, so none of these rejects; and
	 * it goes by publishing alone: of its stream, which would keep what nobody asks for any more, nothing ever comes.
	 */
	const client = {
		// by this it knows which library it has before it
		sSubscribe() {},
		duplicate: () => client,
		on() {},
		connect: async () => {},
		disconnect() {},
		xRead: () => new Promise(() => {}),
		subscribe(channels: string[], listener: (payload: Buffer) => void) {
			answered(subscriber.subscribe(channels, listener, true)).then(subscribed.resolve, () => {});
		},
		async publish(to: string, payload: Buffer) {
			if (underWay + payload.byteLength > limits.busUnderWayBytes) return;
			underWay += payload.byteLength;
			const sent = answered(publisher.publish(to, payload)).catch(() => {});
			sending.add(sent);
			await sent;
			sending.delete(sent);
			underWay -= payload.byteLength;
		}
	};

	let io: Server | null = null;
	let pings: ReturnType<typeof setInterval> | null = null;
	const end = () => {
		if (pings !== null) clearInterval(pings);
		io?.removeAllListeners();
		void io?.of('/').adapter.close();
		for (const client of [publisher, subscriber]) if (client.isOpen) client.destroy();
	};
	try {
		await Promise.race([Promise.all([answered(publisher.connect()), answered(subscriber.connect())]), broken.promise]);
		io = new Server({ adapter: createAdapter(client, { channelPrefix: channel }) });
		io.on('told', take);
		await Promise.race([subscribed.promise, broken.promise]);
	} catch (error) {
		end();
		throw error;
	}
	pings = setInterval(() => {
		for (const client of [publisher, subscriber]) answered(client.ping()).catch(() => {});
	}, limits.busBeatMs).unref();
	let stopped = false;
	broken.promise.catch((error: unknown) => {
		end();
		if (!stopped) broke(error);
	});
	return {
		send: (packet) => void io.serverSideEmit('told', packet),
		async stop() {
			stopped = true;
			await Promise.race([Promise.all(sending), broken.promise]).catch(() => {});
			end();
		}
	};
}

/** What the error of a line may say of itself in the log: no address. What Redis answers begins with a code, such as `WRONGPASS`. */
export const codeOf = (error: unknown): string => {
	if (!(error instanceof Error)) return 'unknown';
	const answered = error instanceof ErrorReply ? /^[A-Z]+/.exec(error.message)?.[0] : undefined;
	return answered ?? ('code' in error && typeof error.code === 'string' ? error.code : error.constructor.name);
};
