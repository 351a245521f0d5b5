import { createCoordinatorClient } from '../adapters/http/coordinatorClient.js';
import type { ContractEvent, Role } from '../protocol/events.js';
import type { Address, LeaseId } from '../protocol/ids.js';
import type { LedgerLog } from '../protocol/ledgerLog.js';
import type { NetworkDescription } from '../protocol/network.js';
import { PRESENCE_TIMES } from './presenceTimes.js';

/** When somebody who staked was last seen, and where. */
export interface PartySeen {
  account: Address;
  role: Role;
  /** Milliseconds since the coordinator last heard of it; undefined: never, or no coordinator answers. */
  heardAgoMs: number | undefined;
  /** Milliseconds, by the chain's clock, since it last did something on chain. */
  actedAgoMs: number;
}

/**
 * Everybody who is registered and not leaving, and when each was last seen: by the chain, and where one answers by the
 * coordinator, whom each daemon tells every few seconds that it is there. What a coordinator says is nothing but advice.
 */
export async function readPresence({
  network,
  log,
  signal,
}: {
  network: NetworkDescription;
  log: LedgerLog;
  signal: AbortSignal;
}): Promise<PartySeen[]> {
  const heard = await heardBy(network.coordinatorUrl, signal);
  const acted = lastActs(log.events);
  const nowSeconds = log.head?.timestampSeconds ?? 0;
  return [...log.ledger.accounts.values()].flatMap(({ account, role, withdrawableAtSeconds }) => {
    if (role === undefined || withdrawableAtSeconds !== undefined) return [];
    return {
      account,
      role,
      heardAgoMs: heard.get(account),
      actedAgoMs: Math.max(0, nowSeconds - (acted.get(account) ?? 0)) * 1000,
    };
  });
}

/** Milliseconds since the coordinator heard of each, by its own clock: nobody's clock here need agree with it. */
async function heardBy(url: string | undefined, signal: AbortSignal): Promise<Map<string, number>> {
  if (url === undefined) return new Map();
  try {
    const parties = await createCoordinatorClient({ url }).parties(
      AbortSignal.any([signal, AbortSignal.timeout(PRESENCE_TIMES.answerMs)]),
    );
    return new Map(parties.flatMap(({ address, seenAgoMs }) => (seenAgoMs === null ? [] : [[address, seenAgoMs]])));
  } catch {
    // Everything works without a coordinator; the chain's facts are left.
    signal.throwIfAborted();
    return new Map();
  }
}

/** Unix seconds at which each account last did something on chain. */
function lastActs(events: readonly ContractEvent[]): Map<string, number> {
  const workerOf = new Map<LeaseId, Address>();
  const acts = new Map<string, number>();
  for (const event of events) {
    if (event.name === 'LeaseTaken') workerOf.set(event.args.leaseId, event.args.worker);
    const actor = actorOf(event, workerOf);
    if (actor !== undefined) acts.set(actor, event.blockTimestamp);
  }
  return acts;
}

function actorOf(event: ContractEvent, workerOf: ReadonlyMap<LeaseId, Address>): Address | undefined {
  switch (event.name) {
    case 'Registered':
    case 'StakeAdded':
      return event.args.account;
    case 'LeaseTaken':
      return event.args.worker;
    case 'LeaseCommitted':
    case 'LeaseOpened':
    case 'OpeningAnswered':
      return workerOf.get(event.args.leaseId);
    case 'LeaseSealed':
    case 'LeaseRevealed':
    case 'OpeningDemanded':
      return event.args.verifier;
    default:
      return undefined;
  }
}
