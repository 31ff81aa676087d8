import type { Doc } from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import { change } from './edits.ts';

/** What a person or an office answers for, as far as it is set as a whole. */
interface Values {
	person?: Id | null;
	office?: string | null;
}

/** Sets what is given of an action or a decision, as one edit. `keys`: what each value is called in the document. Whoever it is given to, a person or an office, takes the place of the other. */
export function changeGiven<Given extends Values>(doc: Doc, map: unknown, keys: Record<keyof Given, string>, values: Given): void {
	const other: Values = values.person != null ? { office: null } : values.office != null ? { person: null } : {};
	const given = Object.entries({ ...values, ...other }).filter(([, value]) => value !== undefined);
	change(doc, map, Object.fromEntries(given.map(([name, value]) => [keys[name as keyof Given], value])));
}
