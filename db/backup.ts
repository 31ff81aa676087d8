import path from 'node:path';
import { backupName } from './backup/folder.ts';
import { writeBackup } from './backup/write.ts';
import { runCommand } from './command.ts';
import { backupFolderOf } from './open.ts';

/** `npm run backup [file]`: writes everything into one file, also beside a running server. Without a file, into the folder of backups. */

await runCommand(async (database, { dataDir }) => {
	const now = Date.now();
	const folder = backupFolderOf({ dataDir, ...(process.env['BACKUP_DIR'] ? { backupDir: process.env['BACKUP_DIR'] } : {}) });
	const file = path.resolve(process.argv[2] ?? path.join(folder, backupName('asked', now)));
	const { rows, documents } = await writeBackup(database.connection, file, now);
	const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
	console.log(`${file}: ${all} rows, ${documents} documents, each read back and as it was`);
});
