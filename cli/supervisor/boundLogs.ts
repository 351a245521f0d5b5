import { copyFile, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

/** A log is turned when it is larger than this, and this many older parts of it are kept: NAME.log.1 is the newest. */
const MOST_BYTES = 16 << 20;
const KEPT_PARTS = 3;
const LOOK_MS = 20_000;

/**
 * Keeps the logs of a folder from growing for ever, until the signal aborts. Whoever writes them goes on with the same
 * open file, so that nobody has to be started again for it.
 */
export function boundLogs(folder: string, signal: AbortSignal): void {
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    // A folder that is gone, or a full disk, is no reason for the network to end; the next look tries again.
    void turnLogs(folder, { mostBytes: MOST_BYTES, keptParts: KEPT_PARTS })
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  }, LOOK_MS);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/**
 * Turns the logs that are too large: their content goes to NAME.log.1, older parts one further, and they are emptied.
 * They are open for appending, so that their writers go on at their new beginning. A line of just that moment may be
 * lost; after a crash in the middle some are there twice.
 */
export async function turnLogs(folder: string, bounds: { mostBytes: number; keptParts: number }): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.log') || (await stat(path)).size <= bounds.mostBytes) continue;
    for (let part = bounds.keptParts; part > 1; part--)
      await rename(`${path}.${part - 1}`, `${path}.${part}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    try {
      await copyFile(path, `${path}.1`);
    } catch (error) {
      await rm(`${path}.1`, { force: true });
      throw error;
    }
    await truncate(path);
  }
}
