/** What a list of actions is asked with: the same in a page's address and in the API's. */
export const queryKeys = ['state', 'person', 'dueFrom', 'dueTo', 'text', 'sort', 'descending', 'count'] as const;
export type Query = Partial<Record<(typeof queryKeys)[number], string>>;

/** Takes from an address what belongs to the query, and leaves out what is empty. */
export const queryIn = (parameters: URLSearchParams): Query =>
	Object.fromEntries(
		queryKeys.flatMap((key) => {
			const value = parameters.get(key)?.trim();
			return value ? [[key, value]] : [];
		})
	);
