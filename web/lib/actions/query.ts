/** What a list of actions is asked with: the same in a page's address and in the API's. */
export const queryKeys = ['state', 'person', 'dueFrom', 'dueTo', 'text', 'sort', 'descending', 'count'] as const;

/** As it stands in an address. The API refuses what it does not know. */
export type Query = Partial<Record<(typeof queryKeys)[number], string>> & { sort?: Sort; descending?: 'true' | 'false' };
export type Sort = 'due' | 'changed' | 'what' | 'state' | 'place';

/** Takes from an address what belongs to the query, and leaves out what is empty. */
export const queryIn = (parameters: URLSearchParams): Query =>
	Object.fromEntries(
		queryKeys.flatMap((key) => {
			const value = parameters.get(key)?.trim();
			return value ? [[key, value]] : [];
		})
	) as Query;
