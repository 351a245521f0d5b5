import { readFile, stat } from 'node:fs/promises';
import { BadInputError } from '../../protocol/errors.js';
import type { CommandContext } from '../options/CommandContext.js';
import { askPassphrase } from '../terminal/askPassphrase.js';

/** What opens encrypted keys. */
export interface Passphrase {
  /** The one of RUSHES_PASSPHRASE or RUSHES_PASSPHRASE_FILE; undefined: none was given. */
  given(): Promise<string | undefined>;
  /** The given one, or what a person answers. Throws BadInputError where nobody is there to ask. */
  ask(question?: string): Promise<string>;
}

/** The passphrase of a command, asked for once at most. */
export function passphraseOf({ env, terminal, signal }: CommandContext): Passphrase {
  let answered: string | undefined;
  const given = async (): Promise<string | undefined> => {
    if (env.passphrase !== undefined || env.passphraseFile === undefined) return env.passphrase;
    return await readPassphraseFile(env.passphraseFile);
  };
  return {
    given,
    ask: async (question = 'passphrase') =>
      (answered ??= (await given()) ?? (await askPassphrase({ question, terminal, signal }))),
  };
}

/** The first line of a file that only its user can read. Throws BadInputError for any other. */
export async function readPassphraseFile(path: string): Promise<string> {
  const bad = (message: string, advice: string, cause?: unknown): BadInputError =>
    new BadInputError({ code: 'bad-key', message, facts: { path }, advice, cause });
  const { mode } = await stat(path).catch((cause: unknown) => {
    throw bad(`there is no passphrase in ${path}`, 'check RUSHES_PASSPHRASE_FILE.', cause);
  });
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new BadInputError({
      code: 'key-readable',
      message: `the passphrase in ${path} can be read by others`,
      facts: { path },
      advice: `run \`chmod 600 ${path}\`.`,
    });
  const passphrase = (await readFile(path, 'utf8')).split('\n')[0]?.replace(/\r$/, '') ?? '';
  if (passphrase === '') throw bad(`the first line of ${path} is empty`, 'write the passphrase there.');
  return passphrase;
}
