import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandoned } from '../../adapters/lockFolder.js';
import { holdNetworkFolder } from '../supervisor/holdNetworkFolder.js';

/**
 * Removes the network folders in `parent` that their processes could not remove because they were killed with kill -9.
 * A folder that a live process holds stays, and so does one that was given back (kept for its logs) or is another
 * user's. What cannot be removed is no trouble of this command's.
 */
export async function removeAbandonedNetworks({ parent, prefix }: { parent: string; prefix: string }): Promise<void> {
  const folders = (await readdir(parent, { withFileTypes: true })).filter(
    (entry) => entry.isDirectory() && entry.name.startsWith(prefix),
  );
  await Promise.all(folders.map(({ name }) => removeIfAbandoned(join(parent, name)).catch(() => {})));
}

async function removeIfAbandoned(folder: string): Promise<void> {
  const isOurs = (await stat(folder)).uid === process.getuid?.();
  if (!isOurs || !(await isAbandoned(folder))) return;
  // Held while it goes, so that of two commands one removes it; and what still runs on it is ended first.
  await (await holdNetworkFolder(folder)).removeFolder();
}
