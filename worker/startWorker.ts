import { join } from 'node:path';
import type { Logger } from 'pino';
import { connectChain } from '../adapters/chain/connectChain.js';
import { followEvents } from '../adapters/chain/followEvents.js';
import { createCoordinatorClient } from '../adapters/http/coordinatorClient.js';
import { createObjectStore } from '../adapters/ipfs/createObjectStore.js';
import { BadInputError } from '../protocol/errors.js';
import { parseBytes32 } from '../protocol/ids.js';
import type { NetworkDescription } from '../protocol/network.js';
import { createSteadyEngine } from '../party/createSteadyEngine.js';
import { createCpuEngine } from '../renderer/cpu/createCpuEngine.js';
import { renderChunk } from '../renderer/renderChunk.js';
import { halfSamples } from './cheats/halfSamples.js';
import { type RunningWorker, runWorker } from './runWorker.js';
import { openSpool } from './spool.js';
import type { RenderLeaves } from './WorkerContext.js';
import type { WorkerSettings } from './WorkerSettings.js';

const CHEATS = { 'half-samples': halfSamples } satisfies Record<string, RenderLeaves>;

/** Name of a cheat a worker can be told to commit, on test money only. */
export type CheatName = keyof typeof CHEATS;

/** How to run a worker. */
export interface WorkerOptions {
  network: NetworkDescription;
  /** Private key, 32 bytes of hex. */
  key: string;
  /** Folder that leaves wait in until their lease has ended. */
  dataDir: string;
  /** Render threads, at least 1. */
  threads: number;
  /** Folder for compiled kernels; undefined compiles at every start. */
  cacheDir?: string;
  /** A coordinator to ask for suggestions; without one the worker picks by itself. */
  coordinatorUrl?: string;
  cheat?: CheatName;
  settings?: Partial<WorkerSettings>;
  signal: AbortSignal;
  log: Logger;
}

/**
 * Starts a worker with its render threads. Rejects when the chain is not the network's, the folder cannot be written,
 * or a cheat is asked for on real money.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { network, signal, log, cheat } = options;
  if (cheat !== undefined && !network.testMoney)
    throw new BadInputError({
      message: `network ${network.name} uses real money: no worker cheats there`,
      advice: 'Leave the cheat out.',
    });
  if (cheat !== undefined) log.warn({ cheat }, 'this worker cheats, to show that it is caught');
  const key = parseBytes32(options.key.startsWith('0x') ? options.key : `0x${options.key}`, 'private key');
  const chain = await connectChain({ network, key, signal });
  const spool = await openSpool({ folder: join(options.dataDir, network.contract, chain.account) });
  const engine = await createSteadyEngine({
    create: () =>
      createCpuEngine({
        threads: options.threads,
        ...(options.cacheDir === undefined ? {} : { cacheDir: options.cacheDir }),
      }),
  });
  const worker = runWorker({
    chain,
    spool,
    engine,
    key,
    signal,
    log,
    follow: (follow) =>
      followEvents({
        network,
        ...follow,
        onTrouble: (error) => log.warn({ error: error.message }, 'the chain does not answer'),
      }),
    store: createObjectStore({ apiUrl: network.ipfsApiUrl }),
    suggestions:
      options.coordinatorUrl === undefined ? undefined : createCoordinatorClient({ url: options.coordinatorUrl }),
    renderLeaves: cheat === undefined ? renderChunk : CHEATS[cheat],
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  const closed = worker.closed.finally(() => engine.close());
  closed.catch(() => undefined);
  return {
    ...worker,
    closed,
    async close() {
      await worker.close();
      await closed.catch(() => undefined);
    },
  };
}
