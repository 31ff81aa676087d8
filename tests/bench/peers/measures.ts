import { ms } from '../figures.ts';
import type { Measured } from './crowd.ts';
import type { Measure } from './table.ts';

/** What is told of every crowd beside its figures: did everything come, and was the generator the limit? */
export const besides = <Figures>(at: (found: Figures) => Measured): Measure<Figures>[] => [
	{ what: 'delivered', of: (found) => at(found).delivered * 100, show: (value) => `${value.toFixed(1)} %` },
	{ what: 'cut off', of: (found) => at(found).dropped, show: String },
	{ what: 'generator, cores', of: (found) => at(found).generator.cores, show: (value) => value.toFixed(2) },
	{ what: 'generator, delay p99', of: (found) => at(found).generator.delayMs, show: ms }
];
