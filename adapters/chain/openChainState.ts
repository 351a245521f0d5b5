import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { RushesError } from '../../protocol/errors.js';

// The state of a chain is kept twice. A save is written aside, flushed, and renamed over the newest, whose content is
// the one before from then on: whenever the power goes, at least one of the two is whole. Both are gzip files, which
// carry a checksum and a length: a damaged one is told from a whole one, and the other is used.

const NEWEST = 'chain.state.gz';
const BEFORE = 'chain.state.before.gz';
/** What version 0.1.0 kept: anvil's own file, and a copy of it. */
const FORMER = ['chain.json', 'chain.backup.json'] as const;
const ASIDE = 'chain.state.new.gz';
const DAMAGED = 'chain.state.damaged.gz';
const UNPACKED = 'chain.state.json';
/** A gzip file is never shorter: header and trailer. */
const LEAST_GZIP_BYTES = 18;

/** The saved states of one chain. */
export interface ChainState {
  /**
   * Unpacks the newest whole save into a file for anvil to load; undefined on a new chain. `notice` is for people: a
   * save was damaged and the one before it is used. Throws `chain-state-broken` when there are saves and none is whole.
   */
  load(): Promise<{ path: string; notice: string | undefined } | undefined>;
  /** Removes what `load` unpacked. */
  forgetLoaded(): Promise<void>;
  /** Keeps a state, gzip, as the newest: it is on the disk when this resolves. Throws what the disk throws. */
  save(gzip: Uint8Array): Promise<void>;
}

/** The saved states in a folder that the caller has locked. */
export function openChainState(folder: string): ChainState {
  const pathOf = (name: string): string => join(folder, name);

  return {
    async load() {
      const broken: string[] = [];
      for (const name of [NEWEST, BEFORE, ...FORMER]) {
        const isThere = await exists(pathOf(name));
        if (!isThere) continue;
        if (await unpack(pathOf(name), pathOf(UNPACKED))) {
          // The next save would keep it as the one before, over the one that is whole.
          if (broken.includes(NEWEST)) await rename(pathOf(NEWEST), pathOf(DAMAGED));
          return { path: pathOf(UNPACKED), notice: noticeOf(broken, name, pathOf) };
        }
        broken.push(name);
      }
      await rm(pathOf(UNPACKED), { force: true });
      if (broken.length === 0) return undefined;
      throw new RushesError({
        code: 'chain-state-broken',
        message: `the local chain's state in ${folder} is damaged: none of ${broken.join(', ')} can be read`,
        facts: { folder, files: broken },
        advice: 'Start a new network in an empty folder; test money and jobs of this one are lost.',
      });
    },
    forgetLoaded: () => rm(pathOf(UNPACKED), { force: true }),
    async save(gzip) {
      await writeFlushed(pathOf(ASIDE), gzip);
      if (await exists(pathOf(NEWEST))) {
        // By a name of its own: between unlinking and linking there would be a moment with one save only.
        const second = pathOf(`${BEFORE}.link`);
        await rm(second, { force: true });
        await link(pathOf(NEWEST), second);
        await rename(second, pathOf(BEFORE));
      }
      await rename(pathOf(ASIDE), pathOf(NEWEST));
      await flushFolder(folder);
    },
  };
}

function noticeOf(broken: string[], used: string, pathOf: (name: string) => string): string | undefined {
  if (broken.length === 0) return undefined;
  return `the newest state of the local chain (${pathOf(broken[0]!)}) is damaged: it goes on from the one before it, ${used}; what happened between the two is undone`;
}

/** Writes the JSON of a saved state to a file; false when the save is not whole. */
async function unpack(from: string, to: string): Promise<boolean> {
  try {
    if (!from.endsWith('.gz')) {
      const text = await readFile(from);
      JSON.parse(text.toString('utf8'));
      await writeFlushed(to, text);
      return true;
    }
    if ((await stat(from)).size < LEAST_GZIP_BYTES) return false;
    await pipeline(createReadStream(from), createGunzip(), createWriteStream(to));
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // A full disk or a forbidden file says nothing about the save.
    if (error instanceof SyntaxError || code.startsWith('Z_')) return false;
    throw error;
  }
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch((error: NodeJS.ErrnoException) => {
    // Windows opens no folders, and needs no flush of theirs.
    if (error.code === 'EISDIR' || error.code === 'EPERM') return undefined;
    throw error;
  });
  await handle?.sync();
  await handle?.close();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
