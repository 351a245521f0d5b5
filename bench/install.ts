import { spawnSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './describeMachine.js';
import { writeResult } from './writeResult.js';

// `npm run bench:install [-- --cold] [-- --ignore-scripts]`: time and size of `npm ci` in a clean clone of the last
// commit. `--cold` gives npm an empty cache, so that every package comes over the network.
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    cold: { type: 'boolean', default: false },
    'ignore-scripts': { type: 'boolean', default: false },
    'no-save': { type: 'boolean', default: false },
  },
});
const machine = describeMachine(root);
const folder = await mkdtemp(join(tmpdir(), 'rushes-bench-install-'));
const clone = join(folder, 'rushes');

try {
  run(['git', 'clone', '--quiet', '--no-hardlinks', root, clone], folder);
  const began = performance.now();
  run(
    [
      'npm',
      'ci',
      '--no-audit',
      '--no-fund',
      ...(values.cold ? ['--cache', join(folder, 'cache')] : []),
      ...(values['ignore-scripts'] ? ['--ignore-scripts'] : []),
    ],
    clone,
  );
  const wallMs = Math.round(performance.now() - began);
  const bytes = await bytesBelow(join(clone, 'node_modules'));
  const result = {
    wallMs,
    nodeModulesMB: Math.round(bytes / 1e6),
    cold: values.cold,
    ignoreScripts: values['ignore-scripts'],
  };
  console.log(JSON.stringify({ machine, ...result }, null, 2));
  if (!values['no-save']) console.log(await writeResult({ root, bench: 'install', machine, result }));
} finally {
  await rm(folder, { recursive: true, force: true });
}

function run(command: string[], cwd: string): void {
  const { status, error } = spawnSync(command[0]!, command.slice(1), { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${error?.message ?? status}`);
}

/** Disk used by a folder in bytes; a file with several names counts once. */
async function bytesBelow(path: string, seen = new Set<bigint>()): Promise<number> {
  const stat = await lstat(path, { bigint: true });
  if (seen.has(stat.ino)) return 0;
  seen.add(stat.ino);
  let bytes = Number(stat.blocks) * 512;
  if (stat.isDirectory()) for (const name of await readdir(path)) bytes += await bytesBelow(join(path, name), seen);
  return bytes;
}
