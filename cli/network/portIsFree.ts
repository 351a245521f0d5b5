import { createServer } from 'node:net';
import { LOOPBACK } from '../supervisor/freePort.js';

/** Whether nothing listens on a TCP port of an address, by default on loopback. */
export function portIsFree(port: number, host = LOOPBACK): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
