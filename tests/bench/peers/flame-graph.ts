import type { Call } from './profile.ts';

const width = 1_600;
const rowHeight = 16;
/** what is narrower is not seen */
const narrowest = 1;
const letterWidth = 6.2;
const margin = 20;

/** Whose code it is, by where it lies: of the product, of a library, of Node and V8, of the embedded database. */
const colours: [RegExp, string][] = [
	[/ {2}(realtime|db|web)\//, '#f28e2b'],
	[/node_modules/, '#edc948'],
	[/wasm/, '#76b7b2'],
	[/./, '#bab0ac']
];

interface Frame {
	call: Call;
	x: number;
	depth: number;
	ms: number;
}

/** A flame graph: each function under the one that called it, as wide as its time with all that it called. One thread below the other. */
export function flameGraph(title: string, threads: readonly Call[]): string {
	const busy = threads.map((thread) => ({ thread, ms: withAll(thread) })).sort((a, b) => b.ms - a.ms);
	const all = busy.reduce((sum, { ms }) => sum + ms, 0);
	const scale = (width - 2 * margin) / (busy[0]?.ms ?? 1);
	const parts: string[] = [];
	let top = 3 * rowHeight;
	for (const { thread, ms } of busy) {
		const frames: Frame[] = [];
		place(frames, thread, margin, 0, scale);
		parts.push(`<text x="${margin}" y="${top - 4}">${Math.round(ms).toLocaleString('en')} ms of one thread</text>`);
		for (const frame of frames) parts.push(drawn(frame, top, scale, all));
		top += (Math.max(...frames.map(({ depth }) => depth)) + 3) * rowHeight;
	}
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" font-family="monospace" font-size="10">`,
		`<rect width="100%" height="100%" fill="white"/>`,
		`<text x="${margin}" y="${rowHeight}" font-size="12">${escaped(title)}</text>`,
		...parts,
		'</svg>',
		''
	].join('\n');
}

function place(frames: Frame[], call: Call, x: number, depth: number, scale: number): number {
	const ms = withAll(call);
	if (ms * scale < narrowest) return x + ms * scale;
	frames.push({ call, x, depth, ms });
	let next = x;
	for (const called of [...call.calls.values()].sort((a, b) => withAll(b) - withAll(a))) next = place(frames, called, next, depth + 1, scale);
	return x + ms * scale;
}

function drawn({ call: { name }, x, depth, ms }: Frame, top: number, scale: number, all: number): string {
	const [wide, y] = [ms * scale, top + depth * rowHeight];
	const colour = colours.find(([of]) => of.test(name))![1];
	const letters = Math.floor((wide - 4) / letterWidth);
	const text = letters < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 11}">${escaped(name.slice(0, letters))}</text>`;
	const told = `${name}: ${Math.round(ms)} ms, ${((ms / all) * 100).toFixed(1)} %`;
	return `<g><title>${escaped(told)}</title><rect x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${rowHeight - 1}" fill="${colour}"/>${text}</g>`;
}

const withAll = ({ ms, calls }: Call): number => [...calls.values()].reduce((sum, call) => sum + withAll(call), ms);

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
