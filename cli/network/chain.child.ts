// The EVM node as a child of the supervisor.
import { startAnvil } from '../../adapters/chain/startAnvil.js';
import { runService } from '../supervisor/runService.js';

await runService<{ folder: string; port: number }>(async ({ folder, port }, signal) => {
  const node = await startAnvil({ dataDir: folder, port, signal, onLog: (line) => process.stdout.write(`${line}\n`) });
  return {
    facts: { rpcUrl: node.rpcUrl, ...(node.notice === undefined ? {} : { notice: node.notice }) },
    closed: node.closed,
    close: () => node.close(),
  };
});
