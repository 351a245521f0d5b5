// The IPFS endpoint as a child of the supervisor.
import { createEndpoint } from '../../adapters/ipfs/createEndpoint.js';
import { LOOPBACK } from '../supervisor/freePort.js';
import { runService } from '../supervisor/runService.js';

await runService<{ folder: string; port: number }>(async ({ folder, port }) => {
  const endpoint = await createEndpoint({ folder, host: LOOPBACK, port });
  return {
    facts: { apiUrl: `http://${endpoint.host}:${endpoint.port}` },
    closed: new Promise(() => {}),
    close: () => endpoint.close(),
  };
});
