// PostgreSQL as a child of the supervisor.
import { startPostgres } from '../../adapters/database/startPostgres.js';
import { runService } from '../supervisor/runService.js';

await runService<{ folder: string; port: number }>(async ({ folder, port }, signal) => {
  const onLog = (line: string): unknown => process.stderr.write(`${line}\n`);
  const database = await startPostgres({ folder, port, signal, onLog });
  return { facts: { url: database.url }, closed: database.closed, close: () => database.close() };
});
