import { type EncodedDocument, encodeDocument } from './encodeDocument.js';
import { bytesOfHex, u256 } from './bytes.js';
import { parseCanonicalJson } from './canonicalJson.js';
import { FieldReader } from './fields.js';
import {
  type Address,
  type Bytes32,
  type Cid,
  type JobId,
  bytes32Of,
  parseAddress,
  parseCid,
  parseJobId,
  parseWei,
} from './ids.js';
import { sha256 } from './sha256.js';

/** What a job costs, by when, under which policy. */
export interface Terms {
  protocolVersion: 1;
  /** Wei per work unit, decimal. */
  pricePerUnitWei: string;
  /** The most the artist pays, fees included, decimal wei. */
  budgetWei: string;
  /** Unix time in seconds after which nothing is rendered for this job. */
  deadline: number;
  policy: Address;
  privacy: 'public';
  /**
   * Work units of every chunk: one number for all (1 to 65535), or the CID of a file of one big-endian u16 per chunk.
   * The job's weights root is over them.
   */
  weights: number | Cid;
}

/** Parses and checks the canonical bytes of terms. Throws MalformedError or BadInputError naming the field. */
export function parseTerms(bytes: Uint8Array): Terms {
  return checkTerms(parseCanonicalJson(bytes, { what: 'terms', maxBytes: 1 << 16 }));
}

/** Checks terms given as a value. */
export function checkTerms(value: unknown): Terms {
  const fields = new FieldReader(value, 'terms', [
    'protocolVersion',
    'pricePerUnitWei',
    'budgetWei',
    'deadline',
    'policy',
    'privacy',
    'weights',
  ]);
  return {
    protocolVersion: fields.literal('protocolVersion', [1] as const),
    pricePerUnitWei: fields.parsed('pricePerUnitWei', parseWei).toString(),
    budgetWei: fields.parsed('budgetWei', parseWei).toString(),
    deadline: fields.integer('deadline', 1, Number.MAX_SAFE_INTEGER),
    policy: fields.parsed('policy', parseAddress),
    privacy: fields.literal('privacy', ['public'] as const),
    weights:
      typeof fields.raw('weights').value === 'string'
        ? fields.parsed('weights', parseCid)
        : fields.integer('weights', 1, 0xffff),
  };
}

/** The canonical bytes of terms, their SHA-256 digest and the CID of the raw block they are. */
export function encodeTerms(terms: Terms): EncodedDocument {
  return encodeDocument(checkTerms(terms));
}

/**
 * SHA-256 over uint256 chainId, address contract, address artist, bytes32 nonce, manifest digest, terms digest, packed.
 */
export function jobIdOf(job: {
  chainId: number;
  contract: Address;
  artist: Address;
  nonce: Bytes32;
  manifestDigest: Bytes32;
  termsDigest: Bytes32;
}): JobId {
  const hash = bytes32Of(
    sha256(
      u256(BigInt(job.chainId)),
      bytesOfHex(job.contract),
      bytesOfHex(job.artist),
      bytesOfHex(job.nonce),
      bytesOfHex(job.manifestDigest),
      bytesOfHex(job.termsDigest),
    ),
  );
  return parseJobId(hash);
}
