import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ledgerOf } from '../../protocol/applyEvent.js';
import type { ContractEvent } from '../../protocol/events.js';
import { geometryOf } from '../../protocol/geometry.js';
import type { JobId } from '../../protocol/ids.js';
import { frameToShow } from '../../studio/model/frames.js';
import { jobMoney } from '../../studio/model/jobMoney.js';
import { machinesOf } from '../../studio/model/machines.js';
import { hashOf, type Place, placeOf } from '../../studio/model/place.js';
import { describeTiles, tileStatesOf } from '../../studio/model/tileStates.js';
import { timeLeftInWords } from '../../studio/model/timeLeft.js';
import { endedLeasesOf } from '../../studio/model/endings.js';
import { aboutInWords, inWords, percent, tokens } from '../../studio/model/words.js';
import { afterConnecting } from '../../studio/live/Connection.js';
import { eventMaker } from '../support/eventFixtures.js';
import { address, bytes32, jobId, VERIFIERS } from '../support/leaseFixtures.js';
import { propertyParameters } from '../support/propertySeed.js';

const JOB = jobId('0a');
const ARTIST = address('d1');
const [HONEST, CHEAT] = [address('a1'), address('a2')];
const [FIRST, SECOND] = VERIFIERS;
const PAY_WEI = 100n;
const FEE_WEI = 5n;
const RESERVED_WEI = 120n;

/** A job of 8 chunks: leases of two chunks each, one per way a tile can stand. Lease 4 is convicted. */
function history(): ContractEvent[] {
  const make = eventMaker();
  const take = (leaseId: number, worker: typeof HONEST, mask: bigint): ContractEvent =>
    make('LeaseTaken', {
      ...{ leaseId, jobId: JOB, worker, word: 0, mask, payWei: PAY_WEI, feeWei: FEE_WEI },
      ...{ deadline: 2_000_000_000, reservedWei: RESERVED_WEI },
    });
  const commit = (leaseId: number): ContractEvent =>
    make('LeaseCommitted', {
      ...{ leaseId, root: bytes32('05'), outputsDigest: bytes32('06'), drawBlock: 100, sealDeadline: 2_000_000_000 },
    });
  const audit = (leaseId: number): ContractEvent[] => [
    make('LeaseDrawn', { leaseId, seed: bytes32('07'), drawnMask: 1n, verifiers: [FIRST, SECOND] }),
    make('LeaseSealed', { leaseId, verifier: FIRST, sealHash: bytes32('08') }),
    make('LeaseSealed', { leaseId, verifier: SECOND, sealHash: bytes32('09') }),
    make('LeaseSealsComplete', { leaseId, openDeadline: 2_000_000_000 }),
    make('LeaseOpened', { leaseId, openingDigest: bytes32('0b'), revealDeadline: 2_000_000_000 }),
  ];
  const reveal = (leaseId: number, verifier: typeof FIRST, verdict: 'pass' | 'convict'): ContractEvent =>
    make('LeaseRevealed', { leaseId, verifier, verdict, findingDigest: bytes32('0c'), valuesHash: bytes32('0d') });
  return [
    make('JobCreated', {
      ...{
        jobId: JOB,
        artist: ARTIST,
        nonce: bytes32('01'),
        manifestDigest: bytes32('02'),
        termsDigest: bytes32('03'),
      },
      ...{ policy: address('99'), chunkCount: 8, weightsRoot: bytes32('04'), pricePerUnitWei: 1n },
      deadline: 2_000_000_000,
    }),
    make('JobFunded', { jobId: JOB, from: ARTIST, amountWei: 10_000n }),
    take(1, HONEST, 0b11n),
    commit(1),
    ...audit(1),
    reveal(1, FIRST, 'pass'),
    reveal(1, SECOND, 'pass'),
    make('LeasePayable', { leaseId: 1, payWei: PAY_WEI }),
    make('LeaseReleased', { leaseId: 1, jobId: JOB, amountWei: RESERVED_WEI - PAY_WEI - 2n * FEE_WEI }),
    take(2, HONEST, 0b100n),
    commit(2),
    ...audit(2),
    reveal(2, FIRST, 'pass'),
    take(3, HONEST, 0b1000n),
    commit(3),
    take(4, CHEAT, 0b10000n),
    take(5, CHEAT, 0b100000n),
    commit(4),
    ...audit(4),
    reveal(4, FIRST, 'convict'),
    reveal(4, SECOND, 'convict'),
    make('LeaseConvicted', { leaseId: 4, slashedWei: 400n }),
    make('LeaseReleased', { leaseId: 4, jobId: JOB, amountWei: RESERVED_WEI - 2n * FEE_WEI }),
    make('LeaseVoided', { leaseId: 5, reason: 'workerConvicted' }),
    make('LeaseReleased', { leaseId: 5, jobId: JOB, amountWei: RESERVED_WEI }),
    take(6, HONEST, 0b1000000n),
  ];
}

describe('what the page says', () => {
  const ledger = ledgerOf(history());
  const job = ledger.jobs.get(JOB)!;

  it('gives each tile its state, that of a convicted lease too', () => {
    const states = tileStatesOf(ledger, job, 0, 8);
    assert.deepEqual(states, ['paid', 'paid', 'audited', 'rendered', 'convicted', 'voided', 'leased', 'waiting']);
    assert.equal(describeTiles(states.slice(0, 4)), '1 rendered, 1 audited, 2 paid');
  });

  it('shows a convicted tile as what became of it since', () => {
    const make = eventMaker();
    const more = make('LeaseTaken', {
      ...{ leaseId: 7, jobId: JOB, worker: HONEST, word: 0, mask: 0b10000n, payWei: PAY_WEI, feeWei: FEE_WEI },
      ...{ deadline: 2_000_000_000, reservedWei: RESERVED_WEI },
    });
    const after = ledgerOf([...history(), more]);
    assert.deepEqual(tileStatesOf(after, after.jobs.get(JOB)!, 4, 1), ['leased']);
  });

  it('accounts for all of the escrow, after every event', () => {
    const events = history();
    for (let count = 2; count <= events.length; count++) {
      const so = ledgerOf(events.slice(0, count));
      const money = jobMoney(so, so.jobs.get(JOB)!);
      const { escrowWei, workersWei, feesWei, heldWei, freeWei, returnedWei } = money;
      assert.equal(workersWei + feesWei + heldWei + freeWei + returnedWei, escrowWei, `after ${count} events`);
    }
    const money = jobMoney(ledger, job);
    assert.deepEqual([money.workersWei, money.feesWei, money.heldWei], [PAY_WEI, 4n * FEE_WEI, 3n * RESERVED_WEI]);
  });

  it('tells of each lease that ended why, and who said so', () => {
    const ended = endedLeasesOf(ledger, job);
    assert.deepEqual(
      ended.map(({ leaseId, ending }) => [leaseId, ending]),
      [
        [5, 'voided'],
        [4, 'convicted'],
        [1, 'payable'],
      ],
    );
    assert.match(ended[0]!.reason, /another lease of this worker was proven wrong/);
    assert.match(ended[1]!.reason, /values that every verifier found wrong/);
    assert.deepEqual(ended[1]!.verdicts, [
      { verifier: FIRST, verdict: 'convict' },
      { verifier: SECOND, verdict: 'convict' },
    ]);
    assert.equal(ended[1]!.slashedWei, 400n);
  });

  it('lists who works on a job, and what each earned', () => {
    const machines = machinesOf(ledger, job);
    assert.deepEqual(
      machines.map(({ account, role, open, done, lost, isConvicted, earnedWei }) => ({
        ...{ account, role, open, done, lost, isConvicted, earnedWei },
      })),
      [
        { account: HONEST, role: 'worker', open: 3, done: 2, lost: 0, isConvicted: false, earnedWei: PAY_WEI },
        { account: CHEAT, role: 'worker', open: 0, done: 0, lost: 2, isConvicted: true, earnedWei: 0n },
        { account: FIRST, role: 'verifier', open: 1, done: 2, lost: 0, isConvicted: false, earnedWei: 2n * FEE_WEI },
        { account: SECOND, role: 'verifier', open: 1, done: 2, lost: 0, isConvicted: false, earnedWei: 2n * FEE_WEI },
      ],
    );
  });

  it('shows the last finished frame, or the one that is furthest', () => {
    const manifest = { size: { width: 32, height: 16 }, tileSize: 16, samples: 1, batches: 1 };
    const geometry = geometryOf({ ...manifest, frames: { first: 10, last: 13 } });
    assert.equal(frameToShow(geometry, job), 0, 'chunks 0 and 1 are paid');
    const begun = ledgerOf(history().slice(0, 4));
    assert.equal(frameToShow(geometry, begun.jobs.get(JOB)!), 0);
    const none = ledgerOf(history().slice(0, 2));
    assert.equal(frameToShow(geometry, none.jobs.get(JOB)!), 0);
  });

  it('finds every place again by its address', () => {
    const places: fc.Arbitrary<Place> = fc.oneof(
      fc.constant({ page: 'jobs' } as const),
      fc.constant({ page: 'network' } as const),
      fc.record({
        page: fc.constant('job' as const),
        jobId: fc
          .uint8Array({ minLength: 32, maxLength: 32 })
          .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}` as JobId),
        frame: fc.option(fc.nat(10_000_000), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(places, (place) => assert.deepEqual(placeOf(hashOf(place)), { ...place })),
      propertyParameters(200),
    );
    for (const odd of ['', '#', '#/jobs/0x12', '#/jobs/', '#//evil', '#/network/x'])
      assert.equal(placeOf(odd).page, 'jobs', odd);
  });

  it('says why there is no time left to tell', () => {
    const under = { total: 4, paid: 1, rendered: 2, startedAtSeconds: 0, nowSeconds: 100 };
    const open = { ...under, isClosed: false, deadlineSeconds: 1000 };
    assert.equal(timeLeftInWords(open), 'about 3 min');
    assert.equal(timeLeftInWords({ ...open, rendered: 0 }), 'not known yet');
    assert.equal(timeLeftInWords({ ...open, startedAtSeconds: null }), 'not begun');
    assert.equal(timeLeftInWords({ ...open, nowSeconds: 1001 }), 'past its deadline');
    assert.equal(timeLeftInWords({ ...open, nowSeconds: 1001, isClosed: true }), 'cancelled');
    assert.equal(timeLeftInWords({ ...open, paid: 4, isClosed: true }), 'done');
  });

  it('speaks of money in tokens and of time in two units', () => {
    assert.deepEqual(
      [tokens(10n ** 18n), tokens('1500000000000000000'), tokens(1n), tokens(0n)],
      [...['1', '1.5', '< 0.0001', '0']],
    );
    assert.deepEqual([45, 89, 720, 12_000, 187_200].map(inWords), ['45 s', '89 s', '12 min', '3 h 20 min', '2 d 4 h']);
    assert.equal(aboutInWords(1), 'about 5 s');
    assert.deepEqual([0, 0.999, 1].map(percent), [0, 99, 100]);
  });

  it('knows silence that was announced from silence that was not', () => {
    assert.equal(afterConnecting('live', false), 'away');
    assert.equal(afterConnecting('ended', false), 'ended');
    assert.equal(afterConnecting('closing', false), 'closing');
    assert.equal(afterConnecting('ended', true), 'live');
    assert.equal(afterConnecting('replaced', true), 'replaced');
    assert.equal(afterConnecting('connecting', false), 'connecting');
  });
});
