import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRpc } from '../../../adapters/chain/createRpc.js';
import { fundGas } from '../../../adapters/chain/fundGas.js';
import { startAnvil } from '../../../adapters/chain/startAnvil.js';
import type { Address } from '../../../protocol/ids.js';

describe('the log of a local chain', function () {
  this.timeout(60_000);

  it('does not grow with requests, transactions and blocks', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'rushes-quiet-'));
    const lines: string[] = [];
    const chain = await startAnvil({ dataDir, onLog: (line) => lines.push(line) });
    try {
      assert.ok(lines.some((line) => line.startsWith('Listening on')));
      const saidAtStart = lines.length;
      await fundGas({ rpcUrl: chain.rpcUrl, account: `0x${'11'.repeat(20)}` as Address });
      const rpc = createRpc(chain.rpcUrl);
      const first = Number(await rpc.send<string>('eth_blockNumber', []));
      while (Number(await rpc.send<string>('eth_blockNumber', [])) < first + 2)
        await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(lines.slice(saidAtStart), []);
    } finally {
      await chain.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
