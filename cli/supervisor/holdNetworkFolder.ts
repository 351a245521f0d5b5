import { stat } from 'node:fs/promises';
import { FolderInUseError, type FolderLock, lockFolder } from '../../adapters/lockFolder.js';
import { RushesError } from '../../protocol/errors.js';
import { killLeftovers } from './killLeftovers.js';

const WHAT = 'a network';

/**
 * Takes a network folder for this process. The folder of a holder that was killed is taken over, and what it left
 * running is killed first. Throws a RushesError (exit code 1) that names the holder when another process runs a network
 * there.
 */
export async function holdNetworkFolder(folder: string): Promise<FolderLock> {
  try {
    const lock = await lockFolder(folder, WHAT);
    await killLeftovers(folder);
    return lock;
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error;
    throw new RushesError({
      code: 'network-running',
      message: `a network is already running in ${folder} (process ${String(error.facts.pid)})`,
      facts: error.facts,
      advice: `use it with \`rushes render SCENE\`, stop it with \`kill ${String(error.facts.pid)}\`, or choose another folder with --data DIR.`,
      cause: error,
    });
  }
}

/** Whether a live process runs a network in a folder. */
export async function isNetworkRunning(folder: string): Promise<boolean> {
  if (
    await stat(folder).then(
      (found) => !found.isDirectory(),
      () => true,
    )
  )
    return false;
  try {
    await (await lockFolder(folder, WHAT)).release();
    return false;
  } catch (error) {
    if (error instanceof FolderInUseError) return true;
    throw error;
  }
}
