import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { pause } from '../../adapters/pause.js';
import { BadInputError } from '../../protocol/errors.js';
import { NOTHING_REFUSED, parseRefusedList, type RefusedList } from './parseRefusedList.js';

const LOOK_MS = 2_000;

/**
 * The list in a file, read again within seconds when the file changed: call the result for the present one. A change
 * that cannot be read leaves the list as it was, and is said in the log. Throws BadInputError where the file cannot be
 * read at first: whoever names a list means it.
 */
export async function watchRefusedList(options: {
  /** Undefined: nothing is refused. */
  path: string | undefined;
  signal: AbortSignal;
  log: Logger;
  lookMs?: number;
}): Promise<() => RefusedList> {
  const { path, signal, log } = options;
  if (path === undefined) return () => NOTHING_REFUSED;
  let text = await readText(path);
  let list = parseRefusedList(text, path);
  let trouble = '';
  say();

  void (async () => {
    for (;;) {
      await pause(options.lookMs ?? LOOK_MS, signal);
      try {
        const now = await readText(path);
        if (now !== text) {
          text = now;
          list = parseRefusedList(text, path);
          say();
        }
        trouble = '';
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== trouble) log.error({ reason }, 'the list of what is refused stays as it was');
        trouble = reason;
      }
    }
  })().catch(() => undefined);

  function say(): void {
    log.info({ path, accounts: list.accounts.size, cids: list.cids.size }, 'read the list of what is refused');
  }
  return () => list;
}

async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new BadInputError({
      message: `the list of what is refused cannot be read: ${path} (${cause.code ?? cause.message})`,
      facts: { path },
      advice: 'Check its path; an empty file refuses nothing.',
      cause,
    });
  });
}
