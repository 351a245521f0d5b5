import { keccak256 } from '@ethersproject/keccak256';
import { MalformedError } from './errors.js';
import { type Bytes32, bytes32Of, parseBytes32 } from './ids.js';

/** Position of mixHash (prevrandao) among the RLP items of a block header. */
const MIX_HASH_ITEM = 13;
/** Position of the block number. */
const NUMBER_ITEM = 8;

/** What a draw needs of a block header. */
export interface BlockHeader {
  /** keccak-256 of the RLP: the block's hash. */
  blockHash: Bytes32;
  blockNumber: number;
  mixHash: Bytes32;
}

/**
 * Reads the RLP of a block header. Throws MalformedError when it is no list of at least 14 strings in canonical RLP.
 */
export function readBlockHeader(rlp: Uint8Array): BlockHeader {
  const items = rlpStrings(rlp);
  const mixHash = items[MIX_HASH_ITEM];
  const number = items[NUMBER_ITEM];
  if (mixHash === undefined || number === undefined || mixHash.length !== 32 || number.length > 6) {
    throw new MalformedError({ what: 'block header', reason: 'mixHash or number has an unexpected length' });
  }
  return {
    blockHash: parseBytes32(keccak256(rlp)),
    blockNumber: number.reduce((value, byte) => value * 256 + byte, 0),
    mixHash: bytes32Of(mixHash),
  };
}

/** The strings of an RLP list that holds no lists. */
function rlpStrings(rlp: Uint8Array): Uint8Array[] {
  const list = rlpItem(rlp, 0);
  if (!list.isList || list.end !== rlp.length)
    throw new MalformedError({ what: 'block header', reason: 'it is not one RLP list' });
  const strings: Uint8Array[] = [];
  for (let at = list.begin; at < list.end;) {
    const item = rlpItem(rlp, at);
    if (item.isList || item.end > list.end)
      throw new MalformedError({ what: 'block header', reason: `unexpected RLP item at byte ${at}` });
    strings.push(rlp.slice(item.begin, item.end));
    at = item.end;
  }
  return strings;
}

function rlpItem(rlp: Uint8Array, at: number): { isList: boolean; begin: number; end: number } {
  const prefix = rlp[at];
  if (prefix === undefined) throw new MalformedError({ what: 'block header', reason: 'it ends early' });
  const item = ((): { isList: boolean; begin: number; length: number } => {
    if (prefix < 0x80) return { isList: false, begin: at, length: 1 };
    const isList = prefix >= 0xc0;
    const code = prefix - (isList ? 0xc0 : 0x80);
    if (code <= 55) return { isList, begin: at + 1, length: code };
    const lengthBytes = rlp.slice(at + 1, at + 1 + code - 55);
    if (lengthBytes.length > 4) throw new MalformedError({ what: 'block header', reason: 'an RLP item is too long' });
    return {
      isList,
      begin: at + 1 + lengthBytes.length,
      length: lengthBytes.reduce((value, byte) => value * 256 + byte, 0),
    };
  })();
  const end = item.begin + item.length;
  if (end > rlp.length) throw new MalformedError({ what: 'block header', reason: 'it ends early' });
  return { isList: item.isList, begin: item.begin, end };
}
