import assert from 'node:assert/strict';
import { deadEndOf } from '../../artist/deadEndOf.js';
import { findOrdered } from '../../artist/findOrdered.js';
import { CHUNK_STATES, type ChunkState, type Ledger, type LedgerJob } from '../../protocol/ledger.js';
import { address, bytes32, jobId, POLICY } from '../support/leaseFixtures.js';

const ARTIST = address('a7');
const NOW_SECONDS = 1000;
const POLICY_ADDRESS = address('0c');

function ledgerOf(jobs: LedgerJob[]): Ledger {
  return {
    jobs: new Map(jobs.map((one) => [one.jobId, one])),
    policies: new Map([[POLICY_ADDRESS, POLICY]]),
    leases: new Map(),
    openLeaseIds: new Set(),
  } as unknown as Ledger;
}

function job(id: string, more: Partial<LedgerJob> = {}): LedgerJob {
  return {
    jobId: jobId(id),
    artist: ARTIST,
    manifestDigest: bytes32('0d'),
    deadlineSeconds: NOW_SECONDS + 60,
    closed: false,
    completed: false,
    leaseIds: [],
    unreservedWei: 50n,
    pricePerUnitWei: 10n,
    policy: POLICY_ADDRESS,
    ...more,
  } as unknown as LedgerJob;
}

function found(jobs: LedgerJob[], isAgain = false): string | undefined {
  const ledger = ledgerOf(jobs);
  return findOrdered({ ledger, artist: ARTIST, manifestDigest: bytes32('0d'), nowSeconds: NOW_SECONDS, isAgain })
    ?.jobId;
}

describe('what an artist ordered before', () => {
  it('is the job of the same manifest and artist, the newest', () => {
    assert.equal(found([]), undefined);
    assert.equal(
      found([job('01', { artist: address('a8') }), job('02', { manifestDigest: bytes32('0e') })]),
      undefined,
    );
    assert.equal(found([job('01'), job('02')]), jobId('02'));
  });

  it('is one that is done before one that is under way, also past its deadline', () => {
    const jobs = [job('01', { completed: true, deadlineSeconds: 1 }), job('02')];
    assert.equal(found(jobs), jobId('01'));
  });

  it('is, where it is to be ordered again, one that is under way alone', () => {
    const done = job('01', { completed: true });
    assert.equal(found([done, job('02')], true), jobId('02'));
    assert.equal(found([done], true), undefined);
  });

  it('is none that was cancelled, is late or has used its money up', () => {
    const [closed, late] = [job('01', { closed: true }), job('02', { deadlineSeconds: NOW_SECONDS - 1 })];
    // A chunk of one unit reserves its pay and two fees of a tenth.
    const spent = job('03', { unreservedWei: 11n });
    assert.equal(found([closed, late, spent]), undefined);
    assert.equal(found([job('00'), closed, late, spent]), jobId('00'));
    assert.equal(found([{ ...spent, unreservedWei: 12n }]), jobId('03'));
  });

  it('is over once its money covers none of the chunks that are left, however light others were', () => {
    const ledger = ledgerOf([]);
    const states = Uint8Array.from(['paid', 'free', 'free'].map((state) => CHUNK_STATES.indexOf(state as ChunkState)));
    const left = job('01', { chunkStates: states, unreservedWei: 24n });
    assert.equal(deadEndOf(ledger, left, NOW_SECONDS, Uint16Array.of(1, 3, 2)), undefined);
    assert.equal(deadEndOf(ledger, left, NOW_SECONDS, Uint16Array.of(1, 3, 4)), 'no-budget');
    assert.equal(deadEndOf(ledger, left, NOW_SECONDS, undefined), undefined);
  });
});
