import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ContractEvent, Verdict } from '../../protocol/events.js';
import { eventFromJson, eventToJson } from '../../protocol/eventJson.js';
import { InvariantError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import { applyEvent, ledgerOf } from '../../protocol/applyEvent.js';
import { LEASE_EVENTS } from '../../protocol/leaseEvents.js';
import {
  candidatesOf,
  chunkState,
  countChunks,
  createLedger,
  deadlineOf,
  feesOf,
  type LeaseState,
  takeableMask,
} from '../../protocol/ledger.js';
import { createLedgerLog } from '../../protocol/ledgerLog.js';
import { eventMaker } from '../support/eventFixtures.js';
import { LEASE_STATES, POLICY, VERIFIERS, address, bytes32, jobId } from '../support/leaseFixtures.js';
import { propertyParameters } from '../support/propertySeed.js';

const JOB = jobId('0a');
const ARTIST = address('d1');
const WORKERS = [address('a1'), address('a2'), address('a3')];
const CHUNKS = 600;
const PAY = 100n;
const FEE = 5n;

const ENDINGS = ['pay', 'undrawn', 'verdictsVoid', 'silent', 'noShow', 'convict', 'notOpened', 'expire'] as const;
type Ending = (typeof ENDINGS)[number];

/** A job whose leases end in the given ways, one after the other or two at a time, as the contract would tell it. */
function history(endings: readonly { ending: Ending; worker: number; size: number }[]): ContractEvent[] {
  const make = eventMaker();
  const events: ContractEvent[] = [
    make('PolicyAdopted', { policy: address('99'), values: POLICY }),
    make('JobCreated', {
      jobId: JOB,
      artist: ARTIST,
      nonce: bytes32('01'),
      manifestDigest: bytes32('02'),
      termsDigest: bytes32('03'),
      policy: address('99'),
      chunkCount: CHUNKS,
      weightsRoot: bytes32('04'),
      pricePerUnitWei: 1n,
      deadline: 2_000_000_000,
    }),
    make('JobFunded', { jobId: JOB, from: ARTIST, amountWei: 1_000_000n }),
    ...WORKERS.map((account) => make('Registered', { account, role: 'worker', deviceClass: 'wasm', stakeWei: 1000n })),
    ...VERIFIERS.map((account) =>
      make('Registered', { account, role: 'verifier', deviceClass: 'wasm', stakeWei: 1000n }),
    ),
  ];
  let at = 0;
  for (const [i, { ending, worker, size }] of endings.entries()) {
    const leaseId = i + 1;
    const account = WORKERS[worker] as Address;
    const word = Math.floor(at / 256);
    const first = at % 256;
    const chunks = Math.min(size, 256 - first, CHUNKS - at);
    if (chunks <= 0) break;
    const mask = ((1n << BigInt(chunks)) - 1n) << BigInt(first);
    at += chunks;
    const reservedWei = PAY + 2n * 2n * FEE;
    const released = (spentWei: bigint): ContractEvent[] =>
      spentWei === reservedWei
        ? []
        : [make('LeaseReleased', { leaseId, jobId: JOB, amountWei: reservedWei - spentWei })];
    const taken = [
      make('LeaseTaken', {
        leaseId,
        jobId: JOB,
        worker: account,
        word,
        mask,
        payWei: PAY,
        feeWei: FEE,
        deadline: 2_000_000_000,
        reservedWei,
      }),
    ];
    const committed = [
      make('LeaseCommitted', {
        leaseId,
        root: bytes32('05'),
        outputsDigest: bytes32('06'),
        drawBlock: 100,
        sealDeadline: 2_000_000_000,
      }),
    ];
    const [a, b] = [VERIFIERS[0], VERIFIERS[1]];
    const drawn = [
      make('LeaseDrawn', { leaseId, seed: bytes32('07'), drawnMask: mask, verifiers: [a, b] }),
      make('LeaseSealed', { leaseId, verifier: a, sealHash: bytes32('08') }),
    ];
    const sealed = [
      ...drawn,
      make('LeaseSealed', { leaseId, verifier: b, sealHash: bytes32('09') }),
      make('LeaseSealsComplete', { leaseId, openDeadline: 2_000_000_000 }),
    ];
    const opened = [
      ...sealed,
      make('LeaseOpened', { leaseId, openingDigest: bytes32('0b'), revealDeadline: 2_000_000_000 }),
    ];
    const reveal = (verifier: Address, verdict: Verdict): ContractEvent =>
      make('LeaseRevealed', { leaseId, verifier, verdict, findingDigest: bytes32('0c'), valuesHash: bytes32('0d') });
    const paths: Record<Ending, ContractEvent[]> = {
      pay: [
        ...committed,
        ...opened,
        reveal(a, 'pass'),
        reveal(b, 'pass'),
        make('LeasePayable', { leaseId, payWei: PAY }),
        ...released(PAY + 2n * FEE),
      ],
      undrawn: [
        ...committed,
        make('LeaseDrawn', { leaseId, seed: bytes32('07'), drawnMask: 0n, verifiers: [] }),
        make('LeasePayable', { leaseId, payWei: PAY }),
        ...released(PAY),
      ],
      verdictsVoid: [
        ...committed,
        ...opened,
        reveal(a, 'pass'),
        reveal(b, 'void'),
        make('LeaseVoided', { leaseId, reason: 'verdicts' }),
        ...released(2n * FEE),
      ],
      silent: [
        ...committed,
        ...opened,
        reveal(a, 'pass'),
        make('LeaseVoided', { leaseId, reason: 'silent' }),
        ...released(FEE),
        make('Slashed', { account: b, amountWei: 1n, toArtistWei: 0n, burnedWei: 1n }),
      ],
      noShow: [
        ...committed,
        ...drawn,
        make('LeaseRedrafted', { leaseId, sealDeadline: 2_000_000_001, feeWei: 2n * FEE, drawBlock: 100 }),
        make('LeaseVoided', { leaseId, reason: 'noShow' }),
        ...released(0n),
      ],
      convict: [
        ...committed,
        ...opened,
        reveal(a, 'convict'),
        reveal(b, 'convict'),
        make('LeaseConvicted', { leaseId, slashedWei: 7n }),
        ...released(2n * FEE),
        make('Slashed', { account, amountWei: 7n, toArtistWei: 5n, burnedWei: 2n }),
        make('Credited', { account: ARTIST, amountWei: 5n }),
      ],
      notOpened: [...committed, ...sealed, make('LeaseConvicted', { leaseId, slashedWei: 7n }), ...released(2n * FEE)],
      expire: [make('LeaseExpired', { leaseId, slashedWei: 1n }), ...released(0n)],
    };
    events.push(...taken, ...paths[ending]);
  }
  return events;
}

const endings = fc.array(
  fc.record({
    ending: fc.constantFrom(...ENDINGS),
    worker: fc.nat(2),
    size: fc.integer({ min: 1, max: 40 }),
  }),
  { maxLength: 12 },
);

describe('the ledger', () => {
  it('is taken through every state and every event of a lease by these histories', () => {
    const ledger = createLedger();
    const states = new Set<LeaseState>();
    const events = history(ENDINGS.map((ending) => ({ ending, worker: 0, size: 1 })));
    for (const event of events) {
      applyEvent(ledger, event);
      for (const lease of ledger.leases.values()) states.add(lease.state);
    }
    assert.deepEqual(states, new Set(LEASE_STATES));
    const names = new Set<string>(events.map((event) => event.name));
    assert.deepEqual(
      Object.keys(LEASE_EVENTS).filter((name) => !names.has(name)),
      [],
    );
  });

  it('adds up after every event: funded = unreserved + reserved + spent + withdrawn, and chunks are where their leases are', () => {
    fc.assert(
      fc.property(endings, (list) => {
        const ledger = createLedger();
        for (const event of history(list)) {
          applyEvent(ledger, event);
          const job = ledger.jobs.get(JOB);
          if (job === undefined) continue;
          assert.equal(job.fundedWei, job.unreservedWei + job.reservedWei + job.spentWei + job.withdrawnWei);
          const open = [...ledger.openLeaseIds].map((leaseId) => ledger.leases.get(leaseId)!);
          assert.equal(
            job.reservedWei,
            open.reduce((sum, lease) => sum + lease.reservedWei, 0n),
          );
          assert.ok(open.every((lease) => deadlineOf(lease) !== undefined));
          const counts = countChunks(job);
          assert.equal(counts.free + counts.leased + counts.committed + counts.paid + counts.voided, CHUNKS);
        }
        const job = ledger.jobs.get(JOB)!;
        assert.equal(job.reservedWei, 0n);
        const paid = [...ledger.leases.values()].filter((lease) => lease.state === 'PAYABLE');
        const fees = [...ledger.leases.values()].flatMap(feesOf).reduce((sum, fee) => sum + fee.feeWei, 0n);
        assert.equal(job.spentWei, PAY * BigInt(paid.length) + fees, 'what was spent is pay and fees');
      }),
      propertyParameters(150),
    );
  });

  it('is the same from events in JSON, and after blocks were taken back and came again', () => {
    fc.assert(
      fc.property(endings, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const events = history(list);
        const log = createLedgerLog();
        const head = { blockNumber: events.at(-1)!.blockNumber, timestampSeconds: 0 };
        log.append(events, head);
        const toBlock = Math.floor(share * head.blockNumber);
        log.rollBack(toBlock);
        assert.ok(log.events.every((event) => event.blockNumber <= toBlock) && log.head!.blockNumber === toBlock);
        log.append(
          events.filter((event) => event.blockNumber > toBlock),
          head,
        );
        assert.deepEqual(log.ledger, ledgerOf(events));
        assert.deepEqual(ledgerOf(events.map((event) => eventFromJson(eventToJson(event)))), ledgerOf(events));
      }),
      propertyParameters(60),
    );
  });

  it('frees chunks of a void for others and bars the worker only by what was found', () => {
    for (const [ending, isBarred] of [
      ['verdictsVoid', true],
      ['silent', false],
      ['noShow', false],
    ] as const) {
      const ledger = ledgerOf(history([{ ending, worker: 0, size: 4 }]));
      const job = ledger.jobs.get(JOB)!;
      assert.equal(chunkState(job, 0), 'voided');
      assert.equal(takeableMask(job, 0, WORKERS[1]!) & 15n, 15n);
      assert.equal(takeableMask(job, 0, WORKERS[0]!) & 15n, isBarred ? 0n : 15n, ending);
    }
    assert.equal(chunkState(ledgerOf(history([{ ending: 'convict', worker: 0, size: 4 }])).jobs.get(JOB)!, 0), 'free');
  });

  it('counts convictions, and remembers how many there were when a lease was taken', () => {
    const ledger = ledgerOf(
      history([
        { ending: 'convict', worker: 0, size: 1 },
        { ending: 'notOpened', worker: 0, size: 1 },
      ]),
    );
    assert.equal(ledger.accounts.get(WORKERS[0]!)!.convictions, 2);
    assert.deepEqual(
      [...ledger.leases.values()].map((lease) => lease.workerConvictions),
      [0, 1],
    );
  });

  it('gives the candidates of a draw as they weighed in the block before the commitment', () => {
    const make = eventMaker();
    const ledger = ledgerOf([
      make('Registered', { account: VERIFIERS[0], role: 'verifier', deviceClass: 'wasm', stakeWei: 100n }, 10),
      make('Registered', { account: VERIFIERS[1], role: 'verifier', deviceClass: 'wasm', stakeWei: 200n }, 11),
      make('StakeAdded', { account: VERIFIERS[0], amountWei: 50n }, 12),
      make('Slashed', { account: VERIFIERS[1], amountWei: 150n, toArtistWei: 0n, burnedWei: 150n }, 13),
      make('UnbondingStarted', { account: VERIFIERS[0], withdrawableAt: 99 }, 14),
    ]);
    const at = (committedBlock: number, worker = address('a1')) =>
      candidatesOf(ledger, { worker, committedBlock, minVerifierStakeWei: 100n });
    assert.deepEqual(at(10), []);
    assert.deepEqual(at(12), [
      { address: VERIFIERS[0], stakeWei: 100n },
      { address: VERIFIERS[1], stakeWei: 200n },
    ]);
    assert.deepEqual(
      at(13).map((candidate) => candidate.stakeWei),
      [150n, 200n],
    );
    assert.deepEqual(at(14), [{ address: VERIFIERS[0], stakeWei: 150n }], 'slashed below the least stake');
    assert.deepEqual(at(15), [], 'unbonding');
    assert.deepEqual(at(12, VERIFIERS[0]), [{ address: VERIFIERS[1], stakeWei: 200n }], 'never the worker itself');
  });

  it('refuses an event that the contract does not have', () => {
    const event = eventMaker()('JobClosed', { jobId: JOB });
    for (const name of ['Nothing', 'constructor', 'toString', '__proto__', undefined])
      assert.throws(() => applyEvent(createLedger(), { ...event, name } as unknown as ContractEvent), InvariantError);
  });

  it('refuses an event that cannot follow', () => {
    const make = eventMaker();
    assert.throws(
      () => applyEvent(createLedger(), make('JobFunded', { jobId: JOB, from: ARTIST, amountWei: 1n })),
      InvariantError,
    );
    assert.throws(
      () =>
        applyEvent(
          createLedger(),
          make('LeaseOpened', { leaseId: 1, openingDigest: bytes32('01'), revealDeadline: 1 }),
        ),
      InvariantError,
    );
    const taken = history([{ ending: 'pay', worker: 0, size: 1 }]);
    const ledger = ledgerOf(taken);
    assert.throws(
      () =>
        applyEvent(ledger, {
          ...taken.find((event) => event.name === 'LeaseTaken')!,
          args: { ...(taken.find((event) => event.name === 'LeaseTaken') as { args: object }).args, leaseId: 9 },
        } as ContractEvent),
      /free or voided/,
    );
  });

  it('follows ten thousand leases', () => {
    const make = eventMaker();
    const events: ContractEvent[] = [
      make('JobCreated', {
        jobId: JOB,
        artist: ARTIST,
        nonce: bytes32('01'),
        manifestDigest: bytes32('02'),
        termsDigest: bytes32('03'),
        policy: address('99'),
        chunkCount: 200_000,
        weightsRoot: bytes32('04'),
        pricePerUnitWei: 1n,
        deadline: 2_000_000_000,
      }),
      make('JobFunded', { jobId: JOB, from: ARTIST, amountWei: 10n ** 12n }),
    ];
    for (let leaseId = 1; leaseId <= 10_000; leaseId++) {
      const first = (leaseId - 1) * 20;
      const mask = ((1n << BigInt(Math.min(20, 256 - (first % 256)))) - 1n) << BigInt(first % 256);
      events.push(
        make('LeaseTaken', {
          leaseId,
          jobId: JOB,
          worker: WORKERS[0]!,
          word: Math.floor(first / 256),
          mask,
          payWei: PAY,
          feeWei: FEE,
          deadline: 1,
          reservedWei: PAY,
        }),
        make('LeaseExpired', { leaseId, slashedWei: 0n }),
        make('LeaseReleased', { leaseId, jobId: JOB, amountWei: PAY }),
      );
    }
    const ledger = ledgerOf(events);
    assert.equal(ledger.leases.size, 10_000);
  });
});
