import { client, connectionWithin } from '#db/connection.ts';
import { reach, type OpenOptions } from '#db/open.ts';
import { createFounding } from '#db/seed/founding.ts';
import { personStore } from '#db/stores/people.ts';
import { sessionStore } from '#db/stores/sessions.ts';
import { thinkTankStore } from '#db/stores/think-tanks.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { openSessions } from '#server/auth/sessions.ts';
import { newId } from '#server/auth/tokens.ts';
import type { Places } from './servers.ts';

/** A board, and who is signed in to come to it. */
export interface Room {
	document: Id;
	people: { id: Id; cookie: string }[];
}

/** Makes a think tank with its people for each room: all in one transaction, since a thousand people are thousands of commits otherwise. */
export async function populate(database: OpenOptions, { rooms, peopleInRoom }: Places): Promise<Room[]> {
	const reached = await reach(database);
	const sql = client(reached.address, { max: 1 });
	const made: Room[] = [];
	await sql.begin(async (transaction) => {
		const connection = connectionWithin(sql, transaction);
		const [people, thinkTanks] = [personStore(connection), thinkTankStore(connection)];
		const sessions = openSessions({ sessions: sessionStore(connection) }, { origins: [] });
		for (let room = 0; room < rooms; room++) {
			const everybody: Room['people'] = [];
			for (let i = 0; i < peopleInRoom; i++) {
				const id = newId();
				await people.create({ id, name: { en: `Member ${i}` }, province: null, language: null, administrator: false });
				everybody.push({ id, cookie: (await sessions.signIn(id, false)).split(';')[0]! });
			}
			const { thinkTank, documents } = await createFounding({ connection }, { facilitator: everybody[0]!.id, language: 'fa', newId });
			for (const { id } of everybody.slice(1)) await thinkTanks.addMember(thinkTank, id, 'member');
			made.push({ document: documents.swot, people: everybody });
		}
	});
	await sql.end();
	await reached.close();
	return made;
}
