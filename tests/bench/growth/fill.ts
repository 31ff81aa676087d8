import { sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { reachOf } from '#realtime/board/replica.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { firstColumn, surfaceOf, type AgendaItem, type Meeting, type MeetingState } from '#realtime/meeting/meetings.ts';
import { provinces, type Province } from '#realtime/meeting/provinces.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import { hashPassword } from '#server/auth/passwords.ts';
import { historyRows } from '#db/projections/action-rows.ts';
import { projectedCards } from '#db/projections/factor-rows.ts';
import { writeGroupings } from '#db/projections/write-groupings.ts';
import type { Database } from '#db/open.ts';
import { decisions } from '#db/schema/decisions.ts';
import { clientIds, documents } from '#db/schema/documents.ts';
import { agendaItems, attendances, guests, meetingEvents, meetings } from '#db/schema/meetings.ts';
import { links, passwords, people } from '#db/schema/people.ts';
import { mandateItems, memberships, thinkTanks } from '#db/schema/think-tanks.ts';
import { ballots, voteBoxes, voters } from '#db/schema/votes.ts';
import { foundingCards, thinkTankDraft } from '#db/seed/templates.ts';
import { writeActions as insertActions, writeHistory } from '#db/stores/actions.ts';
import { writeAllFactors } from '#db/stores/factors.ts';
import { randomFrom, type Random } from '../../support/random.ts';
import { dayOf, decisionsOfEach, holdMeeting, type HeldMeeting } from './meetings.ts';
import { writeActions, writeBoard, type Hand, type Log, type PlannedAction } from './written.ts';

/** How much there is in an installation. All else follows: so many people, cards and rows of a log for each. */
export interface Size {
	thinkTanks: number;
	meetingsOfEach: number;
	/** pairs of boards that a meeting besides was held at, so that there are some to be opened */
	boardsBesides?: number;
}

/** Who asks in the bench, and for what. */
export interface Filled {
	/** of the first think tank; an administrator besides, and signs in with {@link password} */
	facilitator: Id;
	member: Id;
	memberName: string;
	thinkTank: Id;
	/** the live one, and its board */
	meeting: Id;
	swot: Id;
	/** of its finished meetings */
	boards: Id[];
	counts: Record<'people' | 'meetings' | 'cards' | 'rows', number>;
}

export const password = 'a long enough one';

const peopleOfEach = 100;
/** The numbers of those who ask: each is in the user name. */
export const administratorNumber = 0;
export const memberNumber = 50;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** who comes to a meeting, and who of them writes */
const attending = 30;
const writing = 12;
const actionsOfMeeting = 10;
const sessionsOfEach = 2;
const auditOfEach = 20;
/** rows of a statement */
const pageRows = 500;
/** The type `bytea[]` by its fixed number. */
const byteaArray = 1001;
const boards = { swot: { cards: 72, rows: 720 }, brainstorm: { cards: 48, rows: 460 } } as const;
/** of a live meeting's boards the rows so far, and those of them that a snapshot covers */
const snapshotOfLive = 400;

/** Fills an empty database. The same size gives the same rows, but for their times and for what the database draws. */
export async function fill(database: Database, size: Size): Promise<Filled> {
	const random = randomFrom(1);
	const filling = new Filling(database, random, Date.now());
	return filling.everything(size);
}

class Filling {
	readonly #database: Database;
	readonly #random: Random;
	readonly #now: number;
	readonly #clients = new Set<number>();
	readonly #counts = { people: 0, meetings: 0, cards: 0, rows: 0 };
	readonly #hash = hashPassword(password);

	constructor(database: Database, random: Random, now: number) {
		this.#database = database;
		this.#random = random;
		this.#now = now;
	}

	async everything({ thinkTanks, meetingsOfEach, boardsBesides = 0 }: Size): Promise<Filled> {
		// nothing of it is lost that could not be made again
		await this.#database.connection.run(({ sql }) => sql`set synchronous_commit = off`);
		let filled: Filled | null = null;
		for (let i = 0; i < thinkTanks; i++) {
			const { held, ...made } = await this.#thinkTank(i, meetingsOfEach, boardsBesides);
			const live = held.find(({ meeting }) => meeting.state === 'live')!.meeting;
			const boardsOf = ({ agenda }: Meeting) => agenda.filter(({ kind }) => surfaceOf[kind] === 'board').map(({ document }) => document);
			const finished = held.flatMap(({ meeting }) => (meeting.state === 'closed' ? boardsOf(meeting) : []));
			filled ??= { ...made, meeting: live.id, swot: boardsOf(live)[0]!, boards: finished, counts: this.#counts };
		}
		await this.#surroundings();
		// as it is looked after: by autovacuum, or by the embedded database itself
		await this.#database.connection.run(({ sql }) => sql`set statement_timeout = 0`);
		for (const { name } of await this.#database.connection.run(
			({ sql }) => sql<{ name: string }[]>`select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables`
		))
			await this.#database.connection.run(({ sql }) => sql.unsafe(`vacuum (analyze) ${name}`));
		return filled!;
	}

	async #thinkTank(index: number, count: number, boardsBesides: number) {
		const id = this.#random.id();
		const { mandate: asked, ...about } = thinkTankDraft('founding');
		const province = Object.keys(provinces)[index] as Province | undefined;
		const name = province ? { fa: `${about.name.fa} ${provinces[province].fa}`, en: `${about.name.en}, ${provinces[province].en}` } : about.name;
		const [createdAt, actions] = [this.#now - (count + 2) * 14 * dayMs, this.#random.id()];
		await this.#put(thinkTanks, [{ ...about, id, name, province: province ?? null, createdAt }]);
		const mandate = asked.map((text) => ({ id: this.#random.id(), text }));
		await this.#put(
			mandateItems,
			mandate.map((item, i) => ({ ...item, thinkTankId: id, position: i + 1 }))
		);
		const members = await this.#people(id, index, createdAt);
		const held: HeldMeeting[] = [];
		const planned: PlannedAction[] = [];
		const last = count + Math.sign(boardsBesides);
		for (let number = 1; number <= last; number++) {
			// the last two are to come, the one before is live
			const ahead = number - Math.max(1, count - 2);
			const besides = number > count;
			const state: MeetingState = besides ? 'closed' : ahead > 0 ? 'scheduled' : ahead === 0 ? 'live' : number % 20 === 7 ? 'cancelled' : 'closed';
			const from = this.#random.integer(0, members.length - attending);
			const one = holdMeeting(this.#random, {
				id: this.#random.id(),
				thinkTank: id,
				number,
				nextDecision: (number - 1) * decisionsOfEach + 1,
				state,
				startsAt: this.#now - hourMs + (besides ? -14 : ahead * 14) * dayMs,
				boards: besides ? boardsBesides : 0,
				mandate,
				people: members.slice(from, from + attending),
				entitled: members.length
			});
			await this.#meeting(one);
			planned.push(...(await this.#boards(one)));
			held.push(one);
		}
		await this.#actions({ id, actions, createdAt }, planned);
		return { thinkTank: id, facilitator: members[administratorNumber]!, member: members[memberNumber]!, memberName: userNameOf(memberNumber), held };
	}

	async #people(thinkTankId: Id, index: number, createdAt: number): Promise<Id[]> {
		const rows = Array.from({ length: peopleOfEach }, (_, i) => ({
			...personOf(this.#random, index * peopleOfEach + i),
			createdAt,
			administrator: index + i === 0
		}));
		await this.#put(people, rows);
		const hash = await this.#hash;
		await this.#put(
			passwords,
			rows.map(({ id: personId }) => ({ personId, hash }))
		);
		const roleOf = (i: number): MemberRole => (i < 2 ? 'facilitator' : i === 2 ? 'chair' : i % 10 === 3 ? 'observer' : 'member');
		await this.#put(
			memberships,
			rows.map(({ id: personId }, i) => ({ thinkTankId, personId, role: roleOf(i), since: createdAt }))
		);
		this.#counts.people += rows.length;
		return rows.map(({ id }) => id);
	}

	/** A meeting as it was kept, with who came and how they voted. */
	async #meeting({ meeting, events, came, ballots: cast }: HeldMeeting): Promise<void> {
		const { id: meetingId, thinkTank: thinkTankId, agenda, decisions: adopted, ...rest } = meeting;
		const createdAt = events[0]!.at;
		await this.#put(meetings, [{ id: meetingId, thinkTankId, ...rest, createdAt }]);
		await this.#put(
			documents,
			agenda.map(({ document, kind }) => ({ id: document, kind: surfaceOf[kind], thinkTankId, createdAt }))
		);
		await this.#put(
			agendaItems,
			agenda.map(({ owner: ownerId, mandate: mandateItemId, document: documentId, ...item }, i) => ({
				...{ ...item, meetingId, position: i + 1 },
				...{ ownerId, mandateItemId, documentId }
			}))
		);
		await this.#put(
			meetingEvents,
			events.map(({ event, at }, i) => ({ meetingId, version: i + 1, event, commandId: this.#random.id(), actorId: came[0] ?? null, at }))
		);
		const end = meeting.closedAt ?? this.#now;
		await this.#put(
			attendances,
			came.map((personId) => ({ meetingId, personId, cameAt: meeting.openedAt!, seenAt: end, role: 'member' as const }))
		);
		await this.#put(
			voteBoxes,
			meeting.votes.map((vote) => ({ id: vote.id, meetingId, vote, open: false }))
		);
		for (const { id: voteId } of meeting.votes) {
			await this.#put(
				voters,
				came.map((personId) => ({ voteId, personId, casts: [this.#random.id()] }))
			);
			await this.#put(
				ballots,
				cast.map((marks) => ({ voteId, key: this.#random.id(), marks }))
			);
		}
		await this.#put(
			decisions,
			adopted.map(
				({ item: itemId, document: documentId, wording: wordingId, card: cardId, person: personId, mandate: mandateItemId, at: adoptedAt, ...decision }) => ({
					...{ ...decision, thinkTankId, meetingId, itemId },
					...{ documentId, wordingId, cardId, personId, mandateItemId, adoptedAt }
				})
			)
		);
		if (came.length > 0) await this.#guest(meeting.id, came[0]!, createdAt);
		this.#counts.meetings++;
	}

	/** Somebody who came by the meeting's link. */
	async #guest(meetingId: Id, createdBy: Id, createdAt: number): Promise<void> {
		const person = personOf(this.#random, 0);
		await this.#put(people, [{ id: person.id, name: person.name, guest: true, createdAt }]);
		const link = { digest: this.#random.id(), id: this.#random.id(), purpose: 'guest' as const, expiresAt: createdAt + 30 * dayMs };
		await this.#put(links, [{ ...link, meetingId, createdBy, createdAt, used: 1 }]);
		await this.#put(guests, [
			{ meetingId, personId: person.id, linkDigest: link.digest, state: 'admitted' as const, askedAt: createdAt, decidedBy: createdBy }
		]);
	}

	/** The boards of a meeting that was opened, and the actions that were made of their cards. */
	async #boards({ meeting, came }: HeldMeeting): Promise<PlannedAction[]> {
		if (came.length === 0) return [];
		const planned: PlannedAction[] = [];
		const hands = await this.#hands(came.slice(0, writing));
		for (const item of meeting.agenda) {
			if (item.kind !== 'swot' && item.kind !== 'brainstorm') continue;
			const { cards, rows } = boards[item.kind];
			const isLive = meeting.state === 'live';
			const { replay, ...log } = writeBoard(this.#random, {
				...{ hands, cards, rows, from: meeting.openedAt!, snapshotAt: isLive ? snapshotOfLive : rows },
				columns: item.kind === 'swot' ? quadrants : [firstColumn.id],
				seed: item.kind === 'swot' ? seedBoard(foundingCards('fa')) : null
			});
			await this.#log(item.document, log);
			const written = projectedCards(replay.board()).cards;
			await this.#database.connection.run(({ orm }) => orm.execute(writeGroupings(item.document, replay.groupings)));
			await this.#database.connection.run(({ orm }) =>
				writeAllFactors(
					orm,
					item.document,
					log.rows.length,
					written.map((card) => ({ ...card, changedAt: replay.changedAt.get(card.cardId) ?? null }))
				)
			);
			replay.close();
			this.#counts.cards += written.length;
			planned.push(...this.#planned(meeting.id, item, meeting.openedAt!, hands, written.slice(0, actionsOfMeeting / 2)));
		}
		return planned;
	}

	#planned(meeting: Id, item: AgendaItem, at: number, hands: readonly Hand[], cards: readonly { cardId: Id; text: string }[]): PlannedAction[] {
		return cards.map(({ cardId, text }) => ({
			...{ hand: this.#random.pick(hands), id: this.#random.id(), at, what: text || '…', person: this.#random.pick(hands).person },
			...{ due: dayOf(at + 30 * dayMs), done: at < this.#now - 40 * dayMs, origin: { meeting, document: item.document, card: cardId, decision: null } }
		}));
	}

	async #actions({ id, actions, createdAt }: { id: Id; actions: Id; createdAt: number }, planned: readonly PlannedAction[]): Promise<void> {
		await this.#put(documents, [{ id: actions, kind: 'actions' as const, thinkTankId: id, createdAt }]);
		const { replay, ...log } = writeActions(planned, { from: createdAt, snapshot: true });
		await this.#log(actions, log);
		const whose = new Map(planned.map(({ hand }) => [hand.client, hand.person]));
		await this.#database.connection.run(({ orm }) => insertActions(orm, { id: actions, thinkTankId: id }, replay.rows()));
		await this.#database.connection.run(({ orm }) =>
			writeHistory(
				orm,
				actions,
				historyRows(replay.changes, (client) => whose.get(client) ?? null, new Map())
			)
		);
		replay.close();
	}

	/** Pages of people, each under a client id of its own. */
	async #hands(persons: readonly Id[]): Promise<Hand[]> {
		const hands = persons.map((person): Hand => {
			let client = 0;
			while (client === 0 || this.#clients.has(client)) client = this.#random.integer(2 ** 16, 2 ** 32 - 1);
			this.#clients.add(client);
			return { person, client };
		});
		await this.#put(
			clientIds,
			hands.map(({ person: personId, client: id }) => ({ id, personId }))
		);
		return hands;
	}

	/** A log as compaction leaves it: what its snapshot covers is in the archive. */
	async #log(document: Id, { rows, snapshot }: Log): Promise<void> {
		const covered = snapshot?.seq ?? 0;
		for (const [table, from, to] of [
			['document_archive', 0, covered],
			['document_updates', covered, rows.length]
		] as const) {
			const some = rows.slice(from, to);
			await this.#database.connection.run(
				({ sql }) => sql`
					insert into ${sql(table)} (document_id, seq, update, at, sum, reach)
					select ${document}, ${from}::bigint + nth, update, to_timestamp(ms / 1000.0), log_sum(${document}, ${from}::bigint + nth, update), reach
					from unnest(${sql.array(
						some.map(({ update }) => update),
						byteaArray
					)}, ${some.map(({ at }) => at)}::bigint[], ${sql.array(
						some.map(({ update }) => reachOf(update)),
						byteaArray
					)}) with ordinality as row (update, ms, reach, nth)`
			);
		}
		await this.#database.connection.run(
			({ sql }) => sql`update documents set last_seq = ${rows.length}, projected_seq = ${rows.length} where id = ${document}`
		);
		if (snapshot) await this.#database.documents.keepSnapshot(document, snapshot);
		this.#counts.rows += rows.length;
	}

	/** What comes with people over the years: sessions, invitations, and what was done in matters of access. */
	async #surroundings(): Promise<void> {
		const run = (statement: SQL) => this.#database.connection.run(({ orm }) => orm.execute(statement));
		await run(sql`
			insert into sessions (digest, person_id, expires_at, device, seen_at, created_at)
			select md5(id || nth) || md5(nth || id), id, clock_timestamp() + nth * interval '7 days', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0',
				clock_timestamp() - nth * interval '1 day', clock_timestamp() - nth * interval '9 days'
			from people, generate_series(1, ${sessionsOfEach}::int) as nth where not guest`);
		await run(sql`
			insert into links (digest, id, purpose, expires_at, used_at, used_by, uses_left, used, created_by, think_tank_id, role, created_at)
			select md5(p.id) || md5('link ' || p.id), translate(left(md5(p.id), 20), 'ilou', '0123'), 'invitation', p.created_at + interval '14 days', p.created_at, p.id, 0, 1,
				(select id from people where administrator limit 1), m.think_tank_id, m.role, p.created_at
			from people p join memberships m on m.person_id = p.id`);
		for (let nth = 1; nth <= auditOfEach; nth++) {
			await run(sql`
				insert into audit_entries (at, kind, actor_id, subject_id, think_tank_id, address, details)
				select p.created_at + (clock_timestamp() - p.created_at) * ${nth / (auditOfEach + 1)}::float8, case ${nth}::int when 1 then 'member.added' else 'signed-in' end, p.id, p.id,
					case ${nth}::int when 1 then m.think_tank_id end, '192.0.2.1', '{}'
				from people p join memberships m on m.person_id = p.id order by p.id`);
		}
	}

	/** Adds rows, in pages. */
	async #put<Table extends PgTable>(table: Table, rows: readonly Table['$inferInsert'][]): Promise<void> {
		for (let at = 0; at < rows.length; at += pageRows) {
			await this.#database.connection.run(({ orm }) => orm.insert(table).values(rows.slice(at, at + pageRows)));
		}
	}
}

const firstNames = ['زهرا', 'مریم', 'فاطمه', 'نرگس', 'لیلا', 'پروین', 'سارا', 'علی', 'رضا', 'حسین', 'مهدی', 'کاظم', 'یوسف', 'داریوش', 'بهرام', 'آرش'];
const lastNames = ['احمدی', 'کریمی', 'حسینی', 'رضایی', 'موسوی', 'یزدانی', 'کاویانی', 'شیرازی', 'تبریزی', 'گیلانی', 'پورمحمد', 'نیک‌نام', 'آذری', 'بهشتی'];
const offices = ['مدیر دفتر استانی', 'کارشناس تعاون', 'نمایندهٔ اتاق تعاون', 'مدیرعامل تعاونی', 'پژوهشگر'];

/** The person of this number. */
function personOf(random: Random, number: number) {
	const province = random.pick(Object.keys(provinces) as Province[]);
	return {
		id: random.id(),
		name: { fa: `${random.pick(firstNames)} ${random.pick(lastNames)}`, en: `Person ${number}` },
		office: { fa: `${random.pick(offices)}، ${provinces[province].fa}` },
		province,
		userName: userNameOf(number),
		mobile: `+98912${String(number).padStart(7, '0')}`
	};
}

export const userNameOf = (number: number): string => `person-${number}`;
