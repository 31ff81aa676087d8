import { currentLanguage } from '#lib/i18n/language.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Participant } from '#realtime/meeting/meetings.ts';
import { provinces } from '#realtime/meeting/provinces.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** As many as app.css has colours for. */
const colours = 12;

/** The class that gives a person their colour: the same on every screen and after every reload. */
export function colourOf(person: Id): string {
	let hash = 0;
	for (const letter of person) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
	return `person person-${hash % colours}`;
}

/** What stands in a person's circle: the first letters of two words, apart, since Persian letters would join. */
export function initialsOf(name: string): string {
	const all = name.split(/[\s\u200c]+/).filter(Boolean);
	// "Manager, Gilan office" is MG
	const named = all.filter((word) => !/^\p{Ll}/u.test(word));
	const words = named.length > 1 ? named : all;
	const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
	return letters.map((word) => [...word][0]).join('\u200c');
}

export const provinceName = ({ province }: Pick<Participant, 'province'>, language: Language): string | null =>
	province ? inLanguage(provinces[province], language) : null;

/** The province of somebody whose name does not say it already: it stands beside the name. */
export function provinceBeside(person: Pick<Participant, 'name' | 'province'>, language: Language): string | null {
	const province = provinceName(person, language);
	const words = (text: string) => ` ${text.replace(/[\s،,()]+/g, ' ').trim()} `;
	return province === null || words(inLanguage(person.name, language)).includes(words(province)) ? null : province;
}

/** How people are named in a list to choose from: who shares a name has their office and province beside it. */
export function namesOf(people: readonly (Pick<Participant, 'id' | 'name'> & Partial<Participant>)[], language: Language): Map<Id, string> {
	const bare = people.map(({ name }) => inLanguage(name, language));
	return new Map(
		people.map((person, at) => {
			const name = bare[at]!;
			if (bare.indexOf(name) === bare.lastIndexOf(name)) return [person.id, name];
			const { office = null, province = null } = person;
			const beside = [office && inLanguage(office, language), provinceName({ province }, language)];
			return [person.id, [name, ...beside.filter(Boolean)].join(' · ')];
		})
	);
}

/** The name of somebody who is in the meeting or was; who came by a link and has left is nobody's acquaintance. */
export const nameIn = (people: ReadonlyMap<Id, Pick<Participant, 'name'>>, person: Id, language: Language = currentLanguage()): string => {
	const known = people.get(person);
	return known ? inLanguage(known.name, language) : m.floor_somebody();
};

/** How many provinces the people of a list come from. */
export const provinceCount = (people: readonly Pick<Participant, 'province'>[]): number => new Set(people.flatMap(({ province }) => province ?? [])).size;
