import { RAW_CODEC } from '../../protocol/ids.js';
import { OUTSIDE_PATHS } from '../../protocol/outsideNetwork.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { piecesOf } from '../http/piecesOf.js';
import { urlBelow } from '../http/urlBelow.js';
import { fetchVerified } from './fetchVerified.js';
import type { ReadingAccess } from './EndpointAccess.js';
import { parseToCid } from './parseToCid.js';

const FILE_MAX_BYTES = 2 ** 31;

/**
 * The reading half of the ObjectStore over what a coordinator carries of IPFS, for web pages: with fetch alone, without
 * the package that also writes, which is larger than a page. What is read is checked against its CID all the same. A
 * file of more than one block brings its reader along when the first is asked for.
 */
export function createReadingStore({
  coordinatorUrl,
}: {
  coordinatorUrl: string;
}): Pick<ObjectStore, 'getBlock' | 'getFile'> {
  const access: ReadingAccess = {
    endpoint: coordinatorUrl,
    client: { cat: (cid, { signal }) => cat(coordinatorUrl, cid, signal) },
  };
  return {
    getBlock: async (cidOrDigest, bounds = {}) => await fetchVerified(access, parseToCid(cidOrDigest), bounds),
    async getFile(cidText, { maxBytes = FILE_MAX_BYTES, ...bounds } = {}) {
      const cid = parseToCid(cidText);
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
async function* cat(coordinatorUrl: string, cid: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const response = await fetch(
    urlBelow(coordinatorUrl, `${OUTSIDE_PATHS.ipfsApi}/cat?arg=${encodeURIComponent(cid)}`),
    {
      method: 'POST',
      signal,
    },
  );
  if (!response.ok) {
    const said = (await response.json().catch(() => undefined)) as { Message?: unknown } | undefined;
    const reason = typeof said?.Message === 'string' ? said.Message : `it answered ${response.status}`;
    throw Object.assign(new Error(reason), { response: { status: response.status } });
  }
  yield* piecesOf(response);
}
