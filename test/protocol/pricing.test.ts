import { parseJobId } from '../../protocol/ids.js';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkMoney } from '../../protocol/certificate/checkMoney.js';
import type { ContractEvent } from '../../protocol/events.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { payOf, priceJob, priceLease } from '../../protocol/pricing.js';
import { eventMaker } from '../support/eventFixtures.js';
import { POLICY as FIXTURE_POLICY, address, bytes32 } from '../support/leaseFixtures.js';
import { propertyParameters } from '../support/propertySeed.js';

const POLICY: PolicyNumbers = {
  ...FIXTURE_POLICY,
  feeBps: 333,
  redraftFeeBps: 667,
  bondBps: 1_501,
  slashBps: 5_003,
  silentBps: 2_001,
  compensationBps: 9_001,
};
const worker = address('a1');
const artist = address('a2');
const quick = address('a3');
const silent = address('a4');
const jobId = parseJobId(bytes32('07'));
const PAY = 1_000_003n;

/** A job whose only lease, number 1, is taken by the worker for PAY. */
function begin(stakeWei: bigint) {
  const make = eventMaker();
  const register = (who: typeof worker, role: 'worker' | 'verifier', wei: bigint) =>
    make('Registered', { account: who, role, deviceClass: 'wasm', stakeWei: wei });
  const events: ContractEvent[] = [
    make('PolicyAdopted', { policy: address('a9'), values: POLICY }),
    register(worker, 'worker', stakeWei),
    register(quick, 'verifier', 7_777n),
    register(silent, 'verifier', 9_999n),
    make('JobCreated', {
      jobId,
      artist,
      nonce: bytes32('01'),
      manifestDigest: bytes32('02'),
      termsDigest: bytes32('03'),
      policy: address('a9'),
      chunkCount: 4,
      weightsRoot: bytes32('04'),
      pricePerUnitWei: PAY,
      deadline: 2_000_000_000,
    }),
    make('JobFunded', { jobId, from: artist, amountWei: 100n * PAY }),
    make('LeaseTaken', {
      leaseId: 1,
      jobId,
      worker,
      word: 0,
      mask: 1n,
      payWei: PAY,
      // floor(1000003 x 0.0333), and floor(1000003 x 0.0667) for each of two verifiers.
      feeWei: 33_300n,
      reservedWei: PAY + 2n * 66_700n,
      deadline: 1_700_000_100,
    }),
  ];
  return { make, events };
}

/** The same until both verifiers sealed, and what makes events in one block after. */
function sealed(stakeWei: bigint) {
  const { make, events } = begin(stakeWei);
  events.push(
    make('LeaseCommitted', {
      leaseId: 1,
      root: bytes32('05'),
      outputsDigest: bytes32('06'),
      drawBlock: 9,
      sealDeadline: 1_700_000_200,
    }),
    make('LeaseDrawn', { leaseId: 1, seed: bytes32('08'), drawnMask: 1n, verifiers: [quick, silent] }),
    make('LeaseSealed', { leaseId: 1, verifier: quick, sealHash: bytes32('10') }),
    make('LeaseSealed', { leaseId: 1, verifier: silent, sealHash: bytes32('11') }),
    make('LeaseSealsComplete', { leaseId: 1, openDeadline: 1_700_000_300 }),
  );
  return { make, events };
}

/** What is wrong with the money, in words. */
function wrong(events: readonly ContractEvent[]): string[] {
  return checkMoney(events)
    .filter(({ stated, computed }) => stated.join() !== computed.join())
    .map(({ what, stated, computed }) => `${what}: ${stated.join()}, not ${computed.join()}`);
}

describe('the price of a job', () => {
  const units = fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 40 });
  const price = fc.bigInt({ min: 0n, max: 10n ** 20n });
  const shares = fc.record({
    feeBps: fc.integer({ min: 0, max: 10_000 }),
    redraftFeeBps: fc.integer({ min: 0, max: 10_000 }),
    bondBps: fc.integer({ min: 0, max: 10_000 }),
    verifierCount: fc.integer({ min: 2, max: 5 }),
  });

  it('reserves every way of cutting it into leases, with less than a wei to spare per fee', () => {
    fc.assert(
      fc.property(units, price, shares, (leases, pricePerUnitWei, policy) => {
        fc.pre(policy.redraftFeeBps >= policy.feeBps);
        const priced = leases.map((n) => priceLease({ policy, payWei: payOf({ units: n, pricePerUnitWei }) }));
        const sum = (of: (lease: (typeof priced)[number]) => bigint) =>
          priced.reduce((total, lease) => total + of(lease), 0n);
        const job = priceJob({ policy, pricePerUnitWei, units: leases.reduce((total, n) => total + n, 0) });
        const roundedAway = BigInt(policy.verifierCount * leases.length);
        assert.equal(
          job.payWei,
          sum((lease) => lease.payWei),
        );
        const spareWei = job.reserveWei - sum((lease) => lease.reservedWei);
        assert.ok(spareWei >= 0n && spareWei < roundedAway, `${spareWei} wei to spare`);
        const expectedWei = sum((lease) => lease.payWei + lease.feeWei * BigInt(policy.verifierCount));
        assert.ok(job.expectedWei >= expectedWei && job.expectedWei - expectedWei < roundedAway);
      }),
      propertyParameters(300),
    );
  });

  it('is rounded down once, over the fees of all verifiers', () => {
    const policy = { feeBps: 333, redraftFeeBps: 667, bondBps: 0, verifierCount: 3 };
    // 101 x 0.0999 = 10.0899 and 101 x 0.2001 = 20.2101
    assert.deepEqual(priceJob({ policy, pricePerUnitWei: 101n, units: 1 }), {
      payWei: 101n,
      expectedWei: 111n,
      reserveWei: 121n,
    });
  });

  it('is the higher of the two fees where a first one is higher', () => {
    const policy = { feeBps: 900, redraftFeeBps: 100, bondBps: 0, verifierCount: 2 };
    assert.deepEqual(priceJob({ policy, pricePerUnitWei: 10n, units: 1_000 }), {
      payWei: 10_000n,
      expectedWei: 11_800n,
      reserveWei: 11_800n,
    });
  });
});

describe('the money of events', () => {
  it('is checked when a lease is taken', () => {
    const { events } = begin(10n ** 9n);
    assert.deepEqual(wrong(events), []);
    const last = events.at(-1) as ContractEvent & { name: 'LeaseTaken' };
    last.args.feeWei++;
    assert.deepEqual(wrong(events), ['lease 1: fee and reserve: 33301,1133403, not 33300,1133403']);
  });

  it('is checked when a lease is redrafted', () => {
    const { make, events } = begin(10n ** 9n);
    events.push(
      make('LeaseCommitted', {
        leaseId: 1,
        root: bytes32('05'),
        outputsDigest: bytes32('06'),
        drawBlock: 9,
        sealDeadline: 1_700_000_200,
      }),
    );
    const redrafted = (feeWei: bigint) =>
      make('LeaseRedrafted', { leaseId: 1, sealDeadline: 1_700_000_300, feeWei, drawBlock: 9 });
    assert.deepEqual(wrong([...events, redrafted(66_700n)]), []);
    assert.deepEqual(wrong([...events, redrafted(66_701n)]), ['lease 1: fee after the redraft: 66701, not 66700']);
  });

  it('is checked when a bond is burned, and where the stake is smaller than it', () => {
    for (const [stakeWei, lostWei] of [
      [10n ** 9n, 150_100n],
      [1_000n, 1_000n],
    ] as const) {
      const { make, events } = begin(stakeWei);
      const ended = make('LeaseExpired', { leaseId: 1, slashedWei: lostWei });
      const cut = (burnedWei: bigint) =>
        make('Slashed', { account: worker, amountWei: lostWei, toArtistWei: 0n, burnedWei }, ended.blockNumber);
      assert.deepEqual(wrong([...events, ended, cut(lostWei)]), []);
      assert.equal(wrong([...events, ended, cut(lostWei - 1n)]).length, 1);
      assert.equal(wrong([...events, ended]).length, 1, 'no cut at all');
    }
  });

  it('is checked when a worker is convicted: the fees and the compensation to the artist, the rest burned', () => {
    const { make, events } = sealed(10_000_001n);
    // floor(10000001 x 0.5003); two fees and floor(1000003 x 0.9001).
    const ended = make('LeaseConvicted', { leaseId: 1, slashedWei: 5_003_000n });
    const toArtistWei = 2n * 33_300n + 900_102n;
    const cut = (wei: bigint) =>
      make(
        'Slashed',
        { account: worker, amountWei: 5_003_000n, toArtistWei: wei, burnedWei: 5_003_000n - wei },
        ended.blockNumber,
      );
    assert.deepEqual(wrong([...events, ended, cut(toArtistWei)]), []);
    assert.equal(wrong([...events, ended, cut(toArtistWei + 1n)]).length, 1);
    const another = make('LeaseConvicted', { leaseId: 1, slashedWei: 5_003_001n }, ended.blockNumber);
    assert.equal(wrong([...events, another, cut(toArtistWei)]).length, 1);
  });

  it('is checked when verifiers kept silent, and only they pay', () => {
    const { make, events } = sealed(10n ** 9n);
    events.push(
      make('LeaseOpened', { leaseId: 1, openingDigest: bytes32('12'), revealDeadline: 1_700_000_400 }),
      make('LeaseRevealed', {
        leaseId: 1,
        verifier: quick,
        verdict: 'pass',
        findingDigest: bytes32('13'),
        valuesHash: bytes32('14'),
      }),
    );
    const ended = make('LeaseVoided', { leaseId: 1, reason: 'silent' });
    // floor(9999 x 0.2001)
    const cut = (amountWei: bigint) =>
      make('Slashed', { account: silent, amountWei, toArtistWei: 0n, burnedWei: amountWei }, ended.blockNumber);
    assert.deepEqual(wrong([...events, ended, cut(2_000n)]), []);
    assert.equal(wrong([...events, ended, cut(2_001n)]).length, 1);
    assert.equal(wrong([...events, ended]).length, 1, 'no cut at all');
  });
});
