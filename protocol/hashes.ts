import { bytesOfHex, littleEndianBytes, u256, u32, u64, u8 } from './bytes.js';
import { InvariantError } from './errors.js';
import { LEAF_BYTES, LEAF_FLOATS } from './geometry.js';
import { type Address, type Bytes32, type JobId, type LeaseId, bytes32Of } from './ids.js';
import { hmacSha256, sha256 } from './sha256.js';
import { merkleRoot } from './trees.js';

/** First byte of every hash, so that a hash of one kind is never one of another. */
export const TAG = {
  leaf: 0,
  node: 1,
  chunk: 2,
  lease: 3,
  drawSeed: 4,
  chunkWord: 5,
  verifier: 6,
  leafDraw: 7,
  pixelDraw: 8,
  blockDraw: 9,
  values: 10,
  seal: 11,
  weights: 12,
} as const;

/**
 * SHA-256(0, jobId, u64 leaseId, u32 chunkIndex, u32 block, u32 batch, salt, 4,096 bytes of sums); sums are 1,024
 * float32, RGB and coverage, row-major.
 */
export function leafHash(leaf: {
  jobId: JobId;
  leaseId: LeaseId;
  chunkIndex: number;
  block: number;
  batch: number;
  salt: Uint8Array;
  sums: Float32Array;
}): Uint8Array {
  if (leaf.sums.length !== LEAF_FLOATS)
    throw new InvariantError({ what: 'floats of a leaf', expected: LEAF_FLOATS, actual: leaf.sums.length });
  const message = new Uint8Array(LEAF_HEADER_BYTES + LEAF_BYTES);
  const view = new DataView(message.buffer);
  message[0] = TAG.leaf;
  message.set(bytesOfHex(leaf.jobId), 1);
  view.setBigUint64(33, BigInt(leaf.leaseId), false);
  view.setUint32(41, leaf.chunkIndex, false);
  view.setUint32(45, leaf.block, false);
  view.setUint32(49, leaf.batch, false);
  message.set(leaf.salt, 53);
  message.set(littleEndianBytes(leaf.sums), LEAF_HEADER_BYTES);
  return sha256(message);
}

const LEAF_HEADER_BYTES = 1 + 32 + 8 + 4 + 4 + 4 + 32;

/** HMAC-SHA-256 under the worker's 32-byte lease secret over u64 leaseId, u32 chunkIndex, u32 leafIndex. */
export function leafSalt(leaf: {
  secret: Uint8Array;
  leaseId: LeaseId;
  chunkIndex: number;
  leafIndex: number;
}): Uint8Array {
  return hmacSha256(leaf.secret, u64(leaf.leaseId), u32(leaf.chunkIndex), u32(leaf.leafIndex));
}

/** SHA-256(2, leaf root, pixel hash, prepared-scene hash, kernel build hash). */
export function chunkRoot(chunk: {
  leafRoot: Bytes32;
  pixelHash: Bytes32;
  preparedHash: Bytes32;
  kernelHash: Bytes32;
}): Bytes32 {
  return bytes32Of(
    sha256(
      u8(TAG.chunk),
      bytesOfHex(chunk.leafRoot),
      bytesOfHex(chunk.pixelHash),
      bytesOfHex(chunk.preparedHash),
      bytesOfHex(chunk.kernelHash),
    ),
  );
}

/**
 * SHA-256(3, u256 chainId, contract, u64 leaseId, worker, Merkle root over the chunk roots in ascending order of chunk
 * index).
 */
export function leaseRoot(lease: {
  chainId: number;
  contract: Address;
  leaseId: LeaseId;
  worker: Address;
  chunkRoots: readonly Bytes32[];
}): Bytes32 {
  return bytes32Of(
    sha256(
      u8(TAG.lease),
      u256(BigInt(lease.chainId)),
      bytesOfHex(lease.contract),
      u64(lease.leaseId),
      bytesOfHex(lease.worker),
      merkleRoot(lease.chunkRoots.map(bytesOfHex)),
    ),
  );
}

/** SHA-256 over the little-endian bytes of decoded half floats, RGBA row-major: the identity of a published picture. */
export function pixelHash(halfs: Uint16Array): Bytes32 {
  return bytes32Of(sha256(littleEndianBytes(halfs)));
}

/**
 * SHA-256(10, little-endian float32): what a verifier seals; values in draw order (chunks ascending, leaves and pixels
 * as drawn, RGB and coverage).
 */
export function valuesHash(values: Float32Array): Bytes32 {
  return bytes32Of(sha256(u8(TAG.values), littleEndianBytes(values)));
}

/** SHA-256(11, verifier, u64 leaseId, values hash, secret). */
export function sealHash(seal: { verifier: Address; leaseId: LeaseId; valuesHash: Bytes32; secret: Bytes32 }): Bytes32 {
  return bytes32Of(
    sha256(
      u8(TAG.seal),
      bytesOfHex(seal.verifier),
      u64(seal.leaseId),
      bytesOfHex(seal.valuesHash),
      bytesOfHex(seal.secret),
    ),
  );
}
