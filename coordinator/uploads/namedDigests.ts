import type { ChainState } from '../store/ChainState.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { LedgerJob } from '../../protocol/ledger.js';

/** namedDigests, reckoned once for each head: many ask between two blocks, and it goes through all events. */
export function rememberNamedDigests(keepSeconds: number): (state: ChainState) => ReadonlySet<Bytes32> {
  let last: { state: ChainState; head: ChainState['head']; digests: ReadonlySet<Bytes32> } | undefined;
  return (state) => {
    // Every step of a state has a head of its own; after a rollback it has none until the next.
    if (last === undefined || last.state !== state || last.head !== state.head || state.head === undefined)
      last = { state, head: state.head, digests: namedDigests(state, keepSeconds) };
    return last.digests;
  };
}

/**
 * What orders, leases and audits name, as the chain says it up to its newest block that was read. What a job names
 * counts for `keepSeconds` after its last event, so that its artist can fetch it on any machine.
 */
export function namedDigests(state: ChainState, keepSeconds: number): Set<Bytes32> {
  const digests = new Set<Bytes32>();
  const nowSeconds = state.head?.timestampSeconds ?? 0;
  for (const job of state.ledger.jobs.values()) {
    if (isLongOver(state, job, nowSeconds - keepSeconds)) continue;
    digests.add(job.manifestDigest).add(job.termsDigest);
    for (const { name, args } of state.eventsOfJob(job.jobId)) {
      if (name === 'LeaseCommitted') digests.add(args.outputsDigest);
      if (name === 'LeaseOpened') digests.add(args.openingDigest);
      if (name === 'LeaseRevealed') digests.add(args.findingDigest);
    }
  }
  return digests;
}

/** Whether a job was over by then: delivered, closed or past its deadline, and nothing came of it since. */
function isLongOver(state: ChainState, job: Readonly<LedgerJob>, thenSeconds: number): boolean {
  const isOver = job.closed || job.completed || job.deadlineSeconds < thenSeconds;
  return isOver && (state.eventsOfJob(job.jobId).at(-1)?.blockTimestamp ?? 0) < thenSeconds;
}
