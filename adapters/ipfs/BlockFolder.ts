import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FsBlockstore } from 'blockstore-fs';
import { NextToLast } from 'blockstore-fs/sharding';
import { base32upper } from 'multiformats/bases/base32';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { RAW_CODEC } from '../../protocol/ids.js';
import { inParallel } from '../inParallel.js';
import { BlockHolds, type Hold } from './BlockHolds.js';
import { StorageError } from './storageError.js';

/** Blocks of one request; see BlockFolder.batch. */
export interface BlockBatch {
  put(cid: CID, bytes: Uint8Array): Promise<CID>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

const NAMELESS_FOLDER = 'incoming';
const LEAST_DIGEST_BYTES = 16;
/** Blocks of one batch that are being written at once. */
const MOST_SYNCING = 16;

/**
 * blockstore-fs whose writes survive: a block gets its name only when all its bytes are on the disk, so that kill -9, a
 * full disk, or two requests that add the same block at once never leave or show a part of one. (As published, its
 * writers of one block share a temporary file.)
 */
export class BlockFolder extends FsBlockstore {
  /** Whoever puts or pins holds what it counts on. */
  readonly holds = new BlockHolds();
  readonly #incoming: string;
  readonly #names: NextToLast;
  readonly #writes = new Map<string, Promise<void>>();

  constructor(folder: string) {
    const names = new NextToLast();
    super(join(folder, 'blocks'), { shardingStrategy: names });
    this.#names = names;
    this.#incoming = join(folder, NAMELESS_FOLDER);
  }

  override async open(): Promise<void> {
    await super.open();
    // What lies here was being written when a former process died; it has no name, so nobody was told of it.
    await rm(this.#incoming, { recursive: true, force: true });
    await mkdir(this.#incoming, { recursive: true });
  }

  override async put(cid: CID, value: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<CID> {
    const path = this.#pathOf(cid);
    const before = this.#writes.get(path);
    if (before !== undefined) {
      await before;
      return cid;
    }
    const write = writeBlock(path, join(this.#incoming, randomBytes(12).toString('hex')), value).finally(() =>
      this.#writes.delete(path),
    );
    this.#writes.set(path, write);
    await write;
    return cid;
  }

  /**
   * Blocks that come together: each is on its way to the disk while the next one comes, and they get their names
   * together in `commit`, which is many times faster than one after the other. Until then nobody sees them; `discard`
   * forgets them. All of them are held.
   */
  batch(hold: Hold): BlockBatch {
    const nameless = new Map<string, string>();
    const syncing = new Set<Promise<void>>();
    let failed: unknown;
    const requireStored = (): void => {
      if (failed !== undefined) throw StorageError.from(failed, 'storing a block');
    };
    return {
      put: async (cid, bytes) => {
        const path = this.#pathOf(cid);
        if (nameless.has(path)) return cid;
        await hold.take(cid);
        if (await isStored(path, bytes.length)) return cid;
        const file = join(this.#incoming, randomBytes(12).toString('hex'));
        nameless.set(path, file);
        while (syncing.size >= MOST_SYNCING) await Promise.race(syncing);
        requireStored();
        const write = writeToDisk(file, bytes)
          .catch((error: unknown) => void (failed ??= error))
          .finally(() => syncing.delete(write));
        syncing.add(write);
        return cid;
      },
      commit: async () => {
        await Promise.all(syncing);
        requireStored();
        await inParallel(nameless, MOST_SYNCING, ([path, file]) => nameBlock(file, path)).catch((error: unknown) => {
          throw StorageError.from(error, 'storing a block');
        });
      },
      discard: async () => {
        await Promise.all(syncing);
        for (const file of nameless.values()) await unlink(file).catch(() => undefined);
      },
    };
  }

  override async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const bytes = await this.read(cid);
    if (bytes === undefined)
      throw new StorageError({
        code: 'block-not-found',
        message: `block ${cid.toString()} was not found locally`,
        facts: { cid: cid.toString() },
      });
    yield bytes;
  }

  /** The bytes of a block, or undefined when it is not here. */
  async read(cid: CID): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#pathOf(cid));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw StorageError.from(error, `reading block ${cid.toString()}`);
    }
  }

  /** Bytes of a block, or undefined when it is not here. */
  async sizeOf(cid: CID): Promise<number | undefined> {
    return (await stat(this.#pathOf(cid)).catch(() => undefined))?.size;
  }

  /** Every block that has its name, with its file. Those that come or go meanwhile may be among them or not. */
  async *named(): AsyncGenerator<{ cid: CID; path: string }> {
    for (const shard of await readdir(this.path)) {
      const folder = join(this.path, shard);
      for (const file of await readdir(folder).catch(noFolder)) {
        const cid = cidOfFile(file, this.#names.extension);
        if (cid !== undefined) yield { cid, path: join(folder, file) };
      }
    }
  }

  /** Whether a block got its name, or was added again, more than this many milliseconds ago. */
  async isOlderThan(path: string, ageMs: number): Promise<boolean> {
    const stats = await stat(path).catch(() => undefined);
    return stats !== undefined && Date.now() - stats.ctimeMs >= ageMs;
  }

  async removeFile(path: string): Promise<void> {
    await unlink(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw StorageError.from(error, 'removing a block');
    });
  }

  #pathOf(cid: CID): string {
    const { dir, file } = this.#names.encode(cid);
    return join(this.path, dir, file);
  }
}

/** The block that a file holds, whose codec its name does not tell; undefined where the file is none of ours. */
function cidOfFile(file: string, extension: string): CID | undefined {
  if (!file.endsWith(extension)) return undefined;
  try {
    const hash = Digest.decode(base32upper.decode(file.slice(0, -extension.length)));
    return hash.digest.length < LEAST_DIGEST_BYTES ? undefined : CID.createV1(RAW_CODEC, hash);
  } catch {
    return undefined;
  }
}

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOTDIR' || error.code === 'ENOENT') return [];
  throw StorageError.from(error, 'listing blocks');
}

async function writeBlock(
  path: string,
  nameless: string,
  value: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const bytes = value instanceof Uint8Array ? value : await concatenate(value);
  if (await isStored(path, bytes.length)) return;
  try {
    await writeToDisk(nameless, bytes);
    await nameBlock(nameless, path);
  } catch (error) {
    await unlink(nameless).catch(() => undefined);
    throw StorageError.from(error, 'storing a block');
  }
}

/** Whether a block is there with all its bytes; then it counts as added now. */
async function isStored(path: string, byteLength: number): Promise<boolean> {
  if ((await stat(path).catch(() => undefined))?.size !== byteLength) return false;
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
  return true;
}

/** Writes a file that was not there, and waits until its bytes are on the disk. */
async function writeToDisk(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Gives a block whose bytes are on the disk its name. */
async function nameBlock(nameless: string, path: string): Promise<void> {
  await rename(nameless, path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    await rename(nameless, path);
  });
}

async function concatenate(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}
