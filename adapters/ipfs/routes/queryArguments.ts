// What clients write behind the question mark, read and checked. Every function throws BadInputError.
import { CID } from 'multiformats/cid';
import { BadInputError } from '../../../protocol/errors.js';

/** The CIDs of a call that takes one or several, with or without /ipfs/ before them. */
export function cidsOf(query: URLSearchParams): CID[] {
  const texts = query.getAll('arg');
  if (texts.length === 0) throw new BadInputError({ message: 'argument "ipfs-path" is required' });
  return texts.map((text) => parsePathCid(text.replace(/^\/?ipfs\//, '')));
}

/** The CID of a call that takes one. */
export function cidOf(query: URLSearchParams): CID {
  return cidsOf(query)[0] as CID;
}

function parsePathCid(text: string): CID {
  try {
    return CID.parse(text);
  } catch (cause) {
    throw new BadInputError({ message: `invalid path "${text.slice(0, 200)}": not a CID`, cause });
  }
}

/** The path of a call, CID first, without /ipfs/ before it. */
export function ipfsPathOf(query: URLSearchParams): string {
  const path = (query.get('arg') ?? '').replace(/^\/?ipfs\//, '');
  parsePathCid(path.split('/')[0] ?? '');
  return path;
}

/** A count of bytes, or undefined where the call names none. */
export function countOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new BadInputError({ message: `${name} must be a count of bytes, not ${text.slice(0, 40)}` });
  return value;
}
