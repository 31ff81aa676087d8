import fs from 'node:fs';
import path from 'node:path';
import { partOf } from './file.ts';

/** What a backup was made for. Each kind is counted, and grows old, by itself. */
export type Occasion = 'scheduled' | 'before-migration' | 'asked';

/** The name of a backup in the folder of backups; the names of one occasion are in the order of their times. */
export const backupName = (occasion: Occasion, at: number): string => `${occasion}-${new Date(at).toISOString().replaceAll(':', '-')}.backup.gz`;

/** When the newest backup of this occasion was made, in milliseconds since 1970; null: there is none. */
export function newestBackup(folder: string, occasion: Occasion): number | null {
	const name = namesOf(folder, occasion).at(-1);
	if (name === undefined) return null;
	const [, day, hour, minute, rest] = /-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-([\d.]+Z)\.backup\.gz$/.exec(name)!;
	return Date.parse(`${day}T${hour}:${minute}:${rest}`);
}

/** Removes all but the newest of an occasion, and what a backup left that did not come to its end. */
export function rotateBackups(folder: string, occasion: Occasion, keep: number): void {
	for (const name of namesOf(folder, occasion).slice(0, -keep)) fs.rmSync(path.join(folder, name), { force: true });
	for (const name of namesOf(folder, occasion, partOf(''))) fs.rmSync(path.join(folder, name), { force: true });
}

function namesOf(folder: string, occasion: Occasion, ending = ''): string[] {
	if (!fs.existsSync(folder)) return [];
	const pattern = /^([a-z-]+)-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.backup\.gz/;
	return fs
		.readdirSync(folder)
		.filter((name) => pattern.exec(name)?.[1] === occasion && name.endsWith(`.backup.gz${ending}`))
		.sort();
}
