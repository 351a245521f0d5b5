import { CID } from 'multiformats/cid';
import { type Bytes32, type Cid, parseBytes32, parseCid, rawCidOfDigest } from '../../protocol/ids.js';

/** A CID, or the raw block of a SHA-256 digest, as the packages of IPFS take it. Throws BadInputError. */
export function parseToCid(cidOrDigest: Cid | Bytes32): CID {
  return CID.parse(
    cidOrDigest.startsWith('0x') ? rawCidOfDigest(parseBytes32(cidOrDigest)) : parseCid(cidOrDigest),
  ) as CID;
}
