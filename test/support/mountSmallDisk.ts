import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file system of its own of a few megabytes, to be full soon; undefined where this user may not mount one. Every user
 * can enter it.
 */
export async function mountSmallDisk(
  megabytes: number,
): Promise<{ folder: string; close(): Promise<void> } | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'rushes-small-'));
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
  await chmod(folder, 0o755);
  return {
    folder,
    async close() {
      execFileSync('/bin/umount', [folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
