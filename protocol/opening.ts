import { type EncodedDocument, encodeDocument } from './encodeDocument.js';
import { bytesOfHex, littleEndianBytes } from './bytes.js';
import { parseCanonicalJson } from './canonicalJson.js';
import { MalformedError } from './errors.js';
import { FieldReader } from './fields.js';
import { LEAF_BYTES, LEAF_FLOATS, blockAndBatchOf } from './geometry.js';
import { leafHash } from './hashes.js';
import { type Bytes32, type Cid, type JobId, type LeaseId, bytes32Of, parseCid, parseLeaseId } from './ids.js';
import { treeHeight, verifyMerklePath } from './trees.js';

/** Where the openings of a lease's drawn chunks are: one raw block of canonical JSON whose digest goes on chain. */
export interface OpeningIndex {
  leaseId: LeaseId;
  /** Ascending chunk index; each CID is a UnixFS file holding an encoded ChunkOpening. */
  chunks: { chunkIndex: number; cid: Cid }[];
}

/** One opened leaf with its path to the chunk's leaf root. */
export interface OpenedLeaf {
  leafIndex: number;
  /** 32 bytes. */
  salt: Uint8Array;
  /** 1,024 float32: RGB and coverage of 256 pixels, row-major. */
  sums: Float32Array;
  path: Bytes32[];
}

/**
 * The leaves of one chunk that a worker shows: the drawn ones, and every batch of the whole block where it falls in
 * this chunk.
 */
export interface ChunkOpening {
  chunkIndex: number;
  /** Ascending leaf index. */
  leaves: OpenedLeaf[];
}

/** Canonical bytes, digest and CID of an opening index. */
export function encodeOpeningIndex(index: OpeningIndex): EncodedDocument {
  return encodeDocument(index);
}

/** Parses an opening index. Throws MalformedError or BadInputError naming the field. */
export function parseOpeningIndex(bytes: Uint8Array): OpeningIndex {
  const fields = new FieldReader(parseCanonicalJson(bytes, { what: 'opening index', maxBytes: 1 << 20 }), 'opening', [
    'leaseId',
    'chunks',
  ]);
  return {
    leaseId: fields.parsed('leaseId', parseLeaseId),
    chunks: fields.array('chunks', 256, (value, name) => {
      const chunk = new FieldReader(value, name, ['chunkIndex', 'cid']);
      return { chunkIndex: chunk.integer('chunkIndex', 0, 0xffffffff), cid: chunk.parsed('cid', parseCid) };
    }),
  };
}

// Binary form: "RCO1", u32 chunkIndex, u32 leaf count, u8 path length; per leaf u32 leafIndex, salt (32), path (32
// each), sums (4,096, little-endian).
const MAGIC = Uint8Array.of(0x52, 0x43, 0x4f, 0x31);
const HEADER_BYTES = 13;

/** Bytes of one opened leaf in the encoding below, for a chunk of `leafCount` leaves. */
export function openedLeafBytes(leafCount: number): number {
  return 4 + 32 + 32 * treeHeight(leafCount) + LEAF_BYTES;
}

/** Encodes a chunk's opening. Every path must have the same length. */
export function encodeChunkOpening(opening: ChunkOpening): Uint8Array {
  const pathLength = opening.leaves[0]?.path.length ?? 0;
  const leafBytes = 4 + 32 + 32 * pathLength + LEAF_BYTES;
  const bytes = new Uint8Array(HEADER_BYTES + opening.leaves.length * leafBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC, 0);
  view.setUint32(4, opening.chunkIndex, false);
  view.setUint32(8, opening.leaves.length, false);
  bytes[12] = pathLength;
  for (const [i, leaf] of opening.leaves.entries()) {
    if (leaf.path.length !== pathLength || leaf.sums.length !== LEAF_FLOATS || leaf.salt.length !== 32)
      throw new MalformedError({
        what: 'opening to encode',
        reason: `leaf ${leaf.leafIndex} has another shape than the first`,
      });
    let at = HEADER_BYTES + i * leafBytes;
    view.setUint32(at, leaf.leafIndex, false);
    bytes.set(leaf.salt, (at += 4));
    at += 32;
    for (const sibling of leaf.path) {
      bytes.set(bytesOfHex(sibling), at);
      at += 32;
    }
    bytes.set(littleEndianBytes(leaf.sums), at);
  }
  return bytes;
}

/** Decodes a chunk's opening. Throws MalformedError for bytes of any other form; nothing is verified but the form. */
export function decodeChunkOpening(bytes: Uint8Array): ChunkOpening {
  const malformed = (reason: string): MalformedError => new MalformedError({ what: 'chunk opening', reason });
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw malformed('it does not begin with RCO1');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(8, false);
  const pathLength = bytes[12] as number;
  const leafBytes = 4 + 32 + 32 * pathLength + LEAF_BYTES;
  if (pathLength > 32 || bytes.length !== HEADER_BYTES + count * leafBytes)
    throw malformed(
      `${count} leaves with paths of ${pathLength} need ${HEADER_BYTES + count * leafBytes} bytes, it has ${bytes.length}`,
    );
  const leaves: OpenedLeaf[] = [];
  for (let i = 0; i < count; i++) {
    let at = HEADER_BYTES + i * leafBytes;
    const leafIndex = view.getUint32(at, false);
    const salt = bytes.slice((at += 4), (at += 32));
    const path: Bytes32[] = [];
    for (let height = 0; height < pathLength; height++) path.push(bytes32Of(bytes.subarray(at, (at += 32))));
    const sums = new Float32Array(LEAF_FLOATS);
    for (let k = 0; k < LEAF_FLOATS; k++) sums[k] = view.getFloat32(at + 4 * k, true);
    leaves.push({ leafIndex, salt, sums, path });
  }
  return { chunkIndex: view.getUint32(4, false), leaves };
}

/**
 * Why an opening does not hold, or undefined when it does: exactly the expected leaves, each of canonical floats (no
 * NaN, no -0), each under the leaf root.
 */
export function verifyChunkOpening(check: {
  opening: ChunkOpening;
  jobId: JobId;
  leaseId: LeaseId;
  chunkIndex: number;
  leafCount: number;
  batches: number;
  expectedLeaves: readonly number[];
  leafRoot: Bytes32;
}): string | undefined {
  const { opening, expectedLeaves } = check;
  if (opening.chunkIndex !== check.chunkIndex) return `it is of chunk ${opening.chunkIndex}, not ${check.chunkIndex}`;
  if (opening.leaves.length !== expectedLeaves.length)
    return `it shows ${opening.leaves.length} leaves, ${expectedLeaves.length} were drawn`;
  const root = bytesOfHex(check.leafRoot);
  for (const [i, leaf] of opening.leaves.entries()) {
    if (leaf.leafIndex !== expectedLeaves[i])
      return `leaf ${leaf.leafIndex} stands where leaf ${String(expectedLeaves[i])} was drawn`;
    const problem = problemOfSums(leaf.sums);
    if (problem !== undefined) return `leaf ${leaf.leafIndex} ${problem}`;
    const hash = leafHash({
      jobId: check.jobId,
      leaseId: check.leaseId,
      chunkIndex: check.chunkIndex,
      ...blockAndBatchOf(leaf.leafIndex, check.batches),
      salt: leaf.salt,
      sums: leaf.sums,
    });
    if (!verifyMerklePath({ leaf: hash, index: leaf.leafIndex, count: check.leafCount, path: leaf.path, root }))
      return `leaf ${leaf.leafIndex} is not under the committed leaf root`;
  }
  return undefined;
}

/** Makes sums canonical in place: -0 becomes 0. Throws MalformedError on NaN and infinities, which no leaf may hold. */
export function canonicalizeSums(sums: Float32Array): Float32Array {
  for (let i = 0; i < sums.length; i++) {
    const value = sums[i] as number;
    if (!Number.isFinite(value)) throw new MalformedError({ what: 'leaf', reason: `float ${i} is ${value}` });
    if (value === 0) sums[i] = 0;
  }
  return sums;
}

function problemOfSums(sums: Float32Array): string | undefined {
  for (let i = 0; i < sums.length; i++) {
    const value = sums[i] as number;
    if (!Number.isFinite(value)) return `holds ${value} at float ${i}`;
    if (Object.is(value, -0)) return `holds -0 at float ${i}`;
  }
  return undefined;
}
