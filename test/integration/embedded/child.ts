import { startEmbeddedPostgres } from '../../../src/database/embedded/supervisor.js';
import { thisMachine } from '../../../src/database/embedded/machine.js';

/**
 * A process that uses the supervisor: prints one line of JSON when its server runs, then holds on until its standard
 * input ends, stops the server and prints another. Arguments: the data folder, the package root.
 */
const [dataDir = '', packageRoot = ''] = process.argv.slice(2);
const notices: string[] = [];
try {
  const server = await startEmbeddedPostgres(
    { dataDir, settings: { fsync: 'off' }, onNotice: (message) => notices.push(message) },
    { ...thisMachine, packageRoot: () => packageRoot },
  );
  const { outcome, ownerUrl, dataDirectory } = server;
  console.log(JSON.stringify({ outcome, ownerUrl, dataDirectory, notices }));
  for await (const _ of process.stdin);
  console.log(JSON.stringify({ stopped: await server.stop() }));
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message, notices }));
}
