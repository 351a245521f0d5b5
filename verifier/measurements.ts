import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { littleEndianBytes } from '../protocol/bytes.js';
import { canonicalBytes } from '../protocol/canonicalJson.js';
import { type Bytes32, type LeaseId, parseLeaseId } from '../protocol/ids.js';
import { equalBytes, sha256 } from '../protocol/sha256.js';
import { writeAtomically } from '../renderer/image/writeAtomically.js';

/** What a verifier rendered of a lease, which it sealed and will reveal. */
export interface Measurement {
  /** The draw it was rendered for. */
  seed: Bytes32;
  /** Hash of the prepared scene of each drawn chunk, ascending by chunk. */
  prepared: { chunkIndex: number; preparedHash: Bytes32 }[];
  /** 4 float32 per drawn pixel in draw order: chunks ascending, leaves and pixels as drawn. */
  values: Float32Array;
  /** The whole block's leaves in batch order. */
  blockLeaves: Float32Array;
}

/**
 * Measurements on disk between seal and reveal, so that a verifier that starts anew reveals without rendering again.
 */
export interface Measurements {
  /**
   * The measurement, or undefined when there is none that reads back as written; it is made again then, with the same
   * bits.
   */
  read(leaseId: LeaseId, seed: Bytes32): Promise<Measurement | undefined>;
  /** Writes whole or not at all; throws WriteFailedError. */
  write(leaseId: LeaseId, measurement: Measurement): Promise<void>;
  remove(leaseId: LeaseId): Promise<void>;
  leaseIds(): Promise<LeaseId[]>;
}

// A file holds: SHA-256 of the rest (32), u32 length of the JSON, the JSON, the values, the block's leaves.

/** @param options.folder a folder of its own for this verifier on this network */
export async function openMeasurements(options: { folder: string }): Promise<Measurements> {
  await mkdir(options.folder, { recursive: true });
  const pathOf = (leaseId: LeaseId): string => join(options.folder, `${leaseId}.measured`);
  return {
    async read(leaseId, seed) {
      const file = await readFile(pathOf(leaseId)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      const measurement = file === undefined ? undefined : parse(file);
      return measurement?.seed === seed ? measurement : undefined;
    },
    async write(leaseId, { seed, prepared, values, blockLeaves }) {
      const json = canonicalBytes({ seed, prepared, valueFloats: values.length });
      const head = new Uint8Array(4 + json.length);
      new DataView(head.buffer).setUint32(0, json.length, false);
      head.set(json, 4);
      const body = Buffer.concat([head, littleEndianBytes(values), littleEndianBytes(blockLeaves)]);
      await writeAtomically({ path: pathOf(leaseId), bytes: Buffer.concat([sha256(body), body]) });
    },
    async remove(leaseId) {
      await rm(pathOf(leaseId), { force: true });
    },
    async leaseIds() {
      return (await readdir(options.folder))
        .flatMap((name) => /^([1-9][0-9]*)\.measured$/.exec(name)?.[1] ?? [])
        .map((name) => parseLeaseId(Number(name)));
    },
  };
}

function parse(file: Uint8Array): Measurement | undefined {
  if (file.length < 36 || !equalBytes(file.subarray(0, 32), sha256(file.subarray(32)))) return undefined;
  const jsonLength = new DataView(file.buffer, file.byteOffset + 32, 4).getUint32(0, false);
  const { seed, prepared, valueFloats } = JSON.parse(
    new TextDecoder().decode(file.subarray(36, 36 + jsonLength)),
  ) as Pick<Measurement, 'seed' | 'prepared'> & { valueFloats: number };
  // A copy, because float32 views need their own alignment.
  const floats = new Float32Array(new Uint8Array(file.subarray(36 + jsonLength)).buffer);
  return { seed, prepared, values: floats.slice(0, valueFloats), blockLeaves: floats.slice(valueFloats) };
}
