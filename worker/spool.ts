import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { littleEndianBytes } from '../protocol/bytes.js';
import { canonicalBytes } from '../protocol/canonicalJson.js';
import type { JobId, LeaseId } from '../protocol/ids.js';
import type { ChunkOutput } from '../protocol/outputs.js';
import { equalBytes, sha256 } from '../protocol/sha256.js';
import { writeAtomically } from '../renderer/image/writeAtomically.js';

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

/** Leaves of open leases on disk, so that a worker that starts anew opens what the one before it committed. */
export interface Spool {
  /** The chunk, or undefined when it was never written or does not read back as written: it is rendered again then. */
  read(lease: SpooledLease, chunkIndex: number): Promise<SpooledChunk | undefined>;
  /** Writes whole or not at all; throws WriteFailedError. */
  write(lease: SpooledLease, chunk: SpooledChunk): Promise<void>;
  remove(leaseId: LeaseId): Promise<void>;
  /** Leases that have anything spooled. */
  leaseIds(): Promise<LeaseId[]>;
}

// A file holds: SHA-256 of the rest (32), u32 length of the JSON, job and output as canonical JSON, the leaves as
// little-endian float32.

/** @param options.folder a folder of its own for this worker on this network */
export async function openSpool(options: { folder: string }): Promise<Spool> {
  await mkdir(options.folder, { recursive: true });
  const folderOf = (leaseId: LeaseId): string => join(options.folder, String(leaseId));
  const pathOf = (leaseId: LeaseId, chunkIndex: number): string => join(folderOf(leaseId), `${chunkIndex}.leaves`);
  return {
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
      await writeAtomically({
        path: pathOf(leaseId, chunk.output.chunkIndex),
        bytes: Buffer.concat([sha256(body), body]),
      });
    },
    async remove(leaseId) {
      await rm(folderOf(leaseId), { recursive: true, force: true });
    },
    async leaseIds() {
      return (await readdir(options.folder)).filter((name) => /^[1-9][0-9]*$/.test(name)).map(Number);
    },
  };
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
