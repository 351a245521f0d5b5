import { type ChainIdentity, identifyChain } from '../adapters/chain/identifyChain.js';
import { RushesError } from '../protocol/errors.js';
import type { NetworkDescription } from '../protocol/network.js';
import type { OutageEvent } from './ArtistEvent.js';
import { NetworkReplacedError } from './NetworkReplacedError.js';
import { pause } from '../adapters/pause.js';

const LOOK_MS = 3_000;
/** A node that is alive answers two small questions far sooner. */
const ANSWER_MS = 5_000;
/** A node that comes back may answer before it has read its state; after this it is another chain for good. */
const REPLACED_AFTER_MS = 10_000;

/**
 * The longest time from the moment another chain answers until it is known for one. The look under way then may wait in
 * vain for the one before; the next has the answer that counts, begins the time, and may just miss its end.
 */
export const REPLACED_KNOWN_MS = ANSWER_MS + LOOK_MS + REPLACED_AFTER_MS + (LOOK_MS + ANSWER_MS);

/**
 * Looks every few seconds whether a network's chain answers and is still the one it was, until the signal aborts;
 * resolves then. Tells of outages, and `onSame` of every look that found it, with the time (performance.now) at which
 * the look began. Rejects with NetworkReplacedError when the chain is another one, at most REPLACED_KNOWN_MS after it
 * began to answer, and with code `chain-unreachable` when it has not answered for `patienceMs`.
 */
export async function watchIdentity({
  network,
  patienceMs,
  onEvent,
  onSame,
  signal,
}: {
  network: NetworkDescription;
  patienceMs: number;
  onEvent: (event: OutageEvent) => void;
  onSame: (askedAtMs: number) => void;
  signal: AbortSignal;
}): Promise<void> {
  let known: ChainIdentity = { chainId: network.chainId, deploymentHash: undefined };
  let awaySinceMs: number | undefined;
  let otherSinceMs: number | undefined;
  let told = false;
  while (!signal.aborted) {
    const askedAtMs = performance.now();
    try {
      const found = await identifyChain({ network, deadlineMs: ANSWER_MS, signal });
      if (told) onEvent({ kind: 'recovered', of: 'chain', lastedMs: performance.now() - (awaySinceMs ?? askedAtMs) });
      awaySinceMs = undefined;
      told = false;
      const difference = differenceOf(known, found);
      if (difference === undefined) {
        otherSinceMs = undefined;
        onSame(askedAtMs);
        known = { chainId: found.chainId, deploymentHash: known.deploymentHash ?? found.deploymentHash };
      } else {
        otherSinceMs ??= askedAtMs;
        if (performance.now() - otherSinceMs >= REPLACED_AFTER_MS)
          throw new NetworkReplacedError({ rpcUrl: network.rpcUrl, ...difference });
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RushesError) || error instanceof NetworkReplacedError) throw error;
      awaySinceMs ??= askedAtMs;
      const lastedMs = performance.now() - awaySinceMs;
      if (lastedMs > patienceMs) throw goneError(network, lastedMs, error);
      if (!told && lastedMs >= LOOK_MS) {
        told = true;
        onEvent({ kind: 'outage', of: 'chain', lastedMs, patienceMs, reason: error.message });
      }
    }
    await pause(LOOK_MS, signal).catch(() => {});
  }
}

/** What tells two chains apart; undefined where nothing does. A chain without the deployment's block is another. */
function differenceOf(
  known: ChainIdentity,
  found: ChainIdentity,
): { what: string; expected: string; actual: string } | undefined {
  if (found.chainId !== known.chainId)
    return { what: 'its id', expected: String(known.chainId), actual: String(found.chainId) };
  if (known.deploymentHash === undefined || found.deploymentHash === known.deploymentHash) return undefined;
  return {
    what: "the block of its contract's deployment",
    expected: known.deploymentHash,
    actual: found.deploymentHash ?? 'not there',
  };
}

function goneError(network: NetworkDescription, lastedMs: number, cause: RushesError): RushesError {
  return new RushesError({
    code: 'chain-unreachable',
    message: `the chain at ${network.rpcUrl} has not answered for ${Math.round(lastedMs / 1000)} s`,
    facts: { rpcUrl: network.rpcUrl, lastedMs: Math.round(lastedMs) },
    advice: 'once it answers again, order the same: the job that was begun goes on.',
    cause,
  });
}
