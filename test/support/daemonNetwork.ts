import { join } from 'node:path';
import { connectChain } from '../../adapters/chain/connectChain.js';
import { followEvents } from '../../adapters/chain/followEvents.js';
import { type Bytes32, bytes32Of, parseBytes32 } from '../../protocol/ids.js';
import { sha256 } from '../../protocol/sha256.js';
import { type WorkerOptions, startWorker } from '../../worker/startWorker.js';
import { type RunningWorker, runWorker } from '../../worker/runWorker.js';
import { openSpool } from '../../worker/spool.js';
import { halfSamples } from '../../worker/cheats/halfSamples.js';
import { createCpuEngine } from '../../renderer/cpu/createCpuEngine.js';
import { createSteadyEngine } from '../../party/createSteadyEngine.js';
import { type VerifierOptions, startVerifier } from '../../verifier/startVerifier.js';
import type { RunningVerifier } from '../../verifier/runVerifier.js';
import { kernelSource } from '../../renderer/kernels/kernelSource.js';
import { loadKernel } from '../../renderer/cpu/loadKernel.js';
import { type SmallNetwork, startSmallNetwork, testLog } from './smallNetwork.js';
import type { PolicyNumbers } from '../../protocol/policy.js';

/** A small network with daemons in this process, each with a key, a folder and an engine of its own. */
export interface DaemonNetwork extends SmallNetwork {
  kernelHash: Bytes32;
  /** Starts a worker; the same name again goes on with the same key and folder. */
  worker(name: string, more?: Partial<WorkerOptions>): Promise<RunningWorker>;
  /**
   * A worker that renders half the samples and opens with the digest of something that nobody has; it answers demands
   * on chain.
   */
  withholdingWorker(name: string): Promise<RunningWorker>;
  verifier(name: string, more?: Partial<VerifierOptions>): Promise<RunningVerifier>;
  folderOf(name: string): string;
}

export async function startDaemonNetwork(options: { policy?: PolicyNumbers } = {}): Promise<DaemonNetwork> {
  const network = await startSmallNetwork(options);
  const stopping = new AbortController();
  const running: { close(): Promise<void> }[] = [];
  const cacheDir = join(network.folder, 'kernels');
  const { kernelHash } = await loadKernel({ source: kernelSource(), cacheDir });
  const folderOf = (name: string): string => join(network.folder, name);
  const common = async (name: string) => ({
    network: network.network,
    key: await network.key(name),
    dataDir: folderOf(name),
    cacheDir,
    threads: 1,
    signal: stopping.signal,
    log: testLog.child({ name }),
  });
  return {
    ...network,
    kernelHash,
    folderOf,
    async worker(name, more = {}) {
      const worker = await startWorker({ ...(await common(name)), ...more });
      running.push(worker);
      return worker;
    },
    async withholdingWorker(name) {
      const { key, dataDir, cacheDir: kernels, threads, signal, log } = await common(name);
      const chain = await connectChain({ network: network.network, key, signal });
      const engine = await createSteadyEngine({ create: () => createCpuEngine({ threads, cacheDir: kernels }) });
      const worker = runWorker({
        chain: {
          ...chain,
          open: (request, bounds) =>
            chain.open({ ...request, openingDigest: bytes32Of(sha256(new Uint8Array([0]))) }, bounds),
        },
        spool: await openSpool({ folder: dataDir }),
        engine,
        key: parseBytes32(key, 'private key'),
        signal,
        log,
        follow: (follow) => followEvents({ network: network.network, ...follow, onTrouble: () => undefined }),
        store: network.store,
        suggestions: undefined,
        renderLeaves: halfSamples,
      });
      running.push({ close: () => worker.close().finally(() => engine.close()) });
      return worker;
    },
    async verifier(name, more = {}) {
      const verifier = await startVerifier({ ...(await common(name)), ...more });
      running.push(verifier);
      return verifier;
    },
    async close() {
      stopping.abort();
      await Promise.all(running.map((one) => one.close()));
      await network.close();
    },
  };
}
