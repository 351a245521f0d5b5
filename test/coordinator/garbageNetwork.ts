import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectChain } from '../../adapters/chain/connectChain.js';
import { connectDatabase } from '../../adapters/database/connectDatabase.js';
import { startPostgres } from '../../adapters/database/startPostgres.js';
import { createObjectStore } from '../../adapters/ipfs/createObjectStore.js';
import { type Coordinator, startCoordinator } from '../../coordinator/startCoordinator.js';
import type { Bytes32, Cid } from '../../protocol/ids.js';
import type { ChainPort, ObjectStore } from '../../protocol/ports.js';
import { random32, startNetwork, type TestNetwork } from '../adapters/chain/startNetwork.js';
import { fundAccount } from '../support/fundAccount.js';
import { testLog } from '../support/smallNetwork.js';
import { TOKEN } from './orderTestJob.js';

/** Longer than what nothing names is kept, and as long as pins are left alone after they were gone through. */
const AN_HOUR_SECONDS = 3_601;
/** What ended jobs name is kept for so long here. */
export const KEPT_SECONDS = 3;

/** A chain, a database, and a coordinator whose IPFS node keeps nothing else, with a clock that can be moved. */
export interface GarbageNetwork {
  net: TestNetwork;
  coordinator: Coordinator;
  /** The node as its operator reaches it. */
  direct: ObjectStore;
  nowSeconds(): number;
  isPinned(cid: Cid): Promise<boolean>;
  /** Whether the node has the block of a CID. */
  isThere(cid: Cid): Promise<boolean>;
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
  /** Moves the clock by an hour, and waits until pins were gone through then. */
  released(): Promise<void>;
  /** Moves the clock to the next collection, and waits until it began. */
  collected(): Promise<void>;
  richAccount(): Promise<{ key: Bytes32; port: ChainPort }>;
  /** Writes the operator's list, and waits until it was read. */
  refuse(...lines: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens one on an IPFS node, which is closed with it. */
export async function openGarbageNetwork(node: { apiUrl: string; close(): Promise<unknown> }): Promise<GarbageNetwork> {
  const folder = await mkdtemp(join(tmpdir(), 'rushes-garbage-'));
  await chmod(folder, 0o755);
  const refusedFile = join(folder, 'refused.txt');
  await writeFile(refusedFile, '# nothing yet\n');
  const [net, postgres] = await Promise.all([startNetwork(), startPostgres({ folder: join(folder, 'database') })]);
  net.network.ipfsApiUrl = node.apiUrl;
  let laterSeconds = 0;
  const nowSeconds = (): number => Math.floor(Date.now() / 1000) + laterSeconds;
  const coordinator = await startCoordinator({
    network: net.network,
    databaseUrl: postgres.url,
    log: testLog,
    pollMs: 50,
    forgetMs: 100,
    nowSeconds,
    ownsIpfs: true,
    keepDays: KEPT_SECONDS / 86_400,
    refusedFile,
  });
  const ask = async (path: string): Promise<number> =>
    (await fetch(`${node.apiUrl}/api/v0/${path}`, { method: 'POST' })).status;
  const until: GarbageNetwork['until'] = async (what, holds) => {
    for (const end = performance.now() + 20_000; performance.now() < end; await sleep(50)) if (await holds()) return;
    assert.fail(`${what} did not happen`);
  };
  await until('the chain is read', async () => (await fetch(`${coordinator.url}/v1/health`)).status === 200);
  const database = await connectDatabase({ url: postgres.url });
  const rounds = async () => await database.db.selectFrom('garbage_rounds').selectAll().executeTakeFirst();
  await until('the first look was', async () => (await rounds()) !== undefined);
  return {
    net,
    coordinator,
    direct: createObjectStore({ apiUrl: node.apiUrl }),
    nowSeconds,
    isPinned: async (cid) => (await ask(`pin/ls?arg=${cid}`)) === 200,
    isThere: async (cid) => (await ask(`block/stat?arg=${cid}&offline=true`)) === 200,
    until,
    async released() {
      laterSeconds += AN_HOUR_SECONDS;
      const atSeconds = nowSeconds();
      await until('the pins are gone through', async () => ((await rounds())?.released_at_seconds ?? 0) >= atSeconds);
      // The claim comes before the work; the next look comes after it.
      await sleep(400);
    },
    async collected() {
      laterSeconds += 601;
      const atSeconds = nowSeconds();
      await until('garbage is collected', async () => ((await rounds())?.collected_at_seconds ?? 0) >= atSeconds);
    },
    async richAccount() {
      const key = random32();
      const port = await connectChain({ network: net.network, key });
      await fundAccount({ network: net.network, account: port.account, tokenWei: 100_000n * TOKEN });
      return { key, port };
    },
    async refuse(...lines) {
      await writeFile(refusedFile, lines.map((line) => `${line}\n`).join(''));
      // It is looked at every two seconds.
      await sleep(2_500);
    },
    async close() {
      await coordinator.close();
      await database.close();
      await Promise.all([node.close(), postgres.close(), net.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
