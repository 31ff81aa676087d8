import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Queries } from '../connection.ts';
import { mandateItems, thinkTanks } from '../schema/think-tanks.ts';

/** A point of what a think tank was asked to do. */
export interface MandateItem {
	id: Id;
	text: LocalText;
	/** how far it is done, in percent */
	progress: number;
}

/** The mandates of think tanks. An item that is another think tank's, or was taken off its list, is no such item. */
export interface MandateStore {
	/** in order, without what was taken off */
	of(thinkTank: Id): Promise<MandateItem[]>;
	/** Puts an item at the end. */
	add(thinkTank: Id, item: Pick<MandateItem, 'id' | 'text'>): Promise<'added' | 'mandate-full'>;
	/** Changes what is given. `before`: puts it before another item, null: at the end. False: no such item. */
	change(thinkTank: Id, item: Id, changes: { text?: LocalText; progress?: number; before?: Id | null }): Promise<boolean>;
	/** Takes an item off the list; meetings that cited it still do. False: no such item. */
	remove(thinkTank: Id, item: Id): Promise<boolean>;
}

/** Whoever changes a think tank's lists waits here for whoever does so at the moment. */
export const lockThinkTank = (queries: Queries, thinkTank: Id) =>
	queries.select({ id: thinkTanks.id }).from(thinkTanks).where(eq(thinkTanks.id, thinkTank)).for('update');

export function mandateStore(connection: Connection): MandateStore {
	const listed = (thinkTank: Id) => and(eq(mandateItems.thinkTankId, thinkTank), isNull(mandateItems.removedAt));
	const itemOf = (thinkTank: Id, item: Id) => and(listed(thinkTank), eq(mandateItems.id, item));
	const inOrder = (queries: Queries, thinkTank: Id) =>
		queries
			.select({ id: mandateItems.id, text: mandateItems.text, progress: mandateItems.progress, position: mandateItems.position })
			.from(mandateItems)
			.where(listed(thinkTank))
			.orderBy(asc(mandateItems.position), asc(mandateItems.id));
	return {
		of: async (thinkTank) => (await connection.run(({ orm }) => inOrder(orm, thinkTank))).map(({ position: _, ...item }) => item),

		add: (thinkTank, { id, text }) =>
			connection.transaction(async (queries) => {
				await lockThinkTank(queries, thinkTank);
				const all = await inOrder(queries, thinkTank);
				if (all.length >= limits.mandateItems) return 'mandate-full';
				await queries.insert(mandateItems).values({ id, thinkTankId: thinkTank, position: (all.at(-1)?.position ?? 0) + 1, text });
				return 'added';
			}),

		change: (thinkTank, item, { before, ...changes }) =>
			connection.transaction(async (queries) => {
				await lockThinkTank(queries, thinkTank);
				const all = await inOrder(queries, thinkTank);
				if (!all.some(({ id }) => id === item) || (before && !all.some(({ id }) => id === before))) return false;
				if (Object.keys(changes).length > 0) await queries.update(mandateItems).set(changes).where(itemOf(thinkTank, item));
				if (before === undefined || before === item) return true;
				const others = all.map(({ id }) => id).filter((id) => id !== item);
				const order = others.toSpliced(before === null ? others.length : others.indexOf(before), 0, item);
				await queries.execute(sql`
					update mandate_items set position = moved.position
					from (select id, row_number() over () as position from jsonb_array_elements_text(${JSON.stringify(order)}::jsonb) as listed (id)) moved
					where mandate_items.id = moved.id and mandate_items.think_tank_id = ${thinkTank}`);
				return true;
			}),

		remove: async (thinkTank, item) =>
			(
				await connection.run(({ orm }) =>
					orm
						.update(mandateItems)
						.set({ removedAt: sql`clock_timestamp()` as never })
						.where(itemOf(thinkTank, item))
						.returning({ id: mandateItems.id })
				)
			).length > 0
	};
}
