import type { Ledger } from '../protocol/ledger.js';
import type { Daemon } from './runDaemon.js';

/**
 * What follows from the ledger alone, reckoned when it is asked for and kept until the next chain block is read: what is
 * looked at several times a second must not go through every lease there ever was.
 */
export function oncePerBlock<Value>(
  daemon: Pick<Daemon, 'ledger' | 'blockNumber'>,
  reckon: (ledger: Ledger) => Value,
): () => Value {
  let kept: { ledger: Ledger; blockNumber: number; value: Value } | undefined;
  return () => {
    const { ledger, blockNumber } = daemon;
    // After a rollback the ledger is another one.
    if (kept?.ledger !== ledger || kept.blockNumber !== blockNumber)
      kept = { ledger, blockNumber, value: reckon(ledger) };
    return kept.value;
  };
}
