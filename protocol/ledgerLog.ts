import { applyEvent, ledgerOf } from './applyEvent.js';
import type { ContractEvent } from './events.js';
import { type Ledger, createLedger } from './ledger.js';
import type { ChainHead } from './ports.js';

/** A ledger together with the events it was made of, so that blocks that never happened can be taken back. */
export interface LedgerLog {
  readonly ledger: Ledger;
  readonly events: readonly ContractEvent[];
  /** The newest block read; undefined before the first. */
  readonly head: ChainHead | undefined;
  /** Applies events in order; the head is the newest block they were read up to. */
  append(events: readonly ContractEvent[], head: ChainHead): void;
  /** Forgets every event above `toBlock` and makes the ledger anew from the rest. */
  rollBack(toBlock: number): void;
}

/** An empty log. Fits FollowEvents: onEvents = append, onRollback = rollBack. */
export function createLedgerLog(): LedgerLog {
  let ledger = createLedger();
  let events: ContractEvent[] = [];
  let head: ChainHead | undefined;
  return {
    get ledger() {
      return ledger;
    },
    get events() {
      return events;
    },
    get head() {
      return head;
    },
    append(more, newHead) {
      for (const event of more) {
        applyEvent(ledger, event);
        events.push(event);
      }
      head = newHead;
    },
    rollBack(toBlock) {
      events = events.filter((event) => event.blockNumber <= toBlock);
      ledger = ledgerOf(events);
      if (head !== undefined && head.blockNumber > toBlock)
        head = { blockNumber: toBlock, timestampSeconds: events.at(-1)?.blockTimestamp ?? head.timestampSeconds };
    },
  };
}
