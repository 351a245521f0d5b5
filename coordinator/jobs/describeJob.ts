import Type from 'typebox';
import { countEndings, perEnding } from '../../protocol/leaseEndings.js';
import { countChunks, type Ledger, type LedgerJob } from '../../protocol/ledger.js';

/** A job as the API shows it. Wei are decimal strings, times unix seconds. */
export const JobSchema = Type.Object({
  jobId: Type.String(),
  artist: Type.String(),
  manifestDigest: Type.String(),
  termsDigest: Type.String(),
  policy: Type.String(),
  pricePerUnitWei: Type.String(),
  deadlineSeconds: Type.Integer({ description: 'unix seconds' }),
  createdBlock: Type.Integer(),
  state: Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('completed')]),
  chunks: Type.Object({
    total: Type.Integer(),
    free: Type.Integer({ description: 'can be taken' }),
    leased: Type.Integer({ description: 'being rendered' }),
    committed: Type.Integer({ description: 'rendered, being audited' }),
    paid: Type.Integer({ description: 'audited and paid' }),
    voided: Type.Integer({ description: 'to be rendered again by another worker' }),
  }),
  money: Type.Object({
    fundedWei: Type.String(),
    unreservedWei: Type.String(),
    reservedWei: Type.String(),
    spentWei: Type.String(),
    withdrawnWei: Type.String(),
  }),
  leases: Type.Integer({ description: 'leases ever taken' }),
  endings: Type.Object(
    perEnding(() => Type.Integer()),
    { description: 'those that ended, by how' },
  ),
  startedAtSeconds: Type.Union([Type.Integer(), Type.Null()], {
    description: 'unix seconds at which its first lease was taken',
  }),
});

/** The JSON of one job, from the ledger. */
export function describeJob(ledger: Ledger, job: Readonly<LedgerJob>): Type.Static<typeof JobSchema> {
  const leases = job.leaseIds.flatMap((leaseId) => ledger.leases.get(leaseId) ?? []);
  return {
    jobId: job.jobId,
    artist: job.artist,
    manifestDigest: job.manifestDigest,
    termsDigest: job.termsDigest,
    policy: job.policy,
    pricePerUnitWei: job.pricePerUnitWei.toString(),
    deadlineSeconds: job.deadlineSeconds,
    createdBlock: job.createdBlock,
    state: jobStateOf(job),
    chunks: { total: job.chunkCount, ...countChunks(job) },
    money: {
      fundedWei: job.fundedWei.toString(),
      unreservedWei: job.unreservedWei.toString(),
      reservedWei: job.reservedWei.toString(),
      spentWei: job.spentWei.toString(),
      withdrawnWei: job.withdrawnWei.toString(),
    },
    leases: leases.length,
    endings: countEndings(leases),
    startedAtSeconds: leases[0]?.takenAtSeconds ?? null,
  };
}

/** What became of a job, in a word. */
export function jobStateOf(job: Readonly<LedgerJob>): 'open' | 'closed' | 'completed' {
  return job.completed ? 'completed' : job.closed ? 'closed' : 'open';
}
