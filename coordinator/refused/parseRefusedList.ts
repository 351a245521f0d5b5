import { CID } from 'multiformats/cid';
import { BadInputError } from '../../protocol/errors.js';
import { type Address, parseAddress } from '../../protocol/ids.js';

/** What an operator will have nothing to do with. */
export interface RefusedList {
  accounts: ReadonlySet<Address>;
  /** CIDs of version 1 in base32, as documents name them. */
  cids: ReadonlySet<string>;
  /** Digests of the same, hex: one block has as many CIDs as there are versions and codecs. */
  digests: ReadonlySet<string>;
}

export const NOTHING_REFUSED: RefusedList = { accounts: new Set(), cids: new Set(), digests: new Set() };

/**
 * Reads a list: a CID or an account a line; what stands behind # is for people. Throws BadInputError naming the first
 * line that is neither.
 */
export function parseRefusedList(text: string, path: string): RefusedList {
  const accounts = new Set<Address>();
  const cids = new Set<string>();
  const digests = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const entry = line.replace(/#.*/, '').trim();
    if (entry === '') continue;
    try {
      if (entry.toLowerCase().startsWith('0x')) accounts.add(parseAddress(entry));
      else {
        const cid = CID.parse(entry.replace(/^(?:ipfs:\/\/|\/?ipfs\/)/, ''));
        cids.add(cid.toV1().toString());
        digests.add(digestOf(cid));
      }
    } catch (cause) {
      throw new BadInputError({
        message: `line ${index + 1} of ${path} is neither a CID nor an account: ${entry.slice(0, 80)}`,
        facts: { path, line: index + 1 },
        advice: 'Write one CID or one account (0x and 40 hexadecimal digits) a line, and remarks behind #.',
        cause,
      });
    }
  }
  return { accounts, cids, digests };
}

/** Whether a list refuses what a CID, however it is written, stands for. */
export function isRefused(list: RefusedList, cid: CID): boolean {
  return list.digests.has(digestOf(cid));
}

function digestOf(cid: CID): string {
  return Buffer.from(cid.multihash.bytes).toString('hex');
}
