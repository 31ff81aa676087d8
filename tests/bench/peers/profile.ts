import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '../../..');
const listed = 40;

/** A profile as V8 writes it, as far as it is read here. */
interface CpuProfile {
	nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number }; children?: number[] }[];
	samples: number[];
	/** microseconds before each sample */
	timeDeltas: number[];
}

/** A function as it was called by one other, and what it took there. */
export interface Call {
	name: string;
	/** milliseconds, those of whatever it called not among them */
	ms: number;
	calls: Map<string, Call>;
}

/** What each thread did of the processes that left their profiles in a folder, from its root on; idle time is left out. */
export function threadsIn(folder: string): Call[] {
	const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
	return files.map((file) => {
		const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
		const byId = new Map(nodes.map((node) => [node.id, node]));
		const took = new Map<number, number>();
		samples.forEach((id, n) => took.set(id, (took.get(id) ?? 0) + timeDeltas[n]! / 1_000));
		const add = (to: Call, id: number): Call => {
			const { callFrame, children = [] } = byId.get(id)!;
			const name = nameOf(callFrame);
			if (name === '(idle)') return to;
			const call = to.calls.get(name) ?? { name, ms: 0, calls: new Map<string, Call>() };
			to.calls.set(name, call);
			call.ms += took.get(id) ?? 0;
			for (const child of children) add(call, child);
			return to;
		};
		return [...add({ name: '', ms: 0, calls: new Map() }, nodes[0]!.id).calls.values()][0]!;
	});
}

/** Where the threads spent their time: functions by what they took themselves, as lines of text. */
export function selfTimes(threads: readonly Call[]): string {
	const took = new Map<string, number>();
	const add = ({ name, ms, calls }: Call) => {
		took.set(name, (took.get(name) ?? 0) + ms);
		for (const call of calls.values()) add(call);
	};
	for (const thread of threads) add(thread);
	const all = [...took.values()].reduce((sum, ms) => sum + ms, 0);
	const sorted = [...took].sort(([, a], [, b]) => b - a).slice(0, listed);
	return sorted.map(([name, ms]) => `${((ms / all) * 100).toFixed(1).padStart(5)} %  ${Math.round(ms).toString().padStart(7)} ms  ${name}`).join('\n');
}

const maps = new Map<string, SourceMap | null>();

function mapOf(file: string): SourceMap | null {
	let map = maps.get(file);
	if (map === undefined) {
		map = existsSync(`${file}.map`) ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8'))) : null;
		maps.set(file, map);
	}
	return map;
}

/** A function and where it was written, before it was built. */
function nameOf({ functionName, url, lineNumber, columnNumber }: CpuProfile['nodes'][number]['callFrame']): string {
	const name = functionName || '(anonymous)';
	if (!url.startsWith('file:')) return url === '' ? name : `${name}  ${url}`;
	const file = fileURLToPath(url);
	const origin = mapOf(file)?.findOrigin(lineNumber + 1, columnNumber + 1);
	return origin && 'fileName' in origin
		? `${name}  ${relative(root, join(file, '..', origin.fileName))}:${origin.lineNumber}`
		: `${name}  ${relative(root, file)}:${lineNumber + 1}`;
}
