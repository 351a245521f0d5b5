import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAnvil } from '../../adapters/chain/startAnvil.js';
import { isPublicMethod } from '../../adapters/chain/publicMethods.js';

/** A chain as somebody else keeps it: what is sent there is written down, and gas money is given to nobody. */
export interface ForeignChain {
  rpcUrl: string;
  /** Methods that were asked for and that no public node has. */
  readonly refused: readonly string[];
  /** Sets what an account has, as its keeper. */
  give(account: string, coinsWei: bigint): Promise<void>;
  close(): Promise<void>;
}

export async function startForeignChain(dataDir: string): Promise<ForeignChain> {
  const chain = await startAnvil({ dataDir, chainId: 4_242 });
  const refused: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
      const body = Buffer.concat(pieces).toString('utf8');
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      response.setHeader('content-type', 'application/json');
      if (!isPublicMethod(method)) {
        refused.push(method);
        response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_601, message: 'no such method' } }));
        return;
      }
      const answer = await fetch(chain.rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      response.end(await answer.text());
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    async give(account, coinsWei) {
      await chain.administer('anvil_setBalance', [account, `0x${coinsWei.toString(16)}`]);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await chain.close();
    },
  };
}
