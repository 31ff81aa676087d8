import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

/** Hocuspocus as its documentation has it, on SQLite in the folder and at the port that it is given. */
const [folder, port] = process.argv.slice(2);
const server = new Server({ port: Number(port), address: '127.0.0.1', quiet: true, extensions: [new SQLite({ database: `${folder}/documents.sqlite` })] });
await server.listen();
process.send?.('listens');
