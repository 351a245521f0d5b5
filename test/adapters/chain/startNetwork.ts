import { mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectChain } from '../../../adapters/chain/connectChain.js';
import { deployRushes } from '../../../adapters/chain/deployRushes.js';
import { fundAccount } from '../../support/fundAccount.js';
import { LOCAL_POLICY } from '../../../adapters/chain/localPolicy.js';
import { startAnvil, type LocalChain } from '../../../adapters/chain/startAnvil.js';
import { type Bytes32, type Wei, bytes32Of } from '../../../protocol/ids.js';
import type { NetworkDescription } from '../../../protocol/network.js';
import type { PolicyNumbers } from '../../../protocol/policy.js';
import type { ChainPort } from '../../../protocol/ports.js';

/** A chain of its own for one test file, with the contract deployed. */
export interface TestNetwork {
  chain: LocalChain;
  network: NetworkDescription;
  dataDir: string;
  /** A new account with gas and 100,000 tokens. */
  connect(tokenWei?: Wei, key?: Bytes32): Promise<ChainPort>;
  /** Kills anvil and starts it again on the same state and port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A private key, or any other 32 random bytes. */
export function random32(): Bytes32 {
  return bytes32Of(randomBytes(32));
}

export async function startNetwork(policy: Partial<PolicyNumbers> = {}): Promise<TestNetwork> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rushes-chain-'));
  const chain = await startAnvil({ dataDir });
  const deployment = await deployRushes({
    rpcUrl: chain.rpcUrl,
    deployerKey: random32(),
    policy: { ...LOCAL_POLICY, ...policy },
  });
  const network: NetworkDescription = {
    protocolVersion: 1,
    name: 'test',
    ipfsApiUrl: 'http://127.0.0.1:1',
    ...deployment,
  };
  const running: TestNetwork = {
    chain,
    network,
    dataDir,
    async connect(tokenWei = 100_000n * 10n ** 18n, key = random32()) {
      const port = await connectChain({ network, key });
      await fundAccount({ network, account: port.account, tokenWei });
      return port;
    },
    async restart() {
      process.kill(running.chain.pid, 'SIGKILL');
      await running.chain.closed;
      running.chain = await startAnvil({ dataDir, port: Number(new URL(network.rpcUrl).port) });
    },
    async close() {
      await running.chain.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return running;
}
