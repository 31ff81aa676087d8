import fs from 'node:fs';
import path from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** The part of Emscripten's file system for Node that we reach into. Checked at run time, and by a test that counts. */
interface NodeFiles {
	stream_ops: { fsync?: (stream: OpenFile) => number };
	realPath(node: unknown): string;
}
interface OpenFile {
	/** descriptor of the real file; directories have one too */
	nfd?: number | null;
	node: unknown;
}

/**
 * The embedded database's files, with a real fsync. As shipped it has none: PostgreSQL asks, and nothing happens,
 * so that a power cut could take what was acknowledged. `synced` is called after each one; `failed`, when the
 * system could not do it: then nothing that was written since can be trusted, and the database must stop.
 */
export class DurableFs extends NodeFS {
	readonly #synced: () => void;
	readonly #failed: (error: unknown) => void;

	constructor(folder: string, synced: () => void, failed: (error: unknown) => void) {
		super(folder);
		this.#synced = synced;
		this.#failed = failed;
	}

	override async init(...[database, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
		const { emscriptenOpts } = await super.init(database, options);
		const makeDurable = (module: { FS: { filesystems?: { NODEFS?: NodeFiles } } }) => {
			const files = module.FS.filesystems?.NODEFS;
			if (!files) throw new Error('this PGlite has no file system to make durable');
			files.stream_ops.fsync = (stream) => {
				try {
					if (typeof stream.nfd === 'number') fs.fsyncSync(stream.nfd);
					else syncPath(files.realPath(stream.node));
				} catch (error) {
					this.#failed(error);
					throw error;
				}
				this.#synced();
				return 0;
			};
		};
		return { emscriptenOpts: { ...emscriptenOpts, preRun: [makeDurable as never, ...[emscriptenOpts.preRun ?? []].flat()] } };
	}
}

/** Syncs a folder with everything in it: what a new cluster is copied into place without. Returns how many were synced. */
export function syncFolder(folder: string): number {
	let synced = 0;
	for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
		const inside = path.join(folder, entry.name);
		if (entry.isDirectory()) synced += syncFolder(inside);
		else if (entry.isFile()) {
			syncPath(inside);
			synced++;
		}
	}
	syncPath(folder);
	return synced + 1;
}

/** Syncs one file or one folder. */
export function syncPath(place: string): void {
	const descriptor = fs.openSync(place, 'r');
	try {
		fs.fsyncSync(descriptor);
	} finally {
		fs.closeSync(descriptor);
	}
}
