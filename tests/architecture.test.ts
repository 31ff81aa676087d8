import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom. Imports run in one direction: realtime ◄ db ◄ web ◄ tests. When a row here stops you,
 * the sentence beside it says why; either the code belongs somewhere else, or the design changes with the table.
 */

interface Rule {
	files: RegExp;
	/** ours that they may import; a `types` path may be imported as types only */
	may: RegExp[];
	types?: RegExp[];
	because: string;
}

const rules: Rule[] = [
	{ files: /^realtime\/meeting\//, may: [/^realtime\/meeting\//], because: 'the rules of the meeting must be readable alone' },
	{ files: /^realtime\/board\//, may: [/^realtime\/(meeting|board)\//], because: "a card's limits are meeting limits, and documents know nothing of wires" },
	{ files: /^realtime\/protocol\//, may: [/^realtime\/(meeting|board|protocol)\//], because: 'the wire carries what the model defines' },
	{
		files: /^realtime\/client\//,
		may: [/^realtime\/(meeting|board|protocol|client)\//],
		because: 'bots and load tests use the client, so it knows no page and no server'
	},
	{ files: /^realtime\/server\//, may: [/^realtime\/(meeting|board|protocol|server)\//], because: 'the world comes into the live server through its ports' },
	{
		files: /^db\//,
		may: [/^db\//, /^realtime\/(meeting|board|protocol)\//, /^realtime\/server\/ports\.ts$/],
		because: 'memory serves the meeting, and knows of the live server only what its ports ask for'
	},
	{
		files: /^web\/build\/|^vite\.config\.ts$|^vitest\.config\.ts$|^eslint\.config\.js$|^drizzle\.config\.ts$/,
		may: [/^web\/build\//, /^svelte\.config\.js$/],
		types: [/^web\/server\//],
		because: 'what builds the product is no part of it'
	},
	{
		files: /^web\/(server\/|hooks\.server\.ts$|.*\.server\.ts$)/,
		may: [/^(realtime|db|web)\//],
		because: 'this is the one place where everything is wired together'
	},
	{
		files: /^web\//,
		may: [/^web\/(lib|messages|routes)\//, /^web\/app\.css$/, /^realtime\/(meeting|board|protocol|client)\//],
		types: [/^web\/server\//],
		because: 'a browser never holds a key or a query'
	},
	{ files: /^tests\//, may: [/^(realtime|db|web|tests)\//, /^svelte\.config\.js$/], because: 'tests may see everything, and nothing sees them' }
];

/** Packages that stay behind one door. */
const packages: { names: RegExp; only: RegExp; because: string }[] = [
	{ names: /^(drizzle-orm|postgres|@electric-sql\/)/, only: /^db\//, because: 'only memory knows SQL' },
	{ names: /^(hono|@hono\/|hono-openapi)(?!\/client$)/, only: /^web\/server\//, because: 'only the front door answers HTTP' },
	{ names: /^hono\/client$/, only: /^web\/lib\/api\.ts$/, because: 'pages reach the API through one module' },
	{ names: /^lucia$/, only: /^web\/server\/auth\//, because: 'sessions stand behind one module' },
	{ names: /^(socket\.io|ws)$/, only: /^realtime\/server\//, because: "only the live server holds sockets' other ends" },
	{
		names: /^(redis|@socket\.io\/redis-streams-adapter)$/,
		only: /^realtime\/server\/redis-line\.ts$/,
		because: 'what processes tell each other goes by the port of a bus'
	},
	{ names: /^(socket\.io-client|y-websocket)$/, only: /^realtime\/client\//, because: 'pages and bots reach the live server through the client' },
	{
		names: /^svelte|^@sveltejs|^\$app/,
		only: /^web\/|^vite\.config\.ts$|^vitest\.config\.ts$|^svelte\.config\.js$/,
		because: 'the meeting runs without a page'
	}
];

const repository = join(import.meta.dirname, '..');
const folders = ['realtime', 'db', 'web', 'tests'];
/** Made by tools, or no code. */
const skipped = new Set(['node_modules', 'paraglide', 'migrations', 'static', 'messages', 'project.inlang']);

function* filesBelow(folder: string): Generator<string> {
	for (const entry of readdirSync(join(repository, folder), { withFileTypes: true })) {
		const path = `${folder}/${entry.name}`;
		if (entry.isDirectory()) {
			if (!skipped.has(entry.name)) yield* filesBelow(path);
		} else if (/\.(ts|js|svelte)$/.test(entry.name)) yield path;
	}
}

const topLevel = readdirSync(repository).filter((name) => /\.(ts|js)$/.test(name));
const files = [...folders.flatMap((folder) => [...filesBelow(folder)]), ...topLevel];
const source = new Map(files.map((file) => [file, readFileSync(join(repository, file), 'utf8')]));

interface Import {
	from: string;
	specifier: string;
	/** ours, as a path from the repository's root; null for a package */
	ours: string | null;
	typesOnly: boolean;
}

const aliases: Record<string, string> = { '#realtime/': 'realtime/', '#db/': 'db/', '#lib/': 'web/lib/', '#server/': 'web/server/' };

function importsOf(file: string): Import[] {
	const found: Import[] = [];
	const pattern =
		/^\s*(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*(?:\/\*.*?\*\/\s*)?['"]([^'"]+)['"]\s*\)|import\.meta\.resolve\(['"]([^'"]+)['"]\)/gm;
	for (const match of source.get(file)!.matchAll(pattern)) {
		const specifier = (match[2] ?? match[3] ?? match[4])!;
		const alias = Object.keys(aliases).find((prefix) => specifier.startsWith(prefix));
		const ours = alias
			? aliases[alias] + specifier.slice(alias.length)
			: specifier.startsWith('.')
				? relative(repository, join(repository, dirname(file), specifier))
				: null;
		const typeQuery = match[3] !== undefined && /typeof\s*$/.test(source.get(file)!.slice(0, match.index));
		found.push({ from: file, specifier, ours, typesOnly: match[1] !== undefined || typeQuery });
	}
	return found;
}

/** Code that a tool wrote. */
const isMade = (path: string) => path.startsWith('web/lib/paraglide/') || path.includes('/$types');
const imports = files.flatMap(importsOf);

describe('imports run in one direction', () => {
	test.each(rules)('$files: $because', ({ files: pattern, may, types = [], because }) => {
		const wrong = imports.filter(({ from, ours, typesOnly }) => {
			if (ours === null || isMade(ours) || rules.find((rule) => rule.files.test(from))?.files !== pattern) return false;
			return ![...may, ...(typesOnly ? types : [])].some((allowed) => allowed.test(ours));
		});
		expect(
			wrong.map(({ from, specifier }) => `${from} imports ${specifier}`),
			because
		).toEqual([]);
	});

	test.each(packages)('$names only in $only: $because', ({ names, only, because }) => {
		const wrong = imports.filter(({ from, specifier, ours }) => ours === null && names.test(specifier) && !only.test(from) && !from.startsWith('tests/'));
		expect(
			wrong.map(({ from, specifier }) => `${from} imports ${specifier}`),
			because
		).toEqual([]);
	});

	test('every file has a rule', () => {
		expect(files.filter((file) => file !== 'svelte.config.js' && !rules.some((rule) => rule.files.test(file)))).toEqual([]);
	});

	test('nothing imports in a circle', () => {
		const edges = new Map<string, string[]>();
		for (const { from, ours, typesOnly } of imports) if (ours !== null && !typesOnly && source.has(ours)) edges.set(from, [...(edges.get(from) ?? []), ours]);
		const done = new Set<string>();
		const circles: string[] = [];
		const visit = (file: string, path: string[]) => {
			if (path.includes(file)) return void circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
			if (done.has(file)) return;
			for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
			done.add(file);
		};
		for (const file of files) visit(file, []);
		expect(circles).toEqual([]);
	});

	test('no file only re-exports', () => {
		const body = (file: string) =>
			source
				.get(file)!
				.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
				.trim();
		expect(files.filter((file) => /^(export\s+(type\s+)?(\*|\{[^}]*\})\s*from\s*['"][^'"]+['"];?\s*)+$/.test(body(file)))).toEqual([]);
	});
});

describe('what stays in its place', () => {
	const without = (pattern: RegExp, inFiles: RegExp) => files.filter((file) => inFiles.test(file) && pattern.test(source.get(file)!));

	test('only realtime/board names a root or key of a document', () => {
		expect(without(/\.(getMap|getText|getArray|getXmlFragment|transact)\(/, /^(realtime\/(?!board\/)|db\/|web\/)/)).toEqual([]);
	});

	test('meeting, board and protocol have no clock, no randomness, no timer and no network', () => {
		expect(
			without(
				/\bDate\.now\(|new Date\(\)|Math\.random\(|getRandomValues|setTimeout\(|setInterval\(|\bfetch\(|performance\.now\(/,
				/^realtime\/(meeting|board|protocol)\//
			)
		).toEqual([]);
	});

	test('tests do not sleep: they wait for what they wait for', () => {
		expect(without(/waitForTimeout\(|setTimeout\(\s*resolve\s*,\s*\d/, /^tests\/.*\.test\.ts$/)).toEqual([]);
	});
});
