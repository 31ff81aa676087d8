import { median } from '../figures.ts';
import type { Server } from './servers.ts';

/** What was found of each server, a run each; null: it broke down. */
export type Found<Figures> = Map<Server, (Figures | null)[]>;

/** What ours is to reach: so much of the best peer of the same run, or a figure that the run itself says. */
export type Reach<Figures> = { ratio: number } | { said: string; most: (figures: Figures) => number };

/** One thing that was measured of every server. */
export interface Measure<Figures> {
	what: string;
	/** null: it has no such figure */
	of: (figures: Figures) => number | null;
	show: (value: number) => string;
	/** which figure is the better one; absent: it compares with nothing */
	better?: 'lower' | 'higher';
	/** is this the figure of a server that did what was asked of it, so that ours may be measured against it? */
	isPeer?: (figures: Figures) => boolean;
	/** was the generator the limit? */
	wasBusy?: (figures: Figures) => boolean;
	reach?: Reach<Figures>;
	/** is it this one of ours that has to reach it? Both, unless told */
	judges?: (server: Server) => boolean;
}

/** What became of something that was to be reached. */
export interface Verdict {
	what: string;
	server: string;
	reach: string;
	found: string;
	holds: boolean;
}

export interface Table {
	title: string;
	columns: string[];
	rows: string[][];
	notes: string[];
	verdicts: Verdict[];
}

const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;

/** A table of medians over the runs, with the ratio of each of ours to the best peer: the median of the ratios within each run. */
export function tableOf<Figures>(title: string, found: Found<Figures>, measures: readonly Measure<Figures>[], notes: readonly string[] = []): Table {
	const servers = [...found.keys()];
	const own = servers.filter(({ isOurs }) => isOurs);
	const rows: string[][] = [];
	const verdicts: Verdict[] = [];
	let busy = false;
	for (const measure of measures) {
		const cells = servers.map((server) => {
			const figures = found.get(server)!.filter((figures) => figures !== null);
			const values = valuesOf(measure, figures);
			if (values.length === 0) return figures.length === 0 ? 'broke down' : '–';
			const marked = measure.wasBusy !== undefined && median(figures.map((one) => Number(measure.wasBusy!(one)))) === 1;
			busy ||= marked;
			const disqualified = measure.isPeer !== undefined && !server.isOurs && !figures.some(measure.isPeer);
			const shown = measure.show(median(values)) + (marked ? ' *' : '');
			return disqualified ? `(${shown})` : shown;
		});
		const ratios = own.map((server) => ratioOf(measure, found, server));
		const judged = own.map((server, n) =>
			measure.reach && (measure.judges?.(server) ?? true) ? verdictOf(measure, measure.reach, title, found, server, ratios[n]!) : null
		);
		verdicts.push(...judged.filter((verdict) => verdict !== null));
		rows.push([
			measure.what,
			...cells,
			ratios.map((ratio) => (ratio === null ? '–' : times(ratio))).join(' / '),
			measure.reach === undefined ? '' : 'said' in measure.reach ? measure.reach.said : (judged.find((verdict) => verdict !== null)?.reach ?? ''),
			judged
				.map((verdict) => (verdict === null ? '' : verdict.holds ? 'holds' : 'not reached'))
				.filter((said) => said !== '')
				.join(' / ')
		]);
	}
	const columns = ['', ...servers.map(({ name }) => name), 'ours to the best peer', 'to reach', 'holds?'];
	return { title, columns, rows, verdicts, notes: [...notes, ...(busy ? ['* the generator was the limit: the server does at least that well.'] : [])] };
}

const valuesOf = <Figures>({ of }: Measure<Figures>, figures: readonly (Figures | null)[]): number[] =>
	figures.map((one) => (one === null ? null : of(one))).filter((value) => value !== null);

/** Null: there is nothing to compare with. */
function ratioOf<Figures>({ of, better, isPeer = () => true }: Measure<Figures>, found: Found<Figures>, server: Server): number | null {
	if (better === undefined) return null;
	const ratios: number[] = [];
	found.get(server)!.forEach((figures, run) => {
		const value = figures === null ? null : of(figures);
		const peers = [...found]
			.filter(([{ isOurs }]) => !isOurs)
			.map(([, runs]) => runs[run] ?? null)
			.map((figures) => (figures !== null && isPeer(figures) ? of(figures) : null))
			.filter((value) => value !== null);
		if (value !== null && peers.length > 0) ratios.push(value / (better === 'lower' ? Math.min(...peers) : Math.max(...peers)));
	});
	return ratios.length === 0 ? null : median(ratios);
}

function verdictOf<Figures>(
	measure: Measure<Figures>,
	reach: Reach<Figures>,
	title: string,
	found: Found<Figures>,
	server: Server,
	ratio: number | null
): Verdict {
	const figures = found.get(server)!.filter((figures) => figures !== null);
	const value = median(valuesOf(measure, figures));
	const [from, to] = measure.better === 'higher' ? (['≥', (a: number, b: number) => a >= b] as const) : (['≤', (a: number, b: number) => a <= b] as const);
	const said = { what: `${title}: ${measure.what}`, server: server.name };
	if ('ratio' in reach) {
		const holds = ratio !== null && to(ratio, reach.ratio);
		return { ...said, reach: `${from} ${times(reach.ratio)}`, found: ratio === null ? 'no peer' : times(ratio), holds };
	}
	const most = median(figures.map(reach.most));
	return { ...said, reach: `≤ ${measure.show(most)}`, found: measure.show(value), holds: to(value, most) };
}

export function asText({ title, columns, rows, notes }: Table): string {
	const all = [columns, ...rows];
	const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
	const lines = all.map((row) =>
		row
			.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
			.join('   ')
			.trimEnd()
	);
	return ['', title, ...lines, ...notes].join('\n');
}

export function asMarkdown({ title, columns, rows, notes }: Table): string {
	const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [
		`### ${title}`,
		'',
		line(columns),
		line(columns.map((_, column) => (column === 0 ? '---' : '---:'))),
		...rows.map(line),
		'',
		...notes.flatMap((note) => [note.replace(/^\*/, '\\*'), ''])
	].join('\n');
}

export function verdictsAsText(verdicts: readonly Verdict[]): string {
	return verdicts
		.map(({ what, server, reach, found, holds }) => `${holds ? 'holds      ' : 'not reached'}   ${what} (${server}): ${found}, to reach ${reach}`)
		.join('\n');
}
