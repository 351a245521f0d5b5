import { RushesError } from '../../protocol/errors.js';
import { type ChunkRect } from '../../protocol/geometry.js';
import { pixelHash } from '../../protocol/hashes.js';
import type { Bytes32, Cid } from '../../protocol/ids.js';
import type { FetchBounds, ObjectStore } from '../../protocol/ports.js';
import { decodeExrTile, exrTileMaxBytes } from '../../renderer/image/decodeExrTile.js';

/**
 * What a worker published, as a verifier finds it: there and in order, not to be had (which is nobody's proof), or not
 * what it has to be (which is the worker's doing).
 */
export type Published<T> =
  { state: 'present'; value: T } | { state: 'absent'; reason: string } | { state: 'malformed'; reason: string };

/** Fetches and parses something behind a digest or CID that the worker is bound to. */
export async function fetchPublished<T>(options: {
  fetch: () => Promise<Uint8Array>;
  parse: (bytes: Uint8Array) => T;
  signal: AbortSignal;
}): Promise<Published<T>> {
  let bytes: Uint8Array;
  try {
    bytes = await options.fetch();
  } catch (error) {
    options.signal.throwIfAborted();
    if (isMalformed(error)) return { state: 'malformed', reason: (error as Error).message };
    return { state: 'absent', reason: error instanceof Error ? error.message : String(error) };
  }
  try {
    return { state: 'present', value: options.parse(bytes) };
  } catch (error) {
    // An error that no parser means to raise is this verifier's trouble, and proves nothing against the worker.
    return {
      state: isMalformed(error) ? 'malformed' : 'absent',
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Fetches a published tile and decodes it; the hash is over what was decoded. */
export async function fetchTile(options: {
  store: Pick<ObjectStore, 'getFile'>;
  cid: Cid;
  rect: ChunkRect;
  bounds: FetchBounds & { signal: AbortSignal };
}): Promise<Published<{ halfs: Uint16Array; pixelHash: Bytes32 }>> {
  const { store, cid, rect, bounds } = options;
  const size = { width: rect.width, height: rect.height };
  return fetchPublished({
    fetch: () => store.getFile(cid, { ...bounds, maxBytes: exrTileMaxBytes(size) }),
    parse: (bytes) => {
      const halfs = decodeExrTile({ bytes, ...size });
      return { halfs, pixelHash: pixelHash(halfs) };
    },
    signal: bounds.signal,
  });
}

/** Errors that say something about the content itself, which its digest or CID binds, and not about the way to it. */
function isMalformed(error: unknown): boolean {
  return error instanceof RushesError && ['malformed', 'bad-input', 'file-too-large'].includes(error.code);
}
