import { answerOf, description } from '#lib/api.ts';
import { needed } from '#lib/needed.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => ({ description: needed(await answerOf(description(fetch))) });
