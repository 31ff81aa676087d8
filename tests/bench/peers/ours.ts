import { open, type Database } from '#db/open.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { protocolVersion } from '#realtime/protocol/version.ts';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Product } from '../../support/product.ts';
import { processorMs, residentMegabytes } from '../process.ts';
import { clientIdOf } from './client-ids.ts';
import { bytesIn } from './folders.ts';
import { populate } from './populate.ts';
import { emptyDatabase } from './postgres.ts';
import type { Running, Server } from './servers.ts';

/** between two commits that are measured alone, so that each begins in silence */
const commitGapMs = 5;

/** Ours: sign-in, gate, and every edit committed and synced to the disk before it is shown. `profiles`: where each process leaves what it spent its time on. */
export const ours = (database: 'embedded' | 'PostgreSQL', profiles: string | null): Server => ({
	name: database === 'embedded' ? 'Hamandish' : 'Hamandish on PostgreSQL',
	isOurs: true,
	keeps: true,
	async start(places): Promise<Running> {
		const external = database === 'PostgreSQL' ? await emptyDatabase() : null;
		const product = await Product.prepare([{ name: { en: 'Facilitator' }, role: 'facilitator' }], external ? { url: external.url } : {});
		const rooms = await populate(product.database, places);
		const bytes = () => external?.bytes() ?? bytesIn(product.database.dataDir);
		const bytesBefore = await bytes();
		const env = { LOG_LEVEL: 'error', ...(profiles !== null && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` }) };
		await product.start(env);
		return {
			seat(person, { room = 0, page = 0 } = {}) {
				const { document, people } = rooms[room]!;
				const { id, cookie } = people[person]!;
				const clientId = clientIdOf({ person, room, page });
				const stockUrl = `${product.boardsUrl.replace('localhost', '127.0.0.1')}/${document}`;
				return { url: `${stockUrl}?acks=1&v=${protocolVersion}&client=${clientId}`, stockUrl, headers: { cookie }, clientId, author: id, document: null };
			},
			spent: () => ({ server: processorMs(product.pid), database: external?.spentMs() ?? 0 }),
			residentMegabytes: () => residentMegabytes(product.pid),
			diskBytes: async () => (await bytes()) - bytesBefore,
			async kill() {
				await product.kill();
				await product.start(env);
			},
			async restart() {
				await product.stop();
				await product.start(env);
			},
			async commitMs(bytes, times) {
				await product.stop();
				const opened = await open(product.database);
				const took = await commits(opened, rooms[0]!.document, bytes, times);
				await opened.close();
				return took;
			},
			async remove() {
				// a process that is killed leaves no profile
				if (profiles !== null) await product.stop();
				await product.remove();
				await external?.drop();
			}
		};
	}
});

async function commits(database: Database, document: Id, bytes: number, times: number): Promise<number[]> {
	const took: number[] = [];
	for (let i = 0; i < times; i++) {
		const began = performance.now();
		await database.documents.append([{ document, update: new Uint8Array(randomBytes(bytes)) }]);
		took.push(performance.now() - began);
		await pause(commitGapMs);
	}
	return took;
}
