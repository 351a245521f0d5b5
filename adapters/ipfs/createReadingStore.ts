import { CID } from 'multiformats/cid';
import { type Bytes32, type Cid, parseBytes32, parseCid, rawCidOfDigest } from '../../protocol/ids.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { piecesOf } from '../http/piecesOf.js';
import { urlBelow } from '../http/urlBelow.js';
import { fetchVerified } from './fetchVerified.js';
import type { ReadingAccess } from './EndpointAccess.js';

const RAW_CODEC = 0x55;
const FILE_MAX_BYTES = 2 ** 31;

/**
 * The reading half of the ObjectStore over a Kubo RPC endpoint, for web pages: with fetch alone, without the package
 * that also writes, which is larger than a page. What is read is checked against its CID all the same. A file of more
 * than one block brings its reader along when the first is asked for.
 */
export function createReadingStore({ apiUrl }: { apiUrl: string }): Pick<ObjectStore, 'getBlock' | 'getFile'> {
  const access: ReadingAccess = { endpoint: apiUrl, client: { cat: (cid, { signal }) => cat(apiUrl, cid, signal) } };
  const cidOf = (cidOrDigest: Cid | Bytes32): CID =>
    CID.parse(cidOrDigest.startsWith('0x') ? rawCidOfDigest(parseBytes32(cidOrDigest)) : parseCid(cidOrDigest)) as CID;
  return {
    getBlock: async (cidOrDigest, bounds = {}) => await fetchVerified(access, cidOf(cidOrDigest), bounds),
    async getFile(cidText, { maxBytes = FILE_MAX_BYTES, ...bounds } = {}) {
      const cid = cidOf(cidText);
      // A block is bounded by itself, at a size that every caller takes.
      if (cid.code === RAW_CODEC) return await fetchVerified(access, cid, bounds);
      const { readVerifiedFile } = await import('./readVerifiedFile.js');
      return await readVerifiedFile({
        cid,
        maxBytes,
        fetchBlock: (block, signal) => fetchVerified(access, block, { ...bounds, signal }),
        signal: bounds.signal ?? new AbortController().signal,
      });
    },
  };
}

/** What ipfs-http-client's `cat` does, in the form that fetchVerified reads answers and refusals in. */
async function* cat(apiUrl: string, cid: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const response = await fetch(urlBelow(apiUrl, `/api/v0/cat?arg=${encodeURIComponent(cid)}`), {
    method: 'POST',
    signal,
  });
  if (!response.ok) {
    const said = (await response.json().catch(() => undefined)) as { Message?: unknown } | undefined;
    const reason = typeof said?.Message === 'string' ? said.Message : `it answered ${response.status}`;
    throw Object.assign(new Error(reason), { response: { status: response.status } });
  }
  yield* piecesOf(response);
}
