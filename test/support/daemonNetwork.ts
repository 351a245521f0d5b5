import { join } from 'node:path';
import type { Bytes32 } from '../../protocol/ids.js';
import { type WorkerOptions, startWorker } from '../../worker/startWorker.js';
import type { RunningWorker } from '../../worker/runWorker.js';
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
  const common = async (name: string) => ({ network: network.network, key: await network.key(name), dataDir: folderOf(name), cacheDir, threads: 1, signal: stopping.signal, log: testLog.child({ name }) });
  return {
    ...network, kernelHash, folderOf,
    async worker(name, more = {}) {
      const worker = await startWorker({ ...await common(name), ...more });
      running.push(worker);
      return worker;
    },
    async verifier(name, more = {}) {
      const verifier = await startVerifier({ ...await common(name), ...more });
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
