// A Kubo RPC endpoint: the part of Kubo's HTTP API that ipfs-http-client and Rushes use, over blockstore-fs and the
// UnixFS packages of the IPFS project. It speaks to nobody but its clients: there is no libp2p in it, and a block that
// is not in the folder is not found.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { RushesError } from '../../protocol/errors.js';
import { lockFolder } from '../lockFolder.js';
import { answerRequest } from './answerRequest.js';
import { BlockFolder } from './BlockFolder.js';
import { ENDPOINT_LIMITS, type EndpointLimits } from './EndpointLimits.js';
import { PinJournal } from './PinJournal.js';

/** A running endpoint. */
export interface Endpoint {
  host: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Serves a folder over Kubo's RPC. The folder is locked: FolderInUseError when another process serves it. Only loopback
 * addresses are served unless `host` says otherwise: whoever reaches the API may write and delete.
 */
export async function createEndpoint(options: {
  folder: string;
  host?: string;
  port?: number;
  limits?: Partial<EndpointLimits>;
}): Promise<Endpoint> {
  const limits = { ...ENDPOINT_LIMITS, ...options.limits };
  const host = options.host ?? '127.0.0.1';
  const lock = await lockFolder(options.folder, 'the IPFS blocks');
  try {
    const blocks = new BlockFolder(options.folder);
    await blocks.open();
    const pins = await PinJournal.open(options.folder);
    const server = createServer(
      { requestTimeout: limits.requestMs, headersTimeout: 20_000, keepAliveTimeout: 30_000 },
      (request, response) => {
        void answerRequest({ request, response, blocks, pins, limits, host });
      },
    );
    server.maxConnections = limits.maxConnections;
    server.setTimeout(limits.idleMs);
    await listen(server, host, options.port ?? 0);
    const address = server.address();
    if (address === null || typeof address === 'string')
      throw new RushesError({ code: 'endpoint', message: 'the IPFS endpoint has no port' });
    return {
      host,
      port: address.port,
      async close() {
        const closed = once(server, 'close');
        server.close();
        server.closeIdleConnections();
        const hurry = setTimeout(() => server.closeAllConnections(), 2000);
        await closed;
        clearTimeout(hurry);
        await pins.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE')
      throw new RushesError({
        code: 'port-in-use',
        message: `port ${port} on ${host} is in use by another program`,
        facts: { host, port },
        advice: 'Choose another port, or 0 for a free one.',
        cause: error,
      });
    throw error;
  }
}
