import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BringUpOptions } from './BringUpOptions.js';
import { networkPaths } from './networkPaths.js';

/** How `rushes worker` or `rushes verifier` is called for a party of the network. */
export function partyArguments({
  name,
  role,
  isFirst,
  folder,
  options,
}: {
  name: string;
  role: 'worker' | 'verifier';
  isFirst: boolean;
  folder: string;
  options: BringUpOptions;
}): string[] {
  const paths = networkPaths(folder);
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / Math.max(1, options.workers)));
  const own = [
    ...['--key', join(paths.keys, `${name}.key`), '--data', join(paths.daemons, name)],
    ...(options.sceneBytes === undefined ? [] : ['--scene-memory', String(options.sceneBytes)]),
  ];
  // Verifiers come after workers where the processor is short: nothing is audited before something is rendered.
  if (role === 'verifier') return ['verifier', ...own, '--threads', '1', '--nice', '10'];
  const cheat = isFirst && options.cheat !== undefined ? ['--cheat', options.cheat] : [];
  return ['worker', ...own, '--threads', String(threads), ...cheat];
}
