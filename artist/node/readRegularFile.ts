import { constants, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { BadInputError } from '../../protocol/errors.js';
import type { TooLargeFile } from '../../renderer/scene/SceneSource.js';

/** Errors that mean that there is no such file. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR']);
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  ENAMETOOLONG: 'its name is longer than a file name may be',
  ELOOP: 'its links go round in a circle',
  EIO: 'the disk does not give it',
};

/**
 * Reads a regular file of at most `maxBytes`; undefined where there is none. It is looked at before it is opened: a
 * folder, a device or a pipe is refused, since reading one may never end, and of a file that is too large only the size
 * is told.
 * @param name what the person calls the file, for errors.
 */
export async function readRegularFile(options: {
  path: string;
  name: string;
  maxBytes: number;
}): Promise<Uint8Array | TooLargeFile | undefined> {
  const { path, name, maxBytes } = options;
  try {
    refuseIrregular(await stat(path), name);
    // What the name stands for may change meanwhile: opened so that a pipe does not wait, and looked at again.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      refuseIrregular(found, name);
      if (found.size > maxBytes) return { tooLarge: true, byteLength: found.size };
      const bytes = new Uint8Array(found.size);
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, MOST_AT_ONCE), at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return bytes.subarray(0, at);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (ABSENT.has(code)) return undefined;
    if (error instanceof BadInputError) throw error;
    throw new BadInputError({
      code: 'unreadable-file',
      message: `${shorten(name)} cannot be read: ${REASONS[code] ?? `${code || 'the system'} says ${(error as Error).message}`}`,
      facts: { name: shorten(name), errno: code },
      advice: 'name a file that this user can read.',
      cause: error,
    });
  }
}

/** Read at once, so that an interruption waits for no more. */
const MOST_AT_ONCE = 64 << 20;

function refuseIrregular(found: Stats, name: string): void {
  if (found.isFile()) return;
  const kind = found.isDirectory()
    ? 'a folder'
    : found.isFIFO()
      ? 'a pipe'
      : found.isSocket()
        ? 'a socket'
        : 'a device';
  throw new BadInputError({
    code: 'not-a-file',
    message: `${shorten(name)} is ${kind}, not a file`,
    facts: { name: shorten(name), kind },
    advice: 'name a regular file.',
  });
}

/** A name as a sentence can hold it. */
export function shorten(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}...` : name;
}
