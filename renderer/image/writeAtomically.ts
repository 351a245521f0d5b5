import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RushesError } from '../../protocol/errors.js';

/** A file could not be written; what was at its path before is still there. */
export class WriteFailedError extends RushesError {
  constructor(options: { path: string; byteLength: number; cause: unknown }) {
    const reason = (options.cause as NodeJS.ErrnoException).code ?? String(options.cause);
    super({
      code: 'write-failed',
      message: `${options.path} cannot be written: ${REASONS[reason] ?? reason}`,
      facts: { path: options.path, byteLength: options.byteLength, reason },
      advice: ADVICE[reason] ?? 'Give another folder.',
      cause: options.cause,
    });
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'part of its path is a file',
  EISDIR: 'it is a folder',
};
const ADVICE: Record<string, string> = {
  ENOSPC: 'Free some space, or give a folder on another disk.',
  EDQUOT: 'Free some space, or give a folder on another disk.',
};

/**
 * Writes a file whole or not at all: to a name of its own in the same folder, flushed, then renamed over the path, so
 * that whoever looks sees the old content or the new. Throws WriteFailedError.
 */
export async function writeAtomically(options: { path: string; bytes: Uint8Array }): Promise<void> {
  const { path, bytes } = options;
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new WriteFailedError({ path, byteLength: bytes.length, cause });
  }
}
