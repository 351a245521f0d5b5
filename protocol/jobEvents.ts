import { type Handlers, jobOf } from './mutableLedger.js';

/** What events about jobs and their policies do to a ledger. */
export const JOB_EVENTS: Handlers<
  'JobCreated' | 'JobFunded' | 'JobClosed' | 'JobCompleted' | 'JobWithdrawn' | 'PolicyAdopted'
> = {
  JobCreated(ledger, event) {
    const { deadline, ...args } = event.args;
    ledger.jobs.set(args.jobId, {
      ...args,
      deadlineSeconds: deadline,
      createdBlock: event.blockNumber,
      closed: false,
      completed: false,
      fundedWei: 0n,
      unreservedWei: 0n,
      reservedWei: 0n,
      spentWei: 0n,
      withdrawnWei: 0n,
      leaseIds: [],
      chunkStates: new Uint8Array(args.chunkCount),
      chunkLeases: new Float64Array(args.chunkCount),
      barred: new Map(),
    });
  },

  JobFunded(ledger, event) {
    const job = jobOf(ledger, event.args.jobId);
    job.fundedWei += event.args.amountWei;
    job.unreservedWei += event.args.amountWei;
  },

  JobClosed(ledger, event) {
    jobOf(ledger, event.args.jobId).closed = true;
  },

  JobCompleted(ledger, event) {
    jobOf(ledger, event.args.jobId).completed = true;
  },

  JobWithdrawn(ledger, event) {
    const job = jobOf(ledger, event.args.jobId);
    job.unreservedWei -= event.args.amountWei;
    job.withdrawnWei += event.args.amountWei;
  },

  PolicyAdopted(ledger, event) {
    ledger.policies.set(event.args.policy, event.args.values);
  },
};
