import assert from 'node:assert/strict';
import { gatherEarnings, ownTransactions } from '../../cli/earnings/gatherEarnings.js';
import { createLedger, type LedgerLease } from '../../protocol/ledger.js';
import type { Address } from '../../protocol/ids.js';
import { eventMaker } from '../support/eventFixtures.js';
import { VERIFIERS, WORKER, address, audit, bytes32, commitment, lease, leaseId } from '../support/leaseFixtures.js';

const SEAL = bytes32('07');
const reveal = { verdict: 'pass', findingDigest: SEAL, valuesHash: SEAL, transactionHash: SEAL } as const;
const audited = commitment({
  audits: [audit(VERIFIERS[0], { sealHash: SEAL, reveal }), audit(VERIFIERS[1], { sealHash: SEAL })],
});
/** Lease 7 was paid, 8 expired, 9 was voided because the second verifier stayed silent; each pays 2, a verifier 1. */
const LEASES: LedgerLease[] = [
  lease('PAYABLE', audited),
  { ...lease('EXPIRED'), leaseId: leaseId(8), slashedWei: 5n } as LedgerLease,
  { ...lease('VOID', audited), leaseId: leaseId(9), reason: 'silent' } as LedgerLease,
];

describe('what an account earned', () => {
  const make = eventMaker();
  const taken = (n: number) =>
    make('LeaseTaken', {
      leaseId: n,
      jobId: LEASES[0]!.jobId,
      worker: WORKER,
      word: 0,
      mask: 3n,
      payWei: 2n,
      feeWei: 1n,
      deadline: 1000,
      reservedWei: 4n,
    });
  const voidedBlock = 50;
  const events = [
    make('Registered', { account: WORKER, role: 'worker', deviceClass: 'wasm', stakeWei: 400n }),
    make('Registered', { account: VERIFIERS[1], role: 'verifier', deviceClass: 'wasm', stakeWei: 100n }),
    taken(7),
    make('LeaseCommitted', { leaseId: 7, root: SEAL, outputsDigest: SEAL, drawBlock: 9, sealDeadline: 1000 }),
    make('LeaseSealed', { leaseId: 7, verifier: VERIFIERS[0], sealHash: SEAL }),
    make('LeaseSealed', { leaseId: 7, verifier: VERIFIERS[1], sealHash: SEAL }),
    make('LeaseOpened', { leaseId: 7, openingDigest: SEAL, revealDeadline: 1000 }),
    taken(8),
    taken(9),
    make('Withdrawn', { account: WORKER, amountWei: 2n }),
    make('Slashed', { account: VERIFIERS[1], amountWei: 3n, toArtistWei: 0n, burnedWei: 3n }, 40),
    make('LeaseVoided', { leaseId: 9, reason: 'silent' }, voidedBlock),
    make('Slashed', { account: VERIFIERS[1], amountWei: 20n, toArtistWei: 0n, burnedWei: 20n }, voidedBlock),
  ];
  const ledger = { ...createLedger(), leases: new Map(LEASES.map((one) => [one.leaseId, one])) };
  const of = (account: Address) => {
    const { leases, otherGasWei } = gatherEarnings({ ledger, events, account, gasOf: () => 10n });
    return {
      rows: leases.map((row) => [row.leaseId, row.earnedWei, row.lostWei, row.cause, row.gasWei]),
      otherGasWei,
    };
  };

  it("is a worker's pay, its losses with their cause, and the gas of what it sent", () => {
    assert.deepEqual(of(WORKER), {
      rows: [
        [7, 2n, 0n, undefined, 30n],
        [8, 0n, 5n, 'commitMissed', 10n],
        [9, 0n, 0n, undefined, 10n],
      ],
      otherGasWei: 20n,
    });
  });

  it("is a verifier's fees, and the cut that came with the end of the lease it was silent about", () => {
    assert.deepEqual(of(VERIFIERS[0]), {
      rows: [
        [7, 1n, 0n, undefined, 10n],
        [9, 1n, 0n, undefined, 0n],
      ],
      otherGasWei: 0n,
    });
    assert.deepEqual(of(VERIFIERS[1]), {
      rows: [
        [7, 0n, 0n, undefined, 10n],
        [9, 0n, 20n, 'revealMissed', 0n],
      ],
      otherGasWei: 10n,
    });
  });

  it('is nothing of a stranger', () => {
    assert.deepEqual(of(address('ee')), { rows: [], otherGasWei: 0n });
    assert.deepEqual(ownTransactions(events, address('ee')), []);
    assert.equal(new Set(ownTransactions(events, WORKER)).size, 7);
  });
});
