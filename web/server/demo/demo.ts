import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFounding } from '#db/seed/founding.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';
import type { App } from '../app.ts';
import { newId } from '../auth/tokens.ts';
import type { Settings } from '../config.ts';
import { addressesOf } from '../start/announce.ts';
import type { Options } from '../start/options.ts';
import { announceDemo } from './announce.ts';
import { takePart } from './bot.ts';
import { bots, visitors, type BotProvince, type Character } from './cast.ts';
import { ideas, type Theme } from './ideas.ts';
import { OneClickLinks } from './one-click-links.ts';
import { pause } from './pace.ts';

/** The demo: a database of its own that goes when it stops, with the founding meeting in it. */
export interface Demo {
	/** the given settings, on a database of the demo's own */
	readonly settings: Settings;
	/** Fills the empty database with the meeting and its people, and makes their one-click links. */
	furnish(opened: App, language: Language): Promise<Furnished>;
	/** Deletes the database, once it is closed. */
	remove(): Promise<void>;
}

/** A demo that visitors and bots can come to. */
export interface Furnished {
	/** Says where it is, and sends the bots in. */
	open(http: Server, options: Options): void;
	/** Sends the bots home. */
	close(): void;
}

/** A demo on a new temporary folder. Whatever database the settings name is left alone. */
export async function prepareDemo(settings: Settings): Promise<Demo> {
	const dataDir = await mkdtemp(join(tmpdir(), 'hamandish-demo-'));
	return {
		settings: { ...settings, dataDir, databaseUrl: null, redisUrl: null },
		furnish,
		remove: () => rm(dataDir, { recursive: true, force: true })
	};
}

async function furnish(opened: App, language: Language): Promise<Furnished> {
	const { people, thinkTanks } = opened.database;
	const enrol = async <Somebody extends Character>(character: Somebody): Promise<{ id: Id; character: Somebody }> => {
		const id = newId();
		await people.create({ id, name: character.name, office: character.office, province: character.province });
		return { id, character };
	};
	const [facilitator, ...others] = visitors;
	const first = await enrol(facilitator);
	const founding = await createFounding(opened.database, { facilitator: first.id, language, newId });
	const join = async <Somebody extends Character>(character: Somebody) => {
		const member = await enrol(character);
		await thinkTanks.addMember(founding.thinkTank, member.id, character.role);
		return member;
	};
	const guests = [first];
	for (const character of others) guests.push(await join(character));
	const players: { id: Id; character: { province: BotProvince } }[] = [];
	for (const character of bots) players.push(await join(character));

	const links = new OneClickLinks(`/meetings/${founding.meeting}/${founding.activities.swot}`);
	const signIns = guests.map(({ id, character }) => ({ id, character, token: links.add(id) }));
	opened.oneClickLinks = links;
	const leaving = new AbortController();

	return {
		open(http, { json, bots: wanted }) {
			const { origins } = opened.settings;
			const { local, network } = addressesOf(http, origins);
			// with configured origins, a page from anywhere else counts as foreign
			const visited = origins[0] ?? local;
			announceDemo({
				url: local,
				network,
				onPhone: visited === local && network !== local ? network : null,
				people: signIns.map(({ id, character: { name, role, province }, token }) => ({
					id,
					name: inLanguage(name, language),
					role,
					province,
					signIn: `${visited}/api/demo/enter/${token}`
				})),
				thinkTank: founding.thinkTank,
				meeting: founding.meeting,
				documents: founding.documents,
				json
			});
			if (!wanted) return;
			// each open board listens for the end of the process, and a dozen of them are meant
			process.setMaxListeners(process.getMaxListeners() + players.length);
			const themed = new Map<Theme, Id[]>();
			const arrive = async () => {
				for (const { id, character } of players) {
					await pause('arriving', leaving.signal);
					// the name for https is accepted everywhere
					const [cookie = ''] = (await opened.sessions.signIn(id, true)).split(';');
					const [clientId = 0] = await opened.database.clientIds.lease(id, 1);
					const seat = { origin: local, meeting: founding.meeting, board: founding.documents.swot, person: id, cookie, clientId, language, themed };
					takePart({ ...seat, ideas: ideas[character.province] }, leaving.signal).catch(gone);
				}
			};
			arrive().catch(gone);
		},
		close: () => leaving.abort()
	};

	function gone(error: unknown): void {
		if (!leaving.signal.aborted) opened.log.warn({ error }, 'a bot left the demo');
	}
}
