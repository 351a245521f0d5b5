import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { NetworkDescription } from '../../protocol/network.js';

/** A server that describes a network as it likes, and tells the time that it likes. */
export interface LyingCoordinator {
  url: string;
  close(): Promise<void>;
}

/** Answers GET /v1/network. `aheadMs` is how far its clock is ahead. */
export async function startLyingCoordinator({
  network,
  aheadMs = 0,
}: {
  network: NetworkDescription | string;
  aheadMs?: number;
}): Promise<LyingCoordinator> {
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      date: new Date(Date.now() + aheadMs).toUTCString(),
    });
    response.end(typeof network === 'string' ? network : JSON.stringify(network));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
