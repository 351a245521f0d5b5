import assert from 'node:assert/strict';
import { listJobs } from '../../artist/listJobs.js';
import { CHUNK_STATES, type ChunkState, type Ledger, type LedgerJob, type LedgerLease } from '../../protocol/ledger.js';
import { address, jobId, leaseId, POLICY } from '../support/leaseFixtures.js';

const [ARTIST, POLICY_ADDRESS] = [address('a7'), address('0c')];

function job(id: string, more: Partial<LedgerJob> & { states?: ChunkState[] } = {}): LedgerJob {
  const { states = ['free', 'free'], ...rest } = more;
  return {
    jobId: jobId(id),
    artist: ARTIST,
    policy: POLICY_ADDRESS,
    pricePerUnitWei: 10n,
    deadlineSeconds: 2000,
    closed: false,
    completed: false,
    leaseIds: [],
    chunkCount: states.length,
    chunkStates: Uint8Array.from(states.map((state) => CHUNK_STATES.indexOf(state))),
    fundedWei: 100n,
    unreservedWei: 100n,
    reservedWei: 0n,
    spentWei: 0n,
    withdrawnWei: 0n,
    ...rest,
  } as unknown as LedgerJob;
}

const lease = { takenAtSeconds: 900, word: 0, mask: 1n, state: 'PAYABLE' } as unknown as LedgerLease;

function list(jobs: LedgerJob[], options: Partial<Parameters<typeof listJobs>[0]> = {}) {
  const ledger = {
    jobs: new Map(jobs.map((one) => [one.jobId, one])),
    leases: new Map([[1, lease]]),
    openLeaseIds: new Set(),
    policies: new Map([[POLICY_ADDRESS, POLICY]]),
  } as unknown as Ledger;
  return listJobs({ ledger, artist: ARTIST, wishes: [], nowSeconds: 1000, ...options });
}

describe('the jobs of an artist', () => {
  it('are its own, newest first, or those of all', () => {
    const jobs = [job('01'), job('02', { artist: address('a8') }), job('03')];
    assert.deepEqual(
      list(jobs).map((entry) => entry.jobId),
      [jobId('03'), jobId('01')],
    );
    assert.equal(list(jobs, { artist: undefined }).length, 3);
  });

  it('say in a word where each stands, and why one never ends', () => {
    const jobs = [
      job('01', { completed: true, unreservedWei: 0n, deadlineSeconds: 1 }),
      job('02', { closed: true }),
      job('03', { deadlineSeconds: 999 }),
      job('04', { unreservedWei: 1n }),
      job('05', { leaseIds: [leaseId(1)] }),
      job('06'),
    ];
    assert.deepEqual(
      list(jobs).map(({ state }) => state),
      ['waiting', 'running', 'stuck-no-budget', 'stuck-late', 'cancelled', 'complete'],
    );
  });

  it('say what was wished of those that are open, and when one that runs will end', () => {
    const wishes = ['01', '02'].map((id) => ({ jobId: jobId(id), paused: true, priority: 3 }));
    const states: ChunkState[] = ['paid', 'paid', 'committed', 'free'];
    const [open, done] = list([job('01', { completed: true }), job('02', { states, leaseIds: [leaseId(1)] })], {
      wishes,
    });
    assert.deepEqual([open!.paused, open!.priority, done!.paused], [true, 3, false]);
    // Three of four in 100 s; two are not paid.
    assert.equal(Math.round(open!.secondsLeft!), 67);
    assert.equal(done!.secondsLeft, undefined);
    assert.equal(list([job('01')])[0]!.secondsLeft, undefined);
  });
});
