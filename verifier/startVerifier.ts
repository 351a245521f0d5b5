import { join } from 'node:path';
import type { Logger } from 'pino';
import { connectChain } from '../adapters/chain/connectChain.js';
import { followEvents } from '../adapters/chain/followEvents.js';
import { createObjectStore } from '../adapters/ipfs/createObjectStore.js';
import { parseBytes32 } from '../protocol/ids.js';
import type { NetworkDescription } from '../protocol/network.js';
import { createSteadyEngine } from '../party/createSteadyEngine.js';
import { createCpuEngine } from '../renderer/cpu/createCpuEngine.js';
import { openMeasurements } from './measurements.js';
import { type RunningVerifier, runVerifier } from './runVerifier.js';
import type { VerifierSettings } from './VerifierSettings.js';

/** How to run a verifier. */
export interface VerifierOptions {
  network: NetworkDescription;
  /** Private key, 32 bytes of hex. */
  key: string;
  /** Folder that measurements wait in between seal and reveal. */
  dataDir: string;
  /** Render threads, at least 1. */
  threads: number;
  /** Folder for compiled kernels; undefined compiles at every start. */
  cacheDir?: string;
  settings?: Partial<VerifierSettings>;
  signal: AbortSignal;
  log: Logger;
}

/**
 * Starts a verifier with its render threads. Rejects when the chain is not the network's, or the folder cannot be
 * written.
 */
export async function startVerifier(options: VerifierOptions): Promise<RunningVerifier> {
  const { network, signal, log } = options;
  const key = parseBytes32(options.key.startsWith('0x') ? options.key : `0x${options.key}`, 'private key');
  const chain = await connectChain({ network, key, signal });
  const measurements = await openMeasurements({ folder: join(options.dataDir, network.contract, chain.account) });
  const engine = await createSteadyEngine({
    create: () =>
      createCpuEngine({
        threads: options.threads,
        ...(options.cacheDir === undefined ? {} : { cacheDir: options.cacheDir }),
      }),
  });
  const verifier = runVerifier({
    chain,
    measurements,
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
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  const closed = verifier.closed.finally(() => engine.close());
  closed.catch(() => undefined);
  return {
    ...verifier,
    closed,
    async close() {
      await verifier.close();
      await closed.catch(() => undefined);
    },
  };
}
