import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '../../..');
const listed = 40;

/** A profile as V8 writes it, as far as it is read here. */
interface CpuProfile {
	nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number } }[];
	samples: number[];
	/** microseconds before each sample */
	timeDeltas: number[];
}

/** Where the threads of the processes that left their profiles in a folder spent their time: functions by what they took themselves, as lines of text. */
export function selfTimes(folder: string): string {
	const took = new Map<string, number>();
	for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
		const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
		const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
		samples.forEach((id, n) => {
			const name = names.get(id)!;
			if (name !== '(idle)') took.set(name, (took.get(name) ?? 0) + timeDeltas[n]! / 1_000);
		});
	}
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
