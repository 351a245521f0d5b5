import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Wallet } from '@ethersproject/wallet';
import { BadInputError } from '../../protocol/errors.js';
import { makeFolder } from '../files/makeFolder.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';
import type { CommandContext } from '../options/CommandContext.js';
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
  const keys = await Promise.all(
    files.map(async (path) => ({ account: new Wallet(await readOrMakeKey(path)).address.toLowerCase(), path })),
  );
  if (keys.length === 0) terminal.line(`there are no keys in ${env.home} yet`);
  else
    for (const line of formatTable(
      [{ heading: 'account' }, { heading: 'key file' }],
      keys.map(({ account, path }) => [account, path]),
    ))
      terminal.line(line);
  terminal.result({ keys });
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
  const { env, terminal, signal } = context;
  await requireFile(file);
  const wallet = new Wallet(await readOrMakeKey(file));
  const passphrase = env.passphrase ?? (await askTwice(context));
  signal.throwIfAborted();
  await writeNew(out, `${await wallet.encrypt(passphrase)}\n`);
  terminal.line(`${wallet.address.toLowerCase()} is in ${out}, encrypted; without its passphrase it is lost`);
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
  const { env, terminal, signal } = context;
  await requireFile(file);
  const text = await readFile(file, 'utf8');
  let key: string;
  if (text.trimStart().startsWith('{')) {
    const passphrase = env.passphrase ?? (await askPassphrase({ question: 'passphrase', terminal, signal }));
    key = await Wallet.fromEncryptedJson(text, passphrase).then(
      (wallet) => wallet.privateKey,
      (cause: unknown) => {
        throw new BadInputError({
          code: 'bad-key',
          message: `${file} cannot be decrypted`,
          facts: { path: file },
          advice: 'check the passphrase, and that it is an Ethereum keystore.',
          cause,
        });
      },
    );
  } else key = await readOrMakeKey(file);
  await makeFolder(dirname(out));
  await writeNew(out, `${key}\n`);
  terminal.line(`${new Wallet(key).address.toLowerCase()} is in ${out}`);
}

async function askTwice({ terminal, signal }: CommandContext): Promise<string> {
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
