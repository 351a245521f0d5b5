import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { type Bytes32, bytes32Of, parseBytes32 } from '../../protocol/ids.js';

/**
 * The private key in a file, 32 bytes as hex. A missing file is made, readable by this user alone; one that others can
 * read is refused. Throws BadInputError for a file that holds no key.
 */
export async function readOrMakeKey(path: string): Promise<Bytes32> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return makeKey(path);
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new BadInputError({
      code: 'key-readable',
      message: `the key in ${path} can be read by others`,
      facts: { path },
      advice: `run \`chmod 600 ${path}\`.`,
    });
  const hex = text.trim();
  try {
    return parseBytes32(hex.startsWith('0x') ? hex.toLowerCase() : `0x${hex.toLowerCase()}`);
  } catch (cause) {
    throw new BadInputError({
      code: 'bad-key',
      message: `${path} holds no private key`,
      facts: { path },
      advice: 'it must hold 32 bytes as 64 hexadecimal digits.',
      cause,
    });
  }
}

/** Makes a key and its file at once: of two processes that find no file, both end with the key of the first. */
async function makeKey(path: string): Promise<Bytes32> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = bytes32Of(crypto.getRandomValues(new Uint8Array(32)));
  const candidate = `${path}.${process.pid}`;
  await writeFile(candidate, `${key}\n`, { mode: 0o600 });
  try {
    await link(candidate, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return parseBytes32((await readFile(path, 'utf8')).trim());
  } finally {
    await rm(candidate, { force: true });
  }
}
