import type { ChainState } from '../store/ChainState.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { LedgerJob } from '../../protocol/ledger.js';

/** What a job names is kept for so long after its last event, so that its artist can fetch it on any machine. */
const KEPT_AFTER_END_SECONDS = 30 * 86_400;

/** What orders, leases and audits name, as the chain says it up to its newest block that was read. */
export function namedDigests(state: ChainState): Set<Bytes32> {
  const digests = new Set<Bytes32>();
  const nowSeconds = state.head?.timestampSeconds ?? 0;
  for (const job of state.ledger.jobs.values()) {
    if (isLongOver(state, job, nowSeconds)) continue;
    digests.add(job.manifestDigest).add(job.termsDigest);
    for (const { name, args } of state.eventsOfJob(job.jobId)) {
      if (name === 'LeaseCommitted') digests.add(args.outputsDigest);
      if (name === 'LeaseOpened') digests.add(args.openingDigest);
      if (name === 'LeaseRevealed') digests.add(args.findingDigest);
    }
  }
  return digests;
}

function isLongOver(state: ChainState, job: Readonly<LedgerJob>, nowSeconds: number): boolean {
  const isOver = job.closed || job.completed || job.deadlineSeconds < nowSeconds;
  const lastSeconds = state.eventsOfJob(job.jobId).at(-1)?.blockTimestamp ?? 0;
  return isOver && lastSeconds + KEPT_AFTER_END_SECONDS < nowSeconds;
}
