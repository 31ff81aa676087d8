import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

/** Hocuspocus as its documentation has it, on SQLite in the folder that it is given. */
const server = new Server({ port: 0, address: '127.0.0.1', quiet: true, extensions: [new SQLite({ database: `${process.argv[2]}/documents.sqlite` })] });
await server.listen();
process.send?.(server.address.port);
