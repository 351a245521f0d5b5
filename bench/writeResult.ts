import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './describeMachine.js';

/**
 * Keeps a result under bench/results/, one file per bench, day and commit; a later run of the same replaces it. Returns
 * its path.
 */
export async function writeResult(options: {
  root: string;
  bench: string;
  machine: Machine;
  result: object;
}): Promise<string> {
  const { root, bench, machine, result } = options;
  const folder = join(root, 'bench', 'results');
  const path = join(
    folder,
    `${bench}-${machine.measuredAt.slice(0, 10)}-${machine.commit.replace('+changes', '-changes').replace(/[^\w-]/g, '-')}.json`,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(path, `${JSON.stringify({ bench, machine, ...result }, null, 2)}\n`);
  return path;
}
