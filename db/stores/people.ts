import { eq, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { Language, LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Queries } from '../connection.ts';
import { people, type Calendar, type TextSize, type Theme } from '../schema/people.ts';

export interface Person {
	id: Id;
	name: LocalText;
	office: LocalText | null;
	province: Province | null;
	/** null: as the browser asks */
	language: Language | null;
	theme: Theme;
	textSize: TextSize;
	/** null: the one of the language */
	calendar: Calendar | null;
	/** of the installation; opens no board by itself */
	administrator: boolean;
	/** came by a meeting's link, and has no account */
	guest: boolean;
	/** what they sign in by, folded; null: not given */
	userName: string | null;
	mobile: string | null;
	email: string | null;
}

export type NewPerson = Pick<Person, 'id' | 'name'> & Partial<Omit<Person, 'id' | 'name'>>;

/** What a person sets for themselves. */
export type Preferences = Partial<Pick<Person, 'language' | 'theme' | 'textSize' | 'calendar'>>;

export interface PersonStore {
	find(id: Id): Promise<Person | null>;
	create(person: NewPerson): Promise<void>;
	/** Changes what is given; the person as they are now, null if there is none. */
	change(id: Id, preferences: Preferences): Promise<Person | null>;
	hasAdministrator(): Promise<boolean>;
	/** who became an administrator first; null: nobody yet */
	firstAdministrator(): Promise<Person | null>;
}

/** The columns that make a {@link Person}. */
export const personColumns = {
	id: people.id,
	name: people.name,
	office: people.office,
	province: people.province,
	language: people.language,
	theme: people.theme,
	textSize: people.textSize,
	calendar: people.calendar,
	administrator: people.administrator,
	guest: people.guest,
	userName: people.userName,
	mobile: people.mobile,
	email: people.email
};

/** Adds a person, within whatever transaction this is. */
export const insertPerson = (queries: Queries, person: NewPerson) => queries.insert(people).values(person);

export function personStore(connection: Connection): PersonStore {
	const firstAdministrator = async () =>
		(
			await connection.run(({ orm }) =>
				orm.select(personColumns).from(people).where(eq(people.administrator, true)).orderBy(people.createdAt, people.id).limit(1)
			)
		)[0] ?? null;
	return {
		find: async (id) => (await connection.run(({ orm }) => orm.select(personColumns).from(people).where(eq(people.id, id))))[0] ?? null,
		create: async (person) => void (await connection.run(({ orm }) => insertPerson(orm, person))),
		async change(id, preferences) {
			// an update of nothing is no statement; this one always has something to set
			const [changed] = await connection.run(({ orm }) =>
				orm
					.update(people)
					.set({ administrator: sql`${people.administrator}`, ...preferences })
					.where(eq(people.id, id))
					.returning(personColumns)
			);
			return changed ?? null;
		},
		hasAdministrator: async () => (await firstAdministrator()) !== null,
		firstAdministrator
	};
}
