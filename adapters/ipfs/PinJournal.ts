// Pins as a journal of lines "+CID" and "-CID". States: open (replayed and compacted) -> appending -> closed.
// Appends of concurrent requests go to the disk together: one write and one fsync carry all that arrived while the one
// before ran.
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageError } from './storageError.js';

const JOURNAL_FILE = 'pins.journal';

/**
 * A set of pinned CIDs that survives kill -9 and power failure: `add` and `remove` return after the change is on the
 * disk.
 */
export class PinJournal {
  readonly #pins: Set<string>;
  readonly #file: FileHandle;
  /** Unpinned, but not on the disk yet: where that fails they are pins again. */
  readonly #leaving = new Set<{ cid: string }>();
  #length: number;
  #waiting: { lines: string; done: (error?: unknown) => void }[] = [];
  #flushing: Promise<void> | undefined = undefined;

  private constructor(pins: Set<string>, file: FileHandle, length: number) {
    this.#pins = pins;
    this.#file = file;
    this.#length = length;
  }

  /** Replays the journal of a folder and writes it anew without what was unpinned. */
  static async open(folder: string): Promise<PinJournal> {
    const path = join(folder, JOURNAL_FILE);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const pins = new Set<string>();
    // A last line without its line feed was being written when the process died: nobody was told that it holds.
    for (const line of text.split('\n').slice(0, -1)) {
      if (line.startsWith('+')) pins.add(line.slice(1));
      else if (line.startsWith('-')) pins.delete(line.slice(1));
    }
    const compact = [...pins].map((pin) => `+${pin}\n`).join('');
    if (compact !== text) await replaceFile(path, compact);
    const file = await open(path, 'a');
    return new PinJournal(pins, file, Buffer.byteLength(compact));
  }

  has(cid: string): boolean {
    return this.#pins.has(cid);
  }

  all(): string[] {
    return [...this.#pins];
  }

  /** All pins, and those whose end is not on the disk yet. */
  standing(): string[] {
    return [...this.#pins, ...[...this.#leaving].map(({ cid }) => cid)];
  }

  /** Pins the CIDs that are not pinned yet. */
  async add(cids: string[]): Promise<void> {
    const added = cids.filter((cid) => !this.#pins.has(cid));
    if (added.length === 0) return;
    await this.#append(added.map((cid) => `+${cid}\n`).join(''));
    for (const cid of added) this.#pins.add(cid);
  }

  /** Unpins; false when the CID was not pinned. */
  async remove(cid: string): Promise<boolean> {
    if (!this.#pins.delete(cid)) return false;
    const leaving = { cid };
    this.#leaving.add(leaving);
    try {
      await this.#append(`-${cid}\n`);
    } catch (error) {
      this.#pins.add(cid);
      throw error;
    } finally {
      this.#leaving.delete(leaving);
    }
    return true;
  }

  async close(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    await this.#file.close();
  }

  #append(lines: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        lines,
        done: (error) =>
          error === undefined ? resolve() : reject(StorageError.from(error, 'writing the list of pins')),
      });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const bytes = Buffer.from(batch.map((one) => one.lines).join(''));
      try {
        await this.#file.appendFile(bytes);
        await this.#file.datasync();
        this.#length += bytes.length;
        for (const one of batch) one.done();
      } catch (error) {
        // Take back a part that a full disk let through, or the next line would be glued to it.
        await this.#file.truncate(this.#length).catch(() => undefined);
        for (const one of batch) one.done(error);
      }
    }
    // Cleared in the same turn as the last look at the queue: an append that comes later starts a flush of its own.
    this.#flushing = undefined;
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  const file = await open(next, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
