import { and, asc, count, eq } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { SavedRecipe } from '#realtime/meeting/recipes.ts';
import type { Connection } from '../connection.ts';
import { recipes } from '../schema/think-tanks.ts';
import { lockThinkTank } from './mandates.ts';

/** The recipes that think tanks keep of their own. One of another think tank is no such recipe. */
export interface RecipeStore {
	/** in the order in which they were saved */
	of(thinkTank: Id): Promise<SavedRecipe[]>;
	/** Keeps a recipe, under a name that no other of the same surface has. */
	save(thinkTank: Id, recipe: SavedRecipe): Promise<'saved' | 'recipe-name-taken' | 'recipes-full'>;
	/** Activities that were made by it stay as they are. False: no such recipe. */
	remove(thinkTank: Id, recipe: Id): Promise<boolean>;
}

export const recipeStore = (connection: Connection): RecipeStore => ({
	of: (thinkTank) =>
		connection.run(({ orm }) =>
			orm
				.select({ id: recipes.id, name: recipes.name, surface: recipes.surface, steps: recipes.steps })
				.from(recipes)
				.where(eq(recipes.thinkTankId, thinkTank))
				.orderBy(asc(recipes.createdAt), asc(recipes.id))
		),

	save: (thinkTank, recipe) =>
		connection.transaction(async (queries) => {
			await lockThinkTank(queries, thinkTank);
			const [there] = await queries.select({ count: count() }).from(recipes).where(eq(recipes.thinkTankId, thinkTank));
			if (there!.count >= limits.savedRecipes) return 'recipes-full';
			const saved = await queries
				.insert(recipes)
				.values({ ...recipe, thinkTankId: thinkTank })
				.onConflictDoNothing()
				.returning({ id: recipes.id });
			return saved.length > 0 ? 'saved' : 'recipe-name-taken';
		}),

	remove: async (thinkTank, recipe) =>
		(
			await connection.run(({ orm }) =>
				orm
					.delete(recipes)
					.where(and(eq(recipes.thinkTankId, thinkTank), eq(recipes.id, recipe)))
					.returning({ id: recipes.id })
			)
		).length > 0
});
