import { canonicalBytes } from './canonicalJson.js';
import { type Bytes32, type Cid, bytes32Of, rawCidOfDigest } from './ids.js';
import { sha256 } from './sha256.js';

/** A document as it is published: its canonical JSON, that text's SHA-256 digest, and the CID of the raw block it is. */
export interface EncodedDocument {
  bytes: Uint8Array;
  digest: Bytes32;
  cid: Cid;
}

/** Encodes a document. Whoever has one checks it first. */
export function encodeDocument(document: object): EncodedDocument {
  const bytes = canonicalBytes(document);
  const digest = bytes32Of(sha256(bytes));
  return { bytes, digest, cid: rawCidOfDigest(digest) };
}
