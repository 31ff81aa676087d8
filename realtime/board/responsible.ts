import type { Id } from '#realtime/meeting/ids.ts';

/** Whoever something is given to, a person or an office, takes the place of the other. */
export const givenToOne = <Values extends { person?: Id | null; office?: string | null }>(values: Values): Values => ({
	...values,
	...(values.person != null ? { office: null } : values.office != null && { person: null })
});
