// What the faucet gave to whom, as a journal of JSON lines. An entry is written before anything is sent (promised) and
// again when it is mined (given); the last line of an account holds.
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { type Address, type Wei, parseAddress } from '../protocol/ids.js';

const JOURNAL_FILE = 'starts.journal';

/** One account's start. */
export interface Start {
  account: Address;
  /** Who asked: an address, or a /64 of IPv6; undefined once nobody needs to know. */
  asker: string | undefined;
  /** Unix seconds at which it was promised. */
  atSeconds: number;
  /** A promise is counted like a gift, and is kept by whoever asks for the account next. */
  state: 'promised' | 'given';
  coinsWei: Wei;
  tokensWei: Wei;
}

/** Starts by account, which survive kill -9. */
export interface StartBook {
  find(account: Address): Start | undefined;
  /** Starts since a moment, of one asker or of all. */
  count(since: { seconds: number; asker?: string }): number;
  /** When the oldest start since a moment was promised, of one asker or of all. */
  oldest(since: { seconds: number; asker?: string }): number | undefined;
  /** Holds at once, and is on the disk when it resolves. */
  write(start: Start): Promise<void>;
  close(): Promise<void>;
}

/** Opens the book of a folder and writes it anew, without the askers of starts before `forgetBeforeSeconds`. */
export async function openStartBook(options: { folder: string; forgetBeforeSeconds: number }): Promise<StartBook> {
  const path = join(options.folder, JOURNAL_FILE);
  const starts = parseJournal(
    await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    }),
  );
  for (const start of starts.values()) if (start.atSeconds < options.forgetBeforeSeconds) start.asker = undefined;
  const file = await replaceFile(path, [...starts.values()].map(lineOf).join(''));
  let writing: Promise<unknown> = Promise.resolve();

  const since = ({ seconds, asker }: { seconds: number; asker?: string }): Start[] =>
    [...starts.values()].filter((start) => start.atSeconds > seconds && (asker === undefined || start.asker === asker));
  return {
    find: (account) => starts.get(account),
    count: (of) => since(of).length,
    oldest: (of) =>
      since(of).reduce<number | undefined>(
        (least, { atSeconds }) => Math.min(least ?? atSeconds, atSeconds),
        undefined,
      ),
    async write(start) {
      starts.set(start.account, start);
      const written = writing.then(async () => {
        await file.appendFile(lineOf(start));
        await file.datasync();
      });
      writing = written.catch(() => undefined);
      await written;
    },
    async close() {
      await writing;
      await file.close();
    },
  };
}

function lineOf(start: Start): string {
  return `${JSON.stringify({ ...start, coinsWei: start.coinsWei.toString(), tokensWei: start.tokensWei.toString() })}\n`;
}

/** The last line of each account. A line that a crash or a full disk cut short was told to nobody. */
function parseJournal(text: string): Map<Address, Start> {
  const starts = new Map<Address, Start>();
  for (const line of text.split('\n')) {
    const start = parseLine(line);
    if (start !== undefined) starts.set(start.account, start);
  }
  return starts;
}

function parseLine(line: string): Start | undefined {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return {
      account: parseAddress(value['account']),
      asker: typeof value['asker'] === 'string' ? value['asker'] : undefined,
      atSeconds: Number(value['atSeconds']),
      state: value['state'] === 'given' ? 'given' : 'promised',
      coinsWei: BigInt(String(value['coinsWei'])),
      tokensWei: BigInt(String(value['tokensWei'])),
    };
  } catch {
    return undefined;
  }
}

/** Writes the file anew, whole or not at all, and opens it for more. */
async function replaceFile(path: string, text: string): Promise<FileHandle> {
  const next = `${path}.next`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  return open(path, 'a');
}
