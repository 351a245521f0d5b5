import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { makeFolder } from '../files/makeFolder.js';
import { addressOf } from '../network/networkKeys.js';
import { parseKey, readKeyFile, readOrMakeKey } from '../network/readOrMakeKey.js';
import type { CommandContext } from '../options/CommandContext.js';
import { accountOfKeystore, decryptKey, encryptKey, isKeystore } from '../keys/keystore.js';
import { passphraseOf } from '../keys/passphraseOf.js';
import { askPassphrase } from '../terminal/askPassphrase.js';
import { formatTable } from '../terminal/formatTable.js';

/** Runs `rushes key show`: the accounts of a key file, or of all in RUSHES_HOME. Never shows a key. */
export async function showKeys({
  file,
  context,
}: {
  file: string | undefined;
  context: CommandContext;
}): Promise<void> {
  const { env, terminal } = context;
  if (file !== undefined) await requireFile(file);
  const files = file === undefined ? await keyFilesBelow(env.home) : [file];
  const keys = await Promise.all(files.map(describeKey));
  if (keys.length === 0) terminal.line(`there are no keys in ${env.home} yet`);
  else
    for (const line of formatTable(
      [{ heading: 'account' }, { heading: 'key file' }],
      keys.map(({ account, path, isEncrypted }) => [account, isEncrypted ? `${path} (encrypted)` : path]),
    ))
      terminal.line(line);
  terminal.result({ keys });
}

/** Which account a file holds the key of. An encrypted one is believed. */
async function describeKey(path: string): Promise<{ account: string; path: string; isEncrypted: boolean }> {
  const text = (await readKeyFile(path)) ?? '';
  const isEncrypted = isKeystore(text);
  return { account: (isEncrypted && accountOfKeystore(text)) || addressOf(parseKey(text, path)), path, isEncrypted };
}

/** Runs `rushes key export`: a key as an Ethereum keystore (version 3), encrypted with a passphrase. */
export async function exportKey({
  file,
  out,
  context,
}: {
  file: string;
  out: string;
  context: CommandContext;
}): Promise<void> {
  const { terminal, signal } = context;
  await requireFile(file);
  const passphrase = passphraseOf(context);
  const isEncrypted = isKeystore((await readKeyFile(file)) ?? '');
  const key = await readOrMakeKey(file, { passphrase });
  // One that is encrypted keeps its passphrase.
  const protecting = isEncrypted ? await passphrase.ask() : await newPassphrase(context);
  signal.throwIfAborted();
  await writeNew(out, await encryptKey(key, protecting));
  terminal.line(`${addressOf(key)} is in ${out}, encrypted; without its passphrase it is lost`);
}

/** Runs `rushes key encrypt`: puts a keystore in the place of a plain key. */
export async function encryptKeyFile({ file, context }: { file: string; context: CommandContext }): Promise<void> {
  const { terminal, signal } = context;
  await requireFile(file);
  const text = (await readKeyFile(file)) ?? '';
  if (isKeystore(text))
    throw new BadInputError({
      code: 'bad-key',
      message: `the key in ${file} is encrypted already`,
      facts: { path: file },
      advice: 'for another passphrase, import it into a new file and encrypt that.',
    });
  const key = parseKey(text, file);
  const passphrase = await newPassphrase(context);
  const keystore = await encryptKey(key, passphrase);
  if ((await decryptKey(keystore, passphrase, file)) !== key) throw new Error('the keystore does not hold the key');
  signal.throwIfAborted();
  const next = `${file}.${process.pid}`;
  await writeFile(next, keystore, { mode: 0o600, flag: 'wx', flush: true });
  await rename(next, file);
  terminal.line(
    `${addressOf(key)} is encrypted in ${file}; without its passphrase it is lost. What was plain may still be found on the disk and in backups`,
  );
}

/** Runs `rushes key import`: a keystore, or 64 hexadecimal digits, becomes a key file. */
export async function importKey({
  file,
  out,
  context,
}: {
  file: string;
  out: string;
  context: CommandContext;
}): Promise<void> {
  const { terminal } = context;
  await requireFile(file);
  const text = await readFile(file, 'utf8');
  // What is imported may come from anywhere: a keystore protects itself, and plain keys must be their user's alone.
  const key = isKeystore(text)
    ? await decryptKey(text, await passphraseOf(context).ask(), file)
    : await readOrMakeKey(file);
  await makeFolder(dirname(out));
  await writeNew(out, `${key}\n`);
  terminal.line(`${addressOf(key)} is in ${out}`);
}

/** A passphrase for a key that has none yet: the given one, or one that was typed twice alike. */
async function newPassphrase(context: CommandContext): Promise<string> {
  const { terminal, signal } = context;
  const given = await passphraseOf(context).given();
  if (given !== undefined) return given;
  const first = await askPassphrase({ question: 'passphrase', terminal, signal });
  if (first === (await askPassphrase({ question: 'the same again', terminal, signal }))) return first;
  throw new BadInputError({
    code: 'bad-key',
    message: 'the two passphrases differ',
    advice: 'run the command again.',
  });
}

async function requireFile(path: string): Promise<void> {
  await readFile(path).catch((cause: unknown) => {
    throw new BadInputError({
      code: 'bad-key',
      message: `there is no key in ${path}`,
      facts: { path },
      advice: 'check the path; `rushes key show` lists the keys of this user.',
      cause,
    });
  });
}

/** Writes a file that only this user can read, and never over one that is there. */
async function writeNew(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new BadInputError({
      code: 'bad-key',
      message: `${path} is there already, and a key is never written over`,
      facts: { path },
      advice: 'name another file.',
      cause: error,
    });
  });
}

/** The key files of a home: those of roles, of joined networks, and of the network of this machine. */
async function keyFilesBelow(home: string): Promise<string[]> {
  const list = async (folder: string): Promise<string[]> =>
    (await readdir(folder).catch(() => [])).sort().map((name) => join(folder, name));
  const folders = [
    join(home, 'keys'),
    ...(await list(join(home, 'networks'))).map((folder) => join(folder, 'keys')),
    join(home, 'local', 'keys'),
  ];
  return (await Promise.all(folders.map(list))).flat().filter((path) => path.endsWith('.key'));
}
