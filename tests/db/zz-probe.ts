import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { open } from '#db/open.ts';
import { addDocument } from '../support/databases.ts';
const log = { info: console.log, warn: console.log, error: console.log };
const db = await open({ dataDir: '/tmp/full/d', log });
const document = await addDocument(db);
let acked = 0;
const tryAppend = async (n: number) => { try { await db.documents.append([{ document, update: new Uint8Array(n).fill(7) }]); acked++; return 'ok'; } catch (e) { return `${(e as Error).message} full=${(e as {full:boolean}).full}`; } };
console.log(await tryAppend(10));
const free = fs.statfsSync('/tmp/full').bavail * 4096;
fs.writeFileSync('/tmp/full/ballast2', Buffer.alloc(Math.max(0, free - 8192)));
let n=0;
try { for (;;n++) await db.connection.run(({ sql }) => sql`select pg_logical_emit_message(true, 'x', repeat('x', 1000000))`); } catch (e) { console.log('wal', n, (e as Error).message, (e as {full:boolean}).full); }
for (let k = 0; k < 6; k++) { await pause(500); console.log(await tryAppend(10), await db.ready()); }
console.log('free some');
fs.rmSync('/tmp/full/ballast2', { force: true });
for (let k = 0; k < 30; k++) { await pause(500); const r = await tryAppend(10); console.log(r, await db.ready()); if (r === 'ok') break; }
const s = await db.documents.load(document).catch((e) => e.message);
console.log('acked', acked, 'rows', s.tail?.length ?? s);
await db.close();
console.log('closed');
