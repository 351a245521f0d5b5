import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import type { AccountDuties } from '../../party/createAccountDuties.js';
import { openPartsOf } from '../../party/partyStatus.js';
import { type Daemon, runDaemon } from '../../party/runDaemon.js';
import type { ContractEvent } from '../../protocol/events.js';
import { type LedgerLease, commitmentOf } from '../../protocol/ledger.js';
import type { FollowEvents } from '../../protocol/ports.js';
import { eventMaker } from '../support/eventFixtures.js';
import { POLICY, VERIFIERS, WORKER, address, bytes32, jobId } from '../support/leaseFixtures.js';

const JOB = jobId('0a');
const ME = VERIFIERS[0];
const LEASE = 1;
/** Block of the draw, the newest when the daemon starts. */
const DRAWN_BLOCK = 10;

/** A chain up to the draw of one lease, which this account is to audit. */
function untilDrawn(): ContractEvent[] {
  const make = eventMaker();
  return [
    make('PolicyAdopted', { policy: address('99'), values: POLICY }),
    make('JobCreated', {
      jobId: JOB,
      artist: address('d1'),
      nonce: bytes32('01'),
      manifestDigest: bytes32('02'),
      termsDigest: bytes32('03'),
      policy: address('99'),
      chunkCount: 1,
      weightsRoot: bytes32('04'),
      pricePerUnitWei: 1n,
      deadline: 2_000_000_000,
    }),
    make('JobFunded', { jobId: JOB, from: address('d1'), amountWei: 1_000n }),
    make('Registered', { account: WORKER, role: 'worker', deviceClass: 'wasm', stakeWei: 1000n }),
    make('Registered', { account: ME, role: 'verifier', deviceClass: 'wasm', stakeWei: 1000n }),
    make('LeaseTaken', {
      leaseId: LEASE,
      jobId: JOB,
      worker: WORKER,
      word: 0,
      mask: 1n,
      payWei: 100n,
      feeWei: 5n,
      deadline: 2_000_000_000,
      reservedWei: 120n,
    }),
    make('LeaseCommitted', {
      leaseId: LEASE,
      root: bytes32('05'),
      outputsDigest: bytes32('06'),
      drawBlock: 8,
      sealDeadline: 2_000_000_000,
    }),
    make(
      'LeaseDrawn',
      { leaseId: LEASE, seed: bytes32('07'), drawnMask: 1n, verifiers: [ME, VERIFIERS[1]] },
      DRAWN_BLOCK,
    ),
  ];
}
const sealedIn = (blockNumber: number): ContractEvent[] => [
  eventMaker()('LeaseSealed', { leaseId: LEASE, verifier: ME, sealHash: bytes32('08') }, blockNumber),
];
const voidedIn = (blockNumber: number): ContractEvent[] => [
  eventMaker()('LeaseVoided', { leaseId: LEASE, reason: 'noShow' }, blockNumber),
];

describe('a daemon that is finishing', () => {
  const daemons: Daemon[] = [];
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.close();
  });

  /** A daemon that seals what it is drawn for, over a chain and transactions that the test moves. */
  async function daemonOf(actForAccount: AccountDuties['act']) {
    const stopping = new AbortController();
    let chain: Parameters<FollowEvents>[0] | undefined;
    const actions: string[] = [];
    let end: { mined(blockNumber: number): void; failed(error: Error): void } | undefined;
    let isStopped = false;
    const isSealed = (lease: LedgerLease): boolean =>
      commitmentOf(lease)?.audits.some(({ verifier, sealHash }) => verifier === ME && sealHash !== undefined) === true;
    const daemon = runDaemon<{ do: 'seal' | 'reveal' }>({
      chain: {
        account: ME,
        blockNumber: async () => DRAWN_BLOCK,
        network: { deploymentBlock: 0 },
      } as Parameters<typeof runDaemon>[0]['chain'],
      async follow(options) {
        chain = options;
        await new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve()));
      },
      pollMs: 1,
      signal: stopping.signal,
      log: pino({ level: 'silent' }),
      clock: { nowMs: () => 0, abortAfter: () => new AbortController().signal },
      random: () => 0.5,
      decide: (lease, _now, _ledger, isFinishing) =>
        isSealed(lease) ? { do: 'reveal' } : isFinishing ? undefined : { do: 'seal' },
      act(_lease, action, { signal }) {
        actions.push(action.do);
        return new Promise((resolve, reject) => {
          end = { mined: resolve, failed: reject };
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      },
      account: { act: actForAccount, isDone: (ledger) => openPartsOf(ledger, ME).length === 0 },
      keptLeases: async () => [],
      forget: async () => undefined,
      sweep: () => undefined,
    });
    daemons.push(daemon);
    void daemon.closed.then(() => (isStopped = true));
    await turn();
    const head = async (blockNumber: number, events: ContractEvent[] = []): Promise<void> => {
      await chain?.onEvents(events, { blockNumber, timestampSeconds: 1_700_000_000 + blockNumber });
      await turn();
    };
    await head(DRAWN_BLOCK, untilDrawn());
    return {
      daemon,
      actions,
      head,
      rollBack: async (toBlock: number) => chain?.onRollback(toBlock),
      async mined(blockNumber: number) {
        assert.ok(end, 'nothing is under way');
        end.mined(blockNumber);
        await turn();
      },
      async fail(error: Error) {
        assert.ok(end, 'nothing is under way');
        end.failed(error);
        await turn();
      },
      isStopped: () => isStopped,
    };
  }

  /** An account whose trouble lasts: its task pauses, and waits for no block meanwhile. */
  const inTrouble = async (): Promise<never> => {
    throw new Error('no answer');
  };

  it('reveals the seal that is mined while its account is in trouble', async () => {
    const { daemon, actions, head, mined, isStopped } = await daemonOf(inTrouble);
    daemon.finish();
    // Past the block that shows what the account's task has done, and within its pause.
    await head(11);
    await mined(12);
    assert.deepEqual([actions, isStopped()], [['seal'], false], 'the ledger does not know of the seal yet');
    await head(12, sealedIn(12));
    assert.deepEqual([actions, isStopped()], [['seal', 'reveal'], false]);
    await mined(13);
    assert.equal(isStopped(), false);
    await head(13, voidedIn(13));
    assert.equal(isStopped(), true);
  });

  it('waits for what its account failed at, which may be mined all the same', async () => {
    let fail: (error: Error) => void = () => undefined;
    const { daemon, head, mined, isStopped } = await daemonOf(
      ({ signal }) =>
        new Promise((_, reject) => {
          fail = reject;
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    daemon.finish();
    await mined(DRAWN_BLOCK);
    await head(11, voidedIn(11));
    fail(new Error('no answer'));
    await turn();
    assert.equal(isStopped(), false);
    await head(12);
    assert.equal(isStopped(), true);
  });

  it('waits for what failed about a lease, which may be mined all the same', async () => {
    const { daemon, head, fail, isStopped } = await daemonOf(inTrouble);
    await head(11);
    daemon.finish();
    await fail(new Error('no answer'));
    assert.equal(isStopped(), false);
    await head(12);
    assert.equal(isStopped(), true);
  });

  it('reveals the seal that a rollback took back and that is mined anew', async () => {
    const { daemon, actions, head, mined, rollBack, isStopped } = await daemonOf(inTrouble);
    await mined(12);
    await head(12, sealedIn(12));
    await mined(13);
    await rollBack(11);
    daemon.finish();
    assert.equal(isStopped(), false, 'the ledger has none of it until the chain is read again');
    await head(12, sealedIn(12));
    assert.deepEqual([actions, isStopped()], [['seal', 'reveal', 'reveal'], false]);
  });

  it('waits for no block that a rollback took back', async () => {
    const { daemon, head, mined, rollBack, isStopped } = await daemonOf(async () => undefined);
    await mined(20);
    daemon.finish();
    assert.equal(isStopped(), false);
    await rollBack(DRAWN_BLOCK);
    await head(11);
    assert.equal(isStopped(), true);
  });
});
