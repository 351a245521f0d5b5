import { followEvents } from '../adapters/chain/followEvents.js';
import { createLedgerLog, type LedgerLog } from '../protocol/ledgerLog.js';
import type { NetworkDescription } from '../protocol/network.js';
import type { OutageEvent } from './ArtistEvent.js';
import { OUTAGE_PATIENCE_MS } from './outliveOutage.js';
import { watchIdentity } from './watchIdentity.js';

/** The contract's events up to now, and a way to wait for more. */
export interface ChainWatch {
  readonly log: LedgerLog;
  /**
   * Aborts with the reason why this chain cannot be followed any longer: the caller's own, NetworkReplacedError, or a
   * chain that was away for too long. What waits for the chain waits with this signal.
   */
  readonly signal: AbortSignal;
  /** When (performance.now) the last look began that found the chain to be the one it was; undefined: none yet. */
  confirmedAtMs(): number | undefined;
  /** Resolves when the chain has moved, or after `afterMs` (default 2000) at the latest. Rejects as `signal` does. */
  changed(afterMs?: number): Promise<void>;
  /** Resolves when every event up to a block has been read. Rejects as `signal` does. */
  reached(blockNumber: number): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 300;

/**
 * Follows the contract from its deployment. The chain is the truth; no coordinator is asked. Outlives outages of up to
 * `patienceMs` (default ten minutes) and tells `onEvent` of them.
 */
export function watchChain({
  network,
  signal: caller,
  onEvent = () => {},
  patienceMs = OUTAGE_PATIENCE_MS,
}: {
  network: NetworkDescription;
  signal: AbortSignal;
  onEvent?: (event: OutageEvent) => void;
  patienceMs?: number;
}): ChainWatch {
  const log = createLedgerLog();
  const stopping = new AbortController();
  const failing = new AbortController();
  const signal = AbortSignal.any([caller, failing.signal]);
  const running = AbortSignal.any([signal, stopping.signal]);
  let waiters: (() => void)[] = [];
  const wake = (): void => {
    const now = waiters;
    waiters = [];
    for (const waiter of now) waiter();
  };
  signal.addEventListener('abort', wake);
  const fail = (error: unknown): void => failing.abort(error);
  const following = followEvents({
    network,
    fromBlock: network.deploymentBlock,
    pollMs: POLL_MS,
    signal: running,
    onEvents(events, head) {
      log.append(events, head);
      wake();
    },
    onRollback(toBlock) {
      log.rollBack(toBlock);
      wake();
    },
  }).catch(fail);
  let confirmedAtMs: number | undefined;
  const onSame = (askedAtMs: number): void => void (confirmedAtMs = askedAtMs);
  const identifying = watchIdentity({ network, patienceMs, onEvent, onSame, signal: running }).catch(fail);

  const changed = async (afterMs = 2000): Promise<void> => {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, afterMs);
      waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    signal.throwIfAborted();
  };
  return {
    log,
    signal,
    confirmedAtMs: () => confirmedAtMs,
    changed,
    async reached(blockNumber) {
      while ((log.head?.blockNumber ?? -1) < blockNumber) await changed();
    },
    async stop() {
      stopping.abort();
      signal.removeEventListener('abort', wake);
      await Promise.all([following, identifying]);
    },
  };
}
