import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import { bytesOfHex, hexOfBytes } from './bytes.js';
import { BadInputError, InvariantError } from './errors.js';

declare const brand: unique symbol;
/**
 * A value that only its parser makes. A type with more brands fits where fewer are asked: every job id is 32 bytes, but
 * not the other way round.
 */
type Branded<Value, Brand extends string> = Value & { readonly [brand]: { readonly [Name in Brand]: true } };

/** 32 bytes as lowercase hex with 0x. */
export type Bytes32 = Branded<`0x${string}`, 'Bytes32'>;
/** An account or contract on the chain: 20 bytes as lowercase hex with 0x. */
export type Address = Branded<`0x${string}`, 'Address'>;
/** An artist's order; see jobIdOf. */
export type JobId = Branded<`0x${string}`, 'Bytes32' | 'JobId'>;
/** Counter of leases on one contract, from 1; u64 on chain, a safe integer here. */
export type LeaseId = Branded<number, 'LeaseId'>;
/** Smallest unit of the network's token. */
export type Wei = bigint;
/** CIDv1 in base32 (lowercase, `b...`). */
export type Cid = Branded<string, 'Cid'>;
/** One chunk of one job. */
export type ChunkId = `${JobId}/${number}`;

/** Codec of blocks that are nothing but bytes of a file. */
export const RAW_CODEC = 0x55;
const DAG_PB_CODEC = 0x70;
const SHA2_256 = 0x12;

/** Parses 32 bytes of hex with 0x, in either case; `what` names the field in the BadInputError. */
export function parseBytes32(value: unknown, what = 'bytes32'): Bytes32 {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(value))
    throw malformedId(what, value, '0x and 64 hex digits');
  return value.toLowerCase() as Bytes32;
}

/**
 * Parses 20 bytes of hex with 0x, in either case (checksums are not checked); `what` names the field in the
 * BadInputError.
 */
export function parseAddress(value: unknown, what = 'address'): Address {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(value))
    throw malformedId(what, value, '0x and 40 hex digits');
  return value.toLowerCase() as Address;
}

/** Parses a job id: 32 bytes of hex with 0x. */
export function parseJobId(value: unknown, what = 'job id'): JobId {
  return parseBytes32(value, what) as JobId;
}

/** Thirty-two bytes, such as a hash, as hex. Throws InvariantError for another number of bytes. */
export function bytes32Of(bytes: Uint8Array): Bytes32 {
  if (bytes.length !== 32)
    throw new InvariantError({ what: 'bytes of a hash or secret', expected: 32, actual: bytes.length });
  return hexOfBytes(bytes) as Bytes32;
}

/** Parses the number of a lease: an integer from 1 that a double holds. */
export function parseLeaseId(value: unknown, what = 'lease id'): LeaseId {
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw malformedId(what, value, 'an integer from 1');
  return value as LeaseId;
}

/** Parses a non-negative amount of wei given as a decimal string. */
export function parseWei(value: unknown, what = 'amount of wei'): Wei {
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,77})$/.test(value))
    throw malformedId(what, value, 'a decimal string of wei');
  return BigInt(value);
}

/** Parses a CIDv1 with SHA-256, raw or dag-pb, in canonical base32. */
export function parseCid(value: unknown, what = 'CID'): Cid {
  if (typeof value !== 'string' || value.length > 200) throw malformedId(what, value, 'a CIDv1 in base32');
  const cid = decodeCid(value, what);
  if (cid.version !== 1 || cid.toString() !== value) throw malformedId(what, value, 'a CIDv1 in base32');
  if (cid.code !== RAW_CODEC && cid.code !== DAG_PB_CODEC)
    throw malformedId(what, value, 'a CID of codec raw or dag-pb');
  if (cid.multihash.code !== SHA2_256 || cid.multihash.digest.length !== 32)
    throw malformedId(what, value, 'a CID of SHA-256');
  return value as Cid;
}

/** Parses `JOB/INDEX`. */
export function parseChunkId(
  value: unknown,
  what = 'chunk id',
): { chunkId: ChunkId; jobId: JobId; chunkIndex: number } {
  const parts = typeof value === 'string' ? /^(0x[0-9a-fA-F]{64})\/(0|[1-9][0-9]{0,9})$/.exec(value) : null;
  if (parts === null) throw malformedId(what, value, 'JOB/INDEX');
  const jobId = parseJobId(parts[1], what);
  const chunkIndex = Number(parts[2]);
  return { chunkId: chunkIdOf(jobId, chunkIndex), jobId, chunkIndex };
}

/** The id of one chunk of a job. */
export function chunkIdOf(jobId: JobId, chunkIndex: number): ChunkId {
  return `${jobId}/${chunkIndex}`;
}

/**
 * The SHA-256 digest inside the CID of a raw block. Throws BadInputError when the CID is of another codec: a
 * directory's digest is not the digest of its content.
 */
export function digestOfCid(cid: Cid): Bytes32 {
  const decoded = decodeCid(cid, 'CID of a raw block');
  if (decoded.version !== 1 || decoded.code !== RAW_CODEC || decoded.multihash.code !== SHA2_256)
    throw malformedId('CID of a raw block', cid, 'a CIDv1, raw, SHA-256');
  return bytes32Of(decoded.multihash.digest);
}

/** The CIDv1 of the raw block with the given SHA-256 digest. */
export function rawCidOfDigest(digest: Bytes32): Cid {
  return CID.createV1(RAW_CODEC, createDigest(SHA2_256, bytesOfHex(parseBytes32(digest)))).toString() as Cid;
}

function decodeCid(value: string, what: string): CID {
  try {
    return CID.parse(value) as CID;
  } catch (cause) {
    throw new BadInputError({
      message: `${what} is not a CID: ${value.slice(0, 100)}`,
      facts: { value: value.slice(0, 100) },
      cause,
    });
  }
}

function malformedId(what: string, value: unknown, form: string): BadInputError {
  if (value === undefined || value === null)
    return new BadInputError({ message: `${what} is missing; it must be ${form}`, facts: { what } });
  const shown = String(value).slice(0, 100);
  return new BadInputError({ message: `${what} must be ${form}, not ${shown}`, facts: { what, value: shown } });
}
