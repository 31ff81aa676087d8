import { answerOf, api } from '#lib/api.ts';
import { failures } from '#lib/i18n/names.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { SavedRecipe } from '#realtime/meeting/recipes.ts';

/** The recipes that a think tank keeps of its own, as this page knows them. */
export class OwnRecipes {
	readonly #thinkTank: Id;
	/** empty until they have come, and without a network */
	list = $state.raw<readonly SavedRecipe[]>([]);

	constructor(thinkTank: Id) {
		this.#thinkTank = thinkTank;
	}

	/** Looks which there are now. */
	async look(): Promise<void> {
		const answer = await answerOf(api(fetch)['think-tanks'][':id'].recipes.$get({ param: { id: this.#thinkTank } }));
		if (answer.ok) this.list = answer.value.recipes;
	}

	/** Keeps a recipe. Answers null, or why it was not kept. */
	async save(recipe: Omit<SavedRecipe, 'id'>): Promise<string | null> {
		const answer = await answerOf(api(fetch)['think-tanks'][':id'].recipes.$post({ param: { id: this.#thinkTank }, json: recipe }));
		if (!answer.ok) return failures[answer.failure]();
		this.list = [...this.list, { ...recipe, id: answer.value.id }];
		return null;
	}

	/** Takes a recipe off the list. Answers null, or why it was not. */
	async remove(id: Id): Promise<string | null> {
		const answer = await answerOf(api(fetch)['think-tanks'][':id'].recipes[':recipe'].$delete({ param: { id: this.#thinkTank, recipe: id } }));
		// somebody else was quicker: it is gone all the same
		if (!answer.ok && answer.failure !== 'no-such-recipe') return failures[answer.failure]();
		this.list = this.list.filter((recipe) => recipe.id !== id);
		return null;
	}
}
