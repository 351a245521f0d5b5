import assert from 'node:assert/strict';
import { findOrdered } from '../../artist/findOrdered.js';
import type { Ledger, LedgerJob } from '../../protocol/ledger.js';
import { address, bytes32, jobId } from '../support/leaseFixtures.js';

const ARTIST = address('a7');
const NOW_SECONDS = 1000;

function job(id: string, more: Partial<LedgerJob> = {}): LedgerJob {
  return {
    jobId: jobId(id),
    artist: ARTIST,
    manifestDigest: bytes32('0d'),
    deadlineSeconds: NOW_SECONDS + 60,
    closed: false,
    completed: false,
    leaseIds: [],
    unreservedWei: 5n,
    ...more,
  } as unknown as LedgerJob;
}

function found(...jobs: LedgerJob[]): string | undefined {
  const ledger = {
    jobs: new Map(jobs.map((one) => [one.jobId, one])),
    leases: new Map([[3, { word: 0, mask: 3n, reservedWei: 20n }]]),
    openLeaseIds: new Set(),
  } as unknown as Ledger;
  return findOrdered({ ledger, artist: ARTIST, manifestDigest: bytes32('0d'), nowSeconds: NOW_SECONDS })?.jobId;
}

describe('what an artist ordered before', () => {
  it('is the job of the same manifest and artist, the newest', () => {
    assert.equal(found(), undefined);
    assert.equal(found(job('01', { artist: address('a8') }), job('02', { manifestDigest: bytes32('0e') })), undefined);
    assert.equal(found(job('01'), job('02')), jobId('02'));
  });

  it('is one that is done before one that is under way, also past its deadline', () => {
    assert.equal(found(job('01', { completed: true, deadlineSeconds: 1 }), job('02')), jobId('01'));
  });

  it('is none that was cancelled, is late or has used its money up', () => {
    const [closed, late] = [job('01', { closed: true }), job('02', { deadlineSeconds: NOW_SECONDS - 1 })];
    const spent = job('03', { leaseIds: [3] as unknown as LedgerJob['leaseIds'] });
    assert.equal(found(closed, late, spent), undefined);
    assert.equal(found(job('00'), closed, late, spent), jobId('00'));
    assert.equal(found({ ...spent, unreservedWei: 10n }), jobId('03'));
  });
});
