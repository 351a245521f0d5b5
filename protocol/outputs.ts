import { type EncodedDocument, encodeDocument } from './encodeDocument.js';
import { parseCanonicalJson } from './canonicalJson.js';
import { FieldReader } from './fields.js';
import { chunkRoot, leaseRoot } from './hashes.js';
import {
  type Address,
  type Bytes32,
  type Cid,
  type JobId,
  type LeaseId,
  parseAddress,
  parseBytes32,
  parseCid,
  parseJobId,
  parseLeaseId,
} from './ids.js';

/** What a worker published of one chunk. */
export interface ChunkOutput {
  chunkIndex: number;
  /** The half-float EXR tile, a UnixFS file. */
  cid: Cid;
  pixelHash: Bytes32;
  leafRoot: Bytes32;
  preparedHash: Bytes32;
  kernelHash: Bytes32;
}

/** The index of a lease's outputs: one raw block of canonical JSON whose digest is committed on chain. */
export interface Outputs {
  jobId: JobId;
  leaseId: LeaseId;
  worker: Address;
  /** Ascending chunk index. */
  chunks: ChunkOutput[];
}

/** Canonical bytes, digest and CID of an outputs index. */
export function encodeOutputs(outputs: Outputs): EncodedDocument {
  return encodeDocument(outputs);
}

/** Parses an outputs index. Throws MalformedError or BadInputError naming the field. */
export function parseOutputs(bytes: Uint8Array): Outputs {
  const fields = new FieldReader(parseCanonicalJson(bytes, { what: 'outputs index', maxBytes: 1 << 20 }), 'outputs', [
    'jobId',
    'leaseId',
    'worker',
    'chunks',
  ]);
  return {
    jobId: fields.parsed('jobId', parseJobId),
    leaseId: fields.parsed('leaseId', parseLeaseId),
    worker: fields.parsed('worker', parseAddress),
    chunks: fields.array('chunks', 256, (value, name) => {
      const chunk = new FieldReader(value, name, [
        'chunkIndex',
        'cid',
        'pixelHash',
        'leafRoot',
        'preparedHash',
        'kernelHash',
      ]);
      return {
        chunkIndex: chunk.integer('chunkIndex', 0, 0xffffffff),
        cid: chunk.parsed('cid', parseCid),
        pixelHash: chunk.parsed('pixelHash', parseBytes32),
        leafRoot: chunk.parsed('leafRoot', parseBytes32),
        preparedHash: chunk.parsed('preparedHash', parseBytes32),
        kernelHash: chunk.parsed('kernelHash', parseBytes32),
      };
    }),
  };
}

/**
 * The lease root that an outputs index stands for: what the worker commits, and what a verifier rebuilds from the
 * hashes it expects.
 */
export function rootOfOutputs(outputs: Outputs, where: { chainId: number; contract: Address }): Bytes32 {
  return leaseRoot({
    ...where,
    leaseId: outputs.leaseId,
    worker: outputs.worker,
    chunkRoots: outputs.chunks.map(chunkRoot),
  });
}
