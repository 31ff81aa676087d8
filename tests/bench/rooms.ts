import { open } from '#db/open.ts';
import { createFounding } from '#db/seed/founding.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { cardTextOf } from '#realtime/board/read.ts';
import { stateOf } from '#realtime/board/replica.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { messageTypes, step1Frame } from '#realtime/protocol/frames.ts';
import { protocolVersion } from '#realtime/protocol/version.ts';
import { openSessions } from '#server/auth/sessions.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type Somebody } from '../support/product.ts';
import { sameThread } from '../support/same-thread.ts';
import { storedDoc } from '../support/stored.ts';
import { median, ms, p50p99, print } from './figures.ts';
import { processorMs, residentMegabytes } from './process.ts';

const rooms = 200;
const peopleInRoom = 8;
/** a person has no more sockets than this */
const roomsOfPerson = limits.socketsPerPerson;
const letterMs = 2_000;
const seconds = 30;

interface Seat {
	person: Somebody;
	document: Id;
}

/** Two hundred boards at a time, with eight people on each who type a letter every two seconds, next to one such board. */
export async function benchRooms(): Promise<void> {
	const product = await Product.prepare([{ name: { en: 'Facilitator' }, role: 'facilitator' }]);
	const seats = await makeRooms(product);
	await product.start({ LOG_LEVEL: 'error' });
	const one = await write(product, seats.slice(0, 1));
	const all = await write(product, seats);
	print(`keystroke to another page, ${rooms} rooms × ${peopleInRoom}`, p50p99(all.samples), `one room: ${p50p99(one.samples)}`);
	print('  processor', `${all.cores.toFixed(2)} cores`, `one room: ${one.cores.toFixed(2)} cores`);
	print('  memory (RSS)', `${all.megabytes} MB`, `one room: ${one.megabytes} MB`);
	// each room ends by writing down what it has
	while ((await product.figures()).get('hamandish_rooms') !== 0) await pause(500);
	print('  memory (RSS), everybody gone and all rooms out of memory', `${residentMegabytes(product.pid)} MB`);
	await product.remove();
}

/** A think tank for each room, and people who are in as many of them as they may have open. */
async function makeRooms(product: Product): Promise<Seat[][]> {
	const database = await open(product.database);
	const sessions = openSessions(database, { origins: [] });
	const seats: Seat[][] = [];
	let people: Somebody[] = [];
	for (let room = 0; room < rooms; room++) {
		if (room % roomsOfPerson === 0) {
			people = [];
			for (let i = 0; i < peopleInRoom; i++) {
				const id = newId();
				const name = { en: `Member ${room + i}` };
				await database.people.create({ id, name, province: null, language: null, administrator: false });
				people.push({ id, name, role: 'member', province: null, cookie: (await sessions.signIn(id, false)).split(';')[0]! });
			}
		}
		const { thinkTank, documents } = await createFounding(database, { facilitator: people[0]!.id, language: 'fa', newId });
		for (const { id, role } of people.slice(1)) await database.thinkTanks.addMember(thinkTank, id, role);
		seats.push(people.map((person) => ({ person, document: documents.swot })));
	}
	await database.close();
	return seats;
}

/** Everybody types; a neighbour's page says when a letter is there. */
async function write(product: Product, seats: Seat[][]): Promise<{ samples: number[]; cores: number; megabytes: number }> {
	const samples: number[] = [];
	const pages: BoardLink[] = [];
	const typists: (() => void)[] = [];
	for (const room of seats) {
		const links = await Promise.all(room.map(({ person, document }) => openPage(product, person, document)));
		await Promise.all(links.map((link) => untilStatus(link, saved)));
		pages.push(...links);
		const cards = links.map(({ doc }, i) => {
			const id = newId();
			createCard(doc, { id, author: room[i]!.person.id, createdAt: 1, column: 'strengths', group: null, before: null });
			return id;
		});
		while (links.some(({ doc }) => cards.some((card) => !cardTextOf(doc, card)))) await pause(5);
		const typedAt = links.map(() => 0);
		links.forEach(({ doc }, i) => {
			cardTextOf(links[(i + 1) % links.length]!.doc, cards[i]!)!.observe(() => samples.push(performance.now() - typedAt[i]!));
			typists.push(() => {
				typedAt[i] = performance.now();
				splice(doc, { card: cards[i]! }, { at: 0, removed: 0, inserted: 'ا' });
			});
		});
	}
	const began = { at: performance.now(), processorMs: processorMs(product.pid) };
	// spread evenly over the time between two letters of one person
	const timers = typists.map((type, i) => setTimeout(() => (type(), timers.push(setInterval(type, letterMs))), (i / typists.length) * letterMs));
	await pause(seconds * 1_000);
	for (const timer of timers) clearInterval(timer);
	const cores = (processorMs(product.pid) - began.processorMs) / (performance.now() - began.at);
	await Promise.all(pages.map((page) => untilStatus(page, saved)));
	const megabytes = residentMegabytes(product.pid);
	for (const page of pages) page.close();
	return { samples, cores, megabytes };
}

const edits = 100_000;
const openings = 5;

/** A large document that nobody has open: what is stored goes to a page of ours at once; a stock provider waits until it is made. */
export async function benchColdOpening(): Promise<void> {
	const product = await Product.prepare([{ name: { en: 'Facilitator' }, role: 'facilitator' }]);
	const { swot } = product.founding.documents;
	const database = await open(product.database);
	const doc = await storedDoc(database, swot);
	const before = Y.encodeStateVector(doc);
	doc.clientID = (await database.clientIds.lease(product.people[0]!.id, 1))[0]!;
	typeLong(doc, product.people[0]!.id);
	const [row] = await database.documents.append([{ document: swot, update: stateOf(doc, before) }]);
	const state = stateOf(doc);
	await database.documents.keepSnapshot(swot, { seq: row!.seq, ...(await sameThread.do('compact', { log: [state], held: state }))! });
	await database.close();
	const times = { ours: [] as number[], stock: [] as number[] };
	for (let i = 0; i < openings; i++) {
		for (const [who, query] of [
			['ours', `acks=1&v=${protocolVersion}`],
			['stock', '']
		] as const) {
			await product.start({ LOG_LEVEL: 'error' });
			times[who].push(await untilContent(`${product.boardsUrl}/${swot}?${query}`, product.people[0]!.cookie, state.byteLength / 2));
			await product.stop();
		}
	}
	print(
		`cold opening, ${edits.toLocaleString('en')} edits, ${Math.round(state.byteLength / 1024)} KB`,
		`median ${ms(median(times.ours))}`,
		`made first: ${ms(median(times.stock))}`
	);
	await product.remove();
}

/** Cards of a thousand letters, each letter an edit of its own and out of order, so that Yjs keeps each apart. */
function typeLong(doc: Y.Doc, author: Id): void {
	for (let written = 0; written < edits;) {
		const card = newId();
		createCard(doc, { id: card, author, createdAt: 1, column: 'strengths', group: null, before: null });
		for (let i = 0; i < 1_000 && written < edits; i++, written++) splice(doc, { card }, { at: 0, removed: 0, inserted: 'ا' });
	}
}

/** Milliseconds from opening a socket until this many bytes of content are here. */
function untilContent(url: string, cookie: string, bytes: number): Promise<number> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(url, { headers: { cookie } });
		const began = performance.now();
		let taken = 0;
		socket.on('open', () => socket.send(step1Frame(Uint8Array.of(0))));
		socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
		socket.on('message', (data: Buffer) => {
			if (data[0] === messageTypes.sync && data[1] !== 0) taken += data.byteLength;
			if (taken < bytes) return;
			resolve(performance.now() - began);
			socket.terminate();
		});
	});
}
