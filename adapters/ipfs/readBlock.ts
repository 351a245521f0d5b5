import { concatBytes } from '../../protocol/bytes.js';
import { RushesError } from '../../protocol/errors.js';
import { rawCidOfDigest, type Bytes32 } from '../../protocol/ids.js';
import type { ReadingAccess } from './EndpointAccess.js';
import { MAX_BLOCK_BYTES } from './importSettings.js';

/** An endpoint sends more bytes for a block than any block may have. */
export class OversizedBlockError extends RushesError {
  constructor(options: { cid: string; endpoint: string; maxBytes: number }) {
    super({
      code: 'block-too-large',
      message: `the IPFS endpoint ${options.endpoint} sends more than the ${options.maxBytes} bytes that a block may have for ${options.cid}`,
      facts: options,
      advice:
        'Use another IPFS endpoint, or, if the block really is that large, add its file again in chunks of 1 MiB.',
    });
  }
}

/**
 * Reads the block with this SHA-256 digest and hangs up at the first byte too many, so that an answer without end costs
 * no more memory than a block.
 *
 * ipfs-http-client's `block.get` would take the answer into memory whole, and neither it nor the fetch below it can be
 * told a limit. Its `cat` streams, and gives any block unparsed when it is named by its digest as raw bytes, because
 * blocks are found by their digests, whatever codec a CID adds. Not bounded by this: the text of an answer with an
 * error status, which the client takes in whole before it says anything; there only the deadline of `signal` helps.
 */
export async function readBlock(
  access: ReadingAccess,
  options: { cid: string; digest: Bytes32; signal: AbortSignal },
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of access.client.cat(rawCidOfDigest(options.digest), { signal: options.signal })) {
    size += piece.length;
    if (size > MAX_BLOCK_BYTES)
      throw new OversizedBlockError({ cid: options.cid, endpoint: access.endpoint, maxBytes: MAX_BLOCK_BYTES });
    pieces.push(piece);
  }
  return concatBytes(pieces);
}
