import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * An address of this machine for a listener that nobody shall reach: anvil opens an HTTP port whatever it is told,
 * which takes every method from everybody.
 *
 * - Linux lets a program listen on the broadcast address of the loopback network and lets nobody connect to it
 *   (ENETUNREACH). Tried here, not assumed.
 * - Elsewhere on Linux (another network stack) a random one of 2^24 loopback addresses, with a random port: too many
 *   for a page to try.
 * - Systems with one loopback address leave the random port. There a page that finds it can open a WebSocket to anvil.
 */
export async function hiddenAddress(): Promise<{ address: string; isSealed: boolean }> {
  if (process.platform === 'linux') {
    if (await isUnreachable(BROADCAST)) return { address: BROADCAST, isSealed: true };
    return { address: `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`, isSealed: false };
  }
  return { address: '127.0.0.1', isSealed: false };
}

const BROADCAST = '127.255.255.255';

/** Whether one can listen on an address and nobody connect to it. */
async function isUnreachable(address: string): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(0, address);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const client = connect(port, address);
    return await once(client, 'connect').then(
      () => {
        client.destroy();
        return false;
      },
      (error: NodeJS.ErrnoException) => error.code === 'ENETUNREACH',
    );
  } catch {
    // One cannot listen there.
    return false;
  } finally {
    server.close();
  }
}
