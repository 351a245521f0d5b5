import { ACCOUNT_EVENTS } from './accountEvents.js';
import { AUDIT_EVENTS } from './auditEvents.js';
import { InvariantError } from './errors.js';
import type { ContractEvent, ContractEventName } from './events.js';
import { JOB_EVENTS } from './jobEvents.js';
import { LEASE_EVENTS } from './leaseEvents.js';
import { type Ledger, createLedger } from './ledger.js';
import type { Handlers, MutableLedger } from './mutableLedger.js';

/** What every event of the contract does to a ledger. */
const HANDLERS: Handlers<ContractEventName> = { ...JOB_EVENTS, ...LEASE_EVENTS, ...AUDIT_EVENTS, ...ACCOUNT_EVENTS };

/** A ledger of the given events, which must be in order. */
export function ledgerOf(events: Iterable<ContractEvent>): Ledger {
  const ledger = createLedger();
  for (const event of events) applyEvent(ledger, event);
  return ledger;
}

/** Applies one event in place. Throws InvariantError for one that cannot follow on what was applied before. */
export function applyEvent(readonlyLedger: Ledger, event: ContractEvent): void {
  const ledger = readonlyLedger as MutableLedger;
  // Events also come out of files that strangers wrote.
  if (!Object.hasOwn(HANDLERS, event.name))
    throw new InvariantError({ what: 'name of an event', expected: 'one of the contract', actual: event.name });
  ledger.eventCount++;
  // The table pairs each name with its event; TypeScript cannot follow that through a union.
  const handle = HANDLERS[event.name] as (ledger: MutableLedger, event: ContractEvent) => void;
  handle(ledger, event);
}
