import { create } from 'ipfs-http-client';
import type { CID } from 'multiformats/cid';
import { BadInputError, DeadlineError, InvariantError, RushesError } from '../../protocol/errors.js';
import { type Cid, bytes32Of, parseCid, RAW_CODEC, rawCidOfDigest } from '../../protocol/ids.js';
import type { FetchBounds, ObjectStore } from '../../protocol/ports.js';
import { sha256 } from '../../protocol/sha256.js';
import { onAbort } from '../onAbort.js';
import type { RequestSigner } from '../http/signRequests.js';
import type { EndpointAccess, IpfsClient } from './EndpointAccess.js';
import { callEndpoint, fetchVerified } from './fetchVerified.js';
import { cidOfDirectory, cidOfFile } from './cidOfFiles.js';
import { CHUNK_BYTES, RUSHES_IMPORT } from './importSettings.js';
import { findInDirectory, isPlainName, listDirectory } from './readDirectory.js';
import { parseToCid } from './parseToCid.js';
import { readVerifiedFile } from './readVerifiedFile.js';

/** Default limit of getFile: 2 GiB. */
const FILE_MAX_BYTES = 2 ** 31;
/** Default wait of one put or pin: a slow disk with a large scene. */
const WRITE_DEADLINE_MS = 120_000;
/** Default wait for a whole file or directory. */
const READ_DEADLINE_MS = 600_000;
/** Bytes of directory and inner nodes kept: they are read again for every file of a directory. */
const NODE_CACHE_BYTES = 16 << 20;

/**
 * How every file is added; see importSettings.ts. Stated in full, because defaults differ between IPFS implementations
 * and versions.
 */
const ADD_OPTIONS = {
  cidVersion: RUSHES_IMPORT.cidVersion,
  rawLeaves: RUSHES_IMPORT.rawLeaves,
  chunker: `size-${CHUNK_BYTES}`,
  hashAlg: 'sha2-256',
  pin: true,
} as const;

/**
 * The ObjectStore over a Kubo RPC endpoint (this package's own, Kubo, or an IPFS Cluster), by its base URL such as
 * http://127.0.0.1:5001.
 *
 * The endpoint is not trusted with content: what is read is checked block by block against its CID, and the CID of what
 * is added is computed here and compared with the endpoint's answer. It is trusted to keep what it says it pinned;
 * nothing on this side could prove that. Errors: NotRetrievableError, ContentMismatchError, OversizedBlockError,
 * MalformedError, FileTooLargeError, DeadlineError, IpfsEndpointError (codes disk-full, ipfs-unreachable,
 * ipfs-refused).
 */
export function createObjectStore(options: {
  apiUrl: string;
  /** Signs what is stored, for an endpoint that takes nothing from strangers. */
  signer?: RequestSigner;
}): ObjectStore {
  const { apiUrl, signer } = options;
  const clientWith = (headers: Record<string, string>): IpfsClient =>
    create({ url: apiUrl, headers }) as unknown as IpfsClient;
  const access: EndpointAccess = { client: clientWith({}), endpoint: apiUrl };
  let signed: { header: string; client: IpfsClient } | undefined;

  /** A client whose calls carry the account's signature. */
  async function writer(): Promise<IpfsClient> {
    if (signer === undefined) return access.client;
    const header = await signer.authorization('ipfs-write', apiUrl);
    // Headers given with a call would end up in its query as well.
    if (signed?.header !== header) signed = { header, client: clientWith({ authorization: header }) };
    return signed.client;
  }
  const nodes = createNodeCache(NODE_CACHE_BYTES);

  /** A verified block, each with a deadline of its own inside the caller's. */
  async function fetchBlock(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const key = cid.toString();
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const bytes = await fetchVerified(access, cid, { signal });
    if (cid.code !== RAW_CODEC) nodes.set(key, bytes);
    return bytes;
  }

  /** Whether what the endpoint says it stored is what was given to it. */
  function requireCid(what: string, expected: Cid, actual: string): Cid {
    if (expected !== actual)
      throw new InvariantError({
        what: `CID of ${what} stored by the IPFS endpoint ${access.endpoint}`,
        expected,
        actual,
      });
    return expected;
  }

  return {
    async putBlock(bytes, bounds = {}) {
      if (bytes.length > CHUNK_BYTES)
        throw new BadInputError({
          message: `a block has at most ${CHUNK_BYTES} bytes, not ${bytes.length}`,
          facts: { byteLength: bytes.length },
        });
      const expected = rawCidOfDigest(bytes32Of(sha256(bytes)));
      const stored = await callEndpoint(access, {
        ...writeBounds(bounds),
        doing: 'to store a block',
        call: async (signal) =>
          (await writer()).block.put(bytes, { format: 'raw', mhtype: 'sha2-256', version: 1, pin: true, signal }),
      });
      return requireCid('the block', expected, stored.toString());
    },

    async getBlock(cidOrDigest, bounds = {}) {
      return await fetchVerified(access, parseToCid(cidOrDigest), bounds);
    },

    async putFile(bytes, bounds = {}) {
      const expected = await cidOfFile(bytes);
      const stored = await callEndpoint(access, {
        ...writeBounds(bounds),
        doing: 'to store a file',
        call: async (signal) => (await writer()).add(bytes, { ...ADD_OPTIONS, signal }),
      });
      return requireCid('the file', expected, stored.cid.toString());
    },

    async getFile(cid, { maxBytes = FILE_MAX_BYTES, ...bounds } = {}) {
      return await withinReadBounds(bounds, `reading the file ${cid}`, (signal) =>
        readVerifiedFile({ cid: parseToCid(cid), maxBytes, fetchBlock, signal }),
      );
    },

    async putDirectory(files, bounds = {}) {
      const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
      checkPaths(sorted.map((file) => file.path));
      const expected = await cidOfDirectory(sorted);
      const stored = await callEndpoint(access, {
        ...writeBounds(bounds),
        doing: 'to store a directory',
        call: async (signal) => {
          let last = '';
          const source = sorted.map((file) => ({ path: file.path, content: file.bytes }));
          const client = await writer();
          for await (const entry of client.addAll(source, { ...ADD_OPTIONS, wrapWithDirectory: true, signal }))
            last = entry.cid.toString();
          return last;
        },
      });
      return requireCid('the directory', expected, stored);
    },

    async getDirectory(cid, bounds = {}) {
      return await withinReadBounds(bounds, `reading the directory ${cid}`, (signal) =>
        listDirectory({ cid: parseToCid(cid), fetchBlock, signal }),
      );
    },

    async getDirectoryFile(cid, path, { maxBytes = FILE_MAX_BYTES, ...bounds } = {}) {
      checkPaths([path]);
      return await withinReadBounds(bounds, `reading ${path} of the directory ${cid}`, async (signal) => {
        const at = await findInDirectory({ cid: parseToCid(cid), path, fetchBlock, signal });
        return await readVerifiedFile({ cid: at, maxBytes, fetchBlock, signal });
      });
    },

    async pin(cid, bounds = {}) {
      await callEndpoint(access, {
        ...writeBounds(bounds),
        doing: `to pin ${cid}`,
        call: async (signal) => (await writer()).pin.add(parseCid(cid), { recursive: true, signal }),
      });
    },

    async unpin(cid, bounds = {}) {
      await callEndpoint(access, {
        ...writeBounds(bounds),
        doing: `to unpin ${cid}`,
        call: async (signal) => (await writer()).pin.rm(parseCid(cid), { recursive: true, signal }),
      }).catch((error: unknown) => {
        // Unpinning what is not pinned is what was asked for. A coordinator's endpoint lets nobody unpin, and forgets
        // by itself what no order names.
        if (error instanceof RushesError && /not pinned|is not passed on/.test(error.message)) return;
        throw error;
      });
    },
  };
}

function writeBounds(bounds: FetchBounds): FetchBounds & { deadlineMs: number } {
  return { ...bounds, deadlineMs: bounds.deadlineMs ?? WRITE_DEADLINE_MS };
}

/** Runs a read of many blocks under one deadline and the caller's signal. */
async function withinReadBounds<T>(
  bounds: FetchBounds,
  what: string,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  bounds.signal?.throwIfAborted();
  const controller = new AbortController();
  const deadlineMs = bounds.deadlineMs ?? READ_DEADLINE_MS;
  const timer = setTimeout(() => controller.abort(new DeadlineError({ what, deadlineMs })), deadlineMs);
  const stopWaiting = onAbort(bounds.signal, () => controller.abort(bounds.signal?.reason));
  try {
    return await read(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) throw controller.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
    stopWaiting();
  }
}

function checkPaths(paths: string[]): void {
  if (paths.length === 0) throw new BadInputError({ message: 'a directory needs at least one file' });
  for (const [index, path] of paths.entries()) {
    if (!path.split('/').every(isPlainName))
      throw new BadInputError({
        message: `not a relative path: ${path.slice(0, 200)}`,
        facts: { path: path.slice(0, 200) },
        advice: 'Paths are relative, with / between steps and without . or .. among them.',
      });
    if (path === paths[index - 1])
      throw new BadInputError({ message: `the path ${path} is there twice`, facts: { path } });
  }
}

/** Verified nodes by CID; the ones read longest ago leave first. */
function createNodeCache(maxBytes: number): {
  get(key: string): Uint8Array | undefined;
  set(key: string, bytes: Uint8Array): void;
} {
  const kept = new Map<string, Uint8Array>();
  let size = 0;
  return {
    get: (key) => kept.get(key),
    set(key, bytes) {
      if (kept.has(key)) return;
      kept.set(key, bytes);
      size += bytes.length;
      for (const [oldest, dropped] of kept) {
        if (size <= maxBytes) break;
        kept.delete(oldest);
        size -= dropped.length;
      }
    },
  };
}
