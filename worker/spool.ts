import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { littleEndianBytes } from '../protocol/bytes.js';
import { canonicalBytes } from '../protocol/canonicalJson.js';
import { LEAF_FLOATS } from '../protocol/geometry.js';
import { type JobId, type LeaseId, parseLeaseId } from '../protocol/ids.js';
import type { ChunkOutput } from '../protocol/outputs.js';
import { equalBytes, sha256 } from '../protocol/sha256.js';
import { WriteFailedError, writeAtomically } from '../renderer/image/writeAtomically.js';

/** A rendered chunk as it waits for the draw. */
export interface SpooledChunk {
  output: ChunkOutput;
  /** LEAF_FLOATS sums per leaf, leafIndex = block x batches + batch. */
  leaves: Float32Array;
}

/** The job goes with the lease's number, because a chain that rolled back gives the number to another lease. */
interface SpooledLease {
  leaseId: LeaseId;
  jobId: JobId;
}

/** Room on the disk for a lease that is not taken yet. */
export interface Reservation {
  /** Makes it the room of a lease that was taken: its chunks are written into it. */
  assign(leaseId: LeaseId): Promise<void>;
  /** Gives the room back; nothing after `assign`. */
  release(): Promise<void>;
}

/** Leaves of open leases on disk, so that a worker that starts anew opens what the one before it committed. */
export interface Spool {
  /** The chunk, or undefined when it was never written or does not read back as written: it is rendered again then. */
  read(lease: SpooledLease, chunkIndex: number): Promise<SpooledChunk | undefined>;
  /**
   * Takes the bytes of every chunk from the disk before a lease of them is taken, so that a full disk stops a taking and
   * never a commitment or an opening. Throws WriteFailedError where the disk has no room; nothing stays then.
   */
  reserve(chunks: readonly { chunkIndex: number; leafCount: number }[]): Promise<Reservation>;
  /** Writes whole or not at all, into reserved room where there is some; throws WriteFailedError. */
  write(lease: SpooledLease, chunk: SpooledChunk): Promise<void>;
  remove(leaseId: LeaseId): Promise<void>;
  /** Leases that have anything spooled. */
  leaseIds(): Promise<LeaseId[]>;
}

// A file holds: SHA-256 of the rest (32), u32 length of the JSON, job and output as canonical JSON, the leaves as
// little-endian float32.

const LEAF_BYTES = 4 * LEAF_FLOATS;
/** What a file holds besides its leaves, at most: hash, length and JSON. */
const HEAD_BYTES = 2048;
/** Reservations of takings that never came to an end, by name. */
const RESERVATION = /^reserved-[0-9a-f]+$/;

/** @param options.folder a folder of its own for this worker on this network */
export async function openSpool(options: { folder: string }): Promise<Spool> {
  await mkdir(options.folder, { recursive: true });
  for (const name of await readdir(options.folder))
    if (RESERVATION.test(name)) await rm(join(options.folder, name), { recursive: true, force: true });
  const folderOf = (leaseId: LeaseId): string => join(options.folder, String(leaseId));
  const pathOf = (leaseId: LeaseId, chunkIndex: number): string => join(folderOf(leaseId), `${chunkIndex}.leaves`);
  const roomOf = (folder: string, chunkIndex: number): string => join(folder, `${chunkIndex}.room`);
  return {
    async reserve(chunks) {
      const folder = join(options.folder, `reserved-${randomBytes(6).toString('hex')}`);
      const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
      try {
        await mkdir(folder);
        for (const { chunkIndex, leafCount } of chunks)
          await takeRoom(roomOf(folder, chunkIndex), HEAD_BYTES + leafCount * LEAF_BYTES);
      } catch (cause) {
        await release();
        const byteLength = chunks.reduce((sum, { leafCount }) => sum + HEAD_BYTES + leafCount * LEAF_BYTES, 0);
        throw new WriteFailedError({ path: folder, byteLength, cause });
      }
      return {
        release,
        async assign(leaseId) {
          const target = folderOf(leaseId);
          const reservedAtMs = (await stat(folder)).mtimeMs;
          await mkdir(target, { recursive: true });
          // The lease may be in the ledger before its taker knows its number: what was rendered of it meanwhile stays. A
          // chain that rolled back gives the number to another lease: what is older is of the one before, and of no use.
          for (const name of await readdir(target)) {
            const path = join(target, name);
            if ((await stat(path)).mtimeMs <= reservedAtMs) await rm(path, { recursive: true, force: true });
          }
          for (const name of await readdir(folder)) await rename(join(folder, name), join(target, name));
          await release();
        },
      };
    },
    async read({ leaseId, jobId }, chunkIndex) {
      const file = await readFile(pathOf(leaseId, chunkIndex)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      const parsed = file === undefined ? undefined : parse(file);
      return parsed?.jobId === jobId ? { output: parsed.output, leaves: parsed.leaves } : undefined;
    },
    async write({ leaseId, jobId }, chunk) {
      await mkdir(folderOf(leaseId), { recursive: true });
      const json = canonicalBytes({ jobId, output: chunk.output });
      const body = new Uint8Array(4 + json.length + chunk.leaves.byteLength);
      new DataView(body.buffer).setUint32(0, json.length, false);
      body.set(json, 4);
      body.set(littleEndianBytes(chunk.leaves), 4 + json.length);
      const path = pathOf(leaseId, chunk.output.chunkIndex);
      const bytes = Buffer.concat([sha256(body), body]);
      if (!(await writeIntoRoom({ room: roomOf(folderOf(leaseId), chunk.output.chunkIndex), path, bytes })))
        await writeAtomically({ path, bytes });
    },
    async remove(leaseId) {
      await rm(folderOf(leaseId), { recursive: true, force: true });
    },
    async leaseIds() {
      return (await readdir(options.folder))
        .filter((name) => /^[1-9][0-9]*$/.test(name))
        .map((name) => parseLeaseId(Number(name)));
    },
  };
}

/**
 * Makes a file of that size whose blocks are the disk's own already. Node has no fallocate; bytes that do not compress
 * are written instead, and flushed, because some file systems find out only then that they are full.
 */
async function takeRoom(path: string, byteLength: number): Promise<void> {
  const filler = randomBytes(Math.min(byteLength, 1 << 20));
  await withFile(path, 'wx', async (file) => {
    for (let at = 0; at < byteLength; at += filler.length)
      await file.writeFile(filler.subarray(0, Math.min(filler.length, byteLength - at)));
    await file.datasync();
  });
}

/**
 * Writes over reserved room and gives it its name once everything is on the disk. False where there is no such room, or
 * too little.
 */
async function writeIntoRoom(options: { room: string; path: string; bytes: Uint8Array }): Promise<boolean> {
  const { room, path, bytes } = options;
  try {
    const fits = await withFile(room, 'r+', async (file) => {
      if ((await file.stat()).size < bytes.length) return false;
      await file.writeFile(bytes);
      await file.truncate(bytes.length);
      await file.sync();
      return true;
    });
    if (fits) await rename(room, path);
    return fits;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new WriteFailedError({ path, byteLength: bytes.length, cause });
  }
}

async function withFile<T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

function parse(file: Uint8Array): (SpooledChunk & { jobId: JobId }) | undefined {
  if (file.length < 36 || !equalBytes(file.subarray(0, 32), sha256(file.subarray(32)))) return undefined;
  const jsonLength = new DataView(file.buffer, file.byteOffset + 32, 4).getUint32(0, false);
  const { jobId, output } = JSON.parse(new TextDecoder().decode(file.subarray(36, 36 + jsonLength))) as {
    jobId: JobId;
    output: ChunkOutput;
  };
  // A copy, because float32 views need their own alignment.
  const leaves = new Float32Array(new Uint8Array(file.subarray(36 + jsonLength)).buffer);
  return { jobId, output, leaves };
}
