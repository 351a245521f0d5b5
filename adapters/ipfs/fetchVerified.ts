import { bytes32Of } from '../../protocol/ids.js';
import type { CID } from 'multiformats/cid';
import { DeadlineError, NotRetrievableError, RushesError } from '../../protocol/errors.js';
import { hexOfBytes } from '../../protocol/bytes.js';
import type { FetchBounds } from '../../protocol/ports.js';
import { equalBytes, sha256 } from '../../protocol/sha256.js';
import { onAbort } from '../onAbort.js';
import { retry } from '../retry.js';
import type { ReadingAccess } from './EndpointAccess.js';
import { readBlock } from './readBlock.js';

const SHA2_256 = 0x12;
const IDENTITY = 0x00;
const IDENTITY_MAX_BYTES = 128;
/** Default wait for one block, retries included. */
const BLOCK_DEADLINE_MS = 30_000;
/** The first, and three more when the connection broke. */
const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 1600;

/** An endpoint answered with bytes that are not those of the CID. */
export class ContentMismatchError extends RushesError {
  constructor(options: { cid: string; endpoint: string; digest: string; byteLength: number }) {
    super({
      code: 'content-mismatch',
      message: `the IPFS endpoint ${options.endpoint} answered with other bytes than those of ${options.cid}`,
      facts: options,
      advice: 'Use another IPFS endpoint: this one is broken or dishonest.',
    });
  }
}

/** The IPFS endpoint refuses, or cannot be reached. */
export class IpfsEndpointError extends RushesError {
  constructor(options: { endpoint: string; doing: string; cause: unknown }) {
    const reason = reasonOf(options.cause);
    const full = /no space left|disk quota/i.test(reason);
    super({
      code: full ? 'disk-full' : isUnreachable(options.cause) ? 'ipfs-unreachable' : 'ipfs-refused',
      message: `the IPFS endpoint ${options.endpoint} failed ${options.doing}: ${reason}`,
      facts: { endpoint: options.endpoint, doing: options.doing, reason },
      advice: full
        ? 'Free some space on the disk of the IPFS endpoint.'
        : isUnreachable(options.cause)
          ? 'Check that the endpoint runs and that its URL is right.'
          : 'See the log of the endpoint.',
      cause: options.cause,
    });
  }
}

/**
 * Fetches one block and checks it against its CID: nothing that an endpoint makes up comes through. Only SHA-256 (and
 * inlined identity) CIDs are accepted. A connection that breaks is tried again, at most three times within the deadline
 * (default 30 s). Throws ContentMismatchError, OversizedBlockError, NotRetrievableError, DeadlineError,
 * IpfsEndpointError.
 */
export async function fetchVerified(access: ReadingAccess, cid: CID, bounds: FetchBounds = {}): Promise<Uint8Array> {
  const { code, digest } = cid.multihash;
  if (code === IDENTITY && digest.length <= IDENTITY_MAX_BYTES) return digest;
  if (code !== SHA2_256 || digest.length !== 32)
    throw new NotRetrievableError({
      cid: cid.toString(),
      reason: 'its hash is not SHA-256, so its content cannot be checked',
    });
  const bytes = await callEndpoint(access, {
    ...bounds,
    deadlineMs: bounds.deadlineMs ?? BLOCK_DEADLINE_MS,
    doing: `to give block ${cid.toString()}`,
    call: (signal) => readBlock(access, { cid: cid.toString(), digest: bytes32Of(digest), signal }),
  }).catch((error: unknown) => {
    if (error instanceof IpfsEndpointError && error.code === 'ipfs-refused')
      throw new NotRetrievableError({ cid: cid.toString(), reason: String(error.facts['reason']), cause: error });
    throw error;
  });
  const actual = sha256(bytes);
  if (!equalBytes(actual, digest))
    throw new ContentMismatchError({
      cid: cid.toString(),
      endpoint: access.endpoint,
      digest: hexOfBytes(actual),
      byteLength: bytes.length,
    });
  return bytes;
}

/**
 * Runs one call under a deadline and the caller's signal, and again when the connection broke: every call of this
 * adapter may be repeated.
 */
export async function callEndpoint<T>(
  access: ReadingAccess,
  options: FetchBounds & { deadlineMs: number; doing: string; call: (signal: AbortSignal) => Promise<T> },
): Promise<T> {
  options.signal?.throwIfAborted();
  const controller = new AbortController();
  const late = new DeadlineError({
    what: `asking the IPFS endpoint ${access.endpoint} ${options.doing}`,
    deadlineMs: options.deadlineMs,
  });
  const timer = setTimeout(() => controller.abort(late), options.deadlineMs);
  const stopWaiting = onAbort(options.signal, () => controller.abort(options.signal?.reason));
  try {
    return await retry({
      attempt: () => options.call(controller.signal),
      onFailure(error, { isLast }) {
        if (error instanceof RushesError) throw error;
        if (isLast || !isUnreachable(error))
          throw new IpfsEndpointError({ endpoint: access.endpoint, doing: options.doing, cause: error });
      },
      firstMs: FIRST_PAUSE_MS,
      longestMs: LONGEST_PAUSE_MS,
      mostAttempts: MOST_ATTEMPTS,
      signal: controller.signal,
    });
  } finally {
    clearTimeout(timer);
    stopWaiting();
  }
}

/** No answer came: the connection was refused or broke. An answer that says no is a different thing. */
function isUnreachable(error: unknown): boolean {
  const response = (error as { response?: { status?: number } } | undefined)?.response;
  if (response !== undefined)
    return response.status === 502 || response.status === 503 || response.status === 504 || response.status === 429;
  return error instanceof TypeError;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error ?? 'no reason was given');
  const cause = (error as { cause?: unknown }).cause;
  // fetch says only "fetch failed"; what happened stands in its cause, and for several addresses in the causes of that.
  if (error instanceof TypeError && cause instanceof Error) return (cause as { code?: string }).code ?? cause.message;
  return error.message;
}
