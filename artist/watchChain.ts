import { followEvents } from '../adapters/chain/followEvents.js';
import { createLedgerLog, type LedgerLog } from '../protocol/ledgerLog.js';
import type { NetworkDescription } from '../protocol/network.js';

/** The contract's events up to now, and a way to wait for more. */
export interface ChainWatch {
  readonly log: LedgerLog;
  /**
   * Resolves when the chain has moved, or after `afterMs` at the latest. Rejects when following failed or was aborted.
   */
  changed(afterMs?: number): Promise<void>;
  /** Resolves when every event up to a block has been read. */
  reached(blockNumber: number): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 300;
/**
 * How long a chain may not answer before a person is told that it is gone. A node that is started again after a crash
 * needs a few seconds.
 */
const GONE_MS = 45_000;

/** Follows the contract from its deployment. The chain is the truth; no coordinator is asked. */
export function watchChain({ network, signal }: { network: NetworkDescription; signal: AbortSignal }): ChainWatch {
  const log = createLedgerLog();
  const stopping = new AbortController();
  let waiters: (() => void)[] = [];
  let failure: unknown;
  let troubleSinceMs: number | undefined;
  const wake = (): void => {
    const now = waiters;
    waiters = [];
    for (const waiter of now) waiter();
  };
  const following = followEvents({
    network,
    fromBlock: network.deploymentBlock,
    pollMs: POLL_MS,
    signal: AbortSignal.any([signal, stopping.signal]),
    onEvents(events, head) {
      troubleSinceMs = undefined;
      log.append(events, head);
      wake();
    },
    onRollback(toBlock) {
      log.rollBack(toBlock);
      wake();
    },
    onTrouble(error) {
      troubleSinceMs ??= Date.now();
      if (Date.now() - troubleSinceMs < GONE_MS) return;
      failure = error;
      wake();
    },
  }).catch((error: unknown) => {
    failure = error;
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);

  const changed = async (afterMs = 2000): Promise<void> => {
    signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      waiters.push(resolve);
      timer = setTimeout(resolve, afterMs);
    });
    clearTimeout(timer);
    signal.throwIfAborted();
    if (failure !== undefined) throw failure;
  };
  return {
    log,
    changed,
    async reached(blockNumber) {
      while ((log.head?.blockNumber ?? -1) < blockNumber) await changed();
    },
    async stop() {
      stopping.abort();
      signal.removeEventListener('abort', onAbort);
      await following;
    },
  };
}
