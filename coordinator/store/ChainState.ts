import type { ContractEvent } from '../../protocol/events.js';
import type { Address, Bytes32, JobId, LeaseId } from '../../protocol/ids.js';
import { applyEvent } from '../../protocol/applyEvent.js';
import { type Ledger, createLedger } from '../../protocol/ledger.js';
import type { ChainHead } from '../../protocol/ports.js';

/** A head with its hash; what a follower hands over. */
export interface HashedHead extends ChainHead {
  blockHash: Bytes32;
}

/** What some events changed. */
export interface Touched {
  jobs: Set<JobId>;
  leases: Set<LeaseId>;
  accounts: Set<Address>;
}

/**
 * What the chain says, in memory: the ledger, the events it was made of, and those of each job. The database holds the
 * same; this is what streams and single answers are served from.
 */
export class ChainState {
  #ledger: Ledger = createLedger();
  #events: ContractEvent[] = [];
  #eventsOfJob = new Map<JobId, ContractEvent[]>();
  #registered = new Map<Address, number>();
  #head: HashedHead | undefined = undefined;

  get ledger(): Ledger {
    return this.#ledger;
  }
  get events(): readonly ContractEvent[] {
    return this.#events;
  }
  get head(): HashedHead | undefined {
    return this.#head;
  }

  /** Unix seconds at which an account last registered; undefined: it never did. */
  registeredAtSeconds(account: Address): number | undefined {
    return this.#registered.get(account);
  }

  /** Events of one job and of its leases, in order. */
  eventsOfJob(jobId: JobId): readonly ContractEvent[] {
    return this.#eventsOfJob.get(jobId) ?? [];
  }

  /** The job an event belongs to, if any. */
  jobOf(event: ContractEvent): JobId | undefined {
    if ('jobId' in event.args) return event.args.jobId;
    if ('leaseId' in event.args) return this.#ledger.leases.get(event.args.leaseId)?.jobId;
    return undefined;
  }

  /** Applies events in order and tells what they changed. */
  append(events: readonly ContractEvent[], head: HashedHead): Touched {
    const touched: Touched = { jobs: new Set(), leases: new Set(), accounts: new Set() };
    for (const event of events) {
      applyEvent(this.#ledger, event);
      this.#events.push(event);
      this.#index(event);
      this.#touch(touched, event);
    }
    this.#head = head;
    return touched;
  }

  /** Forgets every event above a block. The new head's hash is unknown until the follower hands over the next. */
  rollBack(toBlock: number): void {
    const kept = this.#events.filter((event) => event.blockNumber <= toBlock);
    this.#ledger = createLedger();
    this.#events = [];
    this.#eventsOfJob = new Map();
    this.#registered = new Map();
    for (const event of kept) {
      applyEvent(this.#ledger, event);
      this.#events.push(event);
      this.#index(event);
    }
    this.#head = undefined;
  }

  /** Everything there is, as if all of it had just changed. */
  everything(): Touched {
    return {
      jobs: new Set(this.#ledger.jobs.keys()),
      leases: new Set(this.#ledger.leases.keys()),
      accounts: new Set(this.#ledger.accounts.keys()),
    };
  }

  #index(event: ContractEvent): void {
    if (event.name === 'Registered') this.#registered.set(event.args.account, event.blockTimestamp);
    const jobId = this.jobOf(event);
    if (jobId === undefined) return;
    const events = this.#eventsOfJob.get(jobId);
    if (events === undefined) this.#eventsOfJob.set(jobId, [event]);
    else events.push(event);
  }

  #touch(touched: Touched, event: ContractEvent): void {
    const { args } = event;
    const jobId = this.jobOf(event);
    if (jobId !== undefined) touched.jobs.add(jobId);
    if ('account' in args) touched.accounts.add(args.account);
    if ('verifier' in args) touched.accounts.add(args.verifier);
    if ('leaseId' in args) {
      touched.leases.add(args.leaseId);
      const worker = this.#ledger.leases.get(args.leaseId)?.worker;
      if (worker !== undefined) touched.accounts.add(worker);
    }
    // A policy that becomes known decides what leases of its jobs may hold.
    if (event.name === 'PolicyAdopted')
      for (const job of this.#ledger.jobs.values()) if (job.policy === event.args.policy) touched.jobs.add(job.jobId);
  }
}

/** Where an event stands, as a stream's event id: a client that comes back names the last one it has. */
export function eventIdOf(event: Pick<ContractEvent, 'blockNumber' | 'logIndex' | 'blockHash'>): string {
  return `${event.blockNumber}-${event.logIndex}-${event.blockHash.slice(2, 14)}`;
}
