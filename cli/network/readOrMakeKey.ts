import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { type Bytes32, bytes32Of, parseBytes32 } from '../../protocol/ids.js';
import { decryptKey, encryptKey, isKeystore } from '../keys/keystore.js';
import type { Passphrase } from '../keys/passphraseOf.js';

/** How a key file is read. */
export interface KeyReading {
  /** Opens a key that is encrypted; undefined: such a key is refused. */
  passphrase?: Passphrase;
  /** A key of a daemon: encrypted where a passphrase was given, refused where it is not. */
  isDaemons?: boolean;
}

/**
 * The private key in a file: 32 bytes as hex, or an Ethereum keystore. A missing file is made, readable by this user
 * alone; one that others can read is refused. Throws BadInputError for a file that holds no key, and for a key of a
 * daemon that is not encrypted where a passphrase was given.
 */
export async function readOrMakeKey(path: string, reading: KeyReading = {}): Promise<Bytes32> {
  const { passphrase } = reading;
  const given = reading.isDaemons === true ? await passphrase?.given() : undefined;
  const text = await readKeyFile(path);
  if (text === undefined) return makeKey(path, given);
  if (isKeystore(text)) {
    if (passphrase === undefined)
      throw new BadInputError({
        code: 'bad-key',
        message: `the key in ${path} is encrypted, and it is used here without asking anybody`,
        facts: { path },
        advice: `make a plain one of it: \`rushes key import ${path} FILE\`.`,
      });
    return await decryptKey(text, await passphrase.ask(`passphrase of ${path}`), path);
  }
  if (given !== undefined)
    throw new BadInputError({
      code: 'bad-key',
      message: `a passphrase was given, and the key in ${path} is not encrypted`,
      facts: { path },
      advice: `encrypt it with \`rushes key encrypt ${path}\`, or leave the passphrase out.`,
    });
  return parseKey(text, path);
}

/** The text of a key file that nobody else can read; undefined where there is none. */
export async function readKeyFile(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new BadInputError({
      code: 'key-readable',
      message: `the key in ${path} can be read by others`,
      facts: { path },
      advice: `run \`chmod 600 ${path}\`.`,
    });
  return text;
}

/** The key that the text of a plain key file is. */
export function parseKey(text: string, path: string): Bytes32 {
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
async function makeKey(path: string, passphrase: string | undefined): Promise<Bytes32> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = bytes32Of(crypto.getRandomValues(new Uint8Array(32)));
  const candidate = `${path}.${process.pid}`;
  const text = passphrase === undefined ? `${key}\n` : await encryptKey(key, passphrase);
  await writeFile(candidate, text, { mode: 0o600 });
  try {
    await link(candidate, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const first = await readFile(path, 'utf8');
    return isKeystore(first) ? await decryptKey(first, passphrase ?? '', path) : parseKey(first, path);
  } finally {
    await rm(candidate, { force: true });
  }
}
