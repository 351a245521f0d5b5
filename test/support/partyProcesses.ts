import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadKernel } from '../../renderer/cpu/loadKernel.js';
import { kernelSource } from '../../renderer/kernels/kernelSource.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { openWorkshop, type RunningCommand } from './runRushes.js';
import { type SmallNetwork, startSmallNetwork } from './smallNetwork.js';

/** A small network whose workers and verifiers are processes of their own, to be stopped and killed. */
export interface ProcessNetwork extends SmallNetwork {
  kernelHash: Bytes32;
  /** Starts `rushes worker` or `rushes verifier` under a name; resolves when it says that it is there. */
  party(role: 'worker' | 'verifier', name: string): Promise<RunningCommand & { account: string }>;
  /** Starts any other `rushes` command of somebody who uses the network. */
  command(args: string[]): RunningCommand;
  /** Path in the folder of its commands. */
  path(name: string): string;
}

/** @param options.disk a folder that the state of every party and the IPFS endpoint's blocks go to */
export async function startProcessNetwork(options: { policy?: PolicyNumbers; disk?: string }): Promise<ProcessNetwork> {
  const workshop = await openWorkshop();
  const disk = options.disk ?? workshop.folder;
  const network = await startSmallNetwork({
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ipfsFolder: join(disk, 'ipfs'),
  });
  const { kernelHash } = await loadKernel({ source: kernelSource(), cacheDir: workshop.path('cache') });
  const description = workshop.path('network.json');
  await writeFile(description, JSON.stringify(network.network));
  await mkdir(workshop.path('keys'));
  return {
    ...network,
    kernelHash,
    command: (args) => workshop.start([...args, '--network', description]),
    path: workshop.path,
    async party(role, name) {
      const keyFile = workshop.path(`keys/${name}`);
      await writeFile(keyFile, await network.key(name), { mode: 0o600 });
      const command = workshop.start(
        [role, '--network', description, '--key', keyFile, '--data', join(disk, name), '--threads', '1'],
        { RUSHES_CACHE: workshop.path('cache') },
      );
      const [, account] = await command.said(new RegExp(`${role} (0x[0-9a-f]{40})`));
      return Object.defineProperties(
        { account: account as string },
        Object.getOwnPropertyDescriptors(command),
      ) as RunningCommand & { account: string };
    },
    async close() {
      await workshop.clear();
      await network.close();
    },
  };
}
