import assert from 'node:assert/strict';
import { type LedgerAccount, createLedger } from '../../protocol/ledger.js';
import { createAccountDuties } from '../../party/createAccountDuties.js';
import { WORKER } from '../support/leaseFixtures.js';
import { testLog } from '../support/smallNetwork.js';

describe('what is due for an account', () => {
  const me = (more: Partial<LedgerAccount>): LedgerAccount =>
    ({ account: WORKER, role: 'worker', owedWei: 7n, ...more }) as LedgerAccount;

  /** Duties over a clock that the test moves, and what they did, in order. */
  function dutiesOf(next: () => number | undefined) {
    const done: string[] = [];
    const state = { nowMs: 0, isBusy: false, chainIsAway: false, idleMs: [] as number[] };
    const duties = createAccountDuties({
      chain: {
        account: WORKER,
        withdraw: async () => {
          done.push('withdraw');
          if (state.chainIsAway) throw new Error('the chain is away');
          return { blockNumber: 3 } as never;
        },
      },
      role: 'worker',
      earnings: 'pay',
      clock: { nowMs: () => state.nowMs, abortAfter: () => new AbortController().signal },
      log: testLog,
      register: async () => (done.push('register'), 1),
      isBusy: () => state.isBusy,
      next: async ({ idleMs }) => (state.idleMs.push(idleMs), next()),
    });
    const ledgerOf = (account: LedgerAccount | undefined) => ({
      ...createLedger(),
      accounts: new Map(account === undefined ? [] : [[WORKER, account]]),
    });
    const run = (account: LedgerAccount | undefined, isFinishing = false) =>
      duties.act({
        now: { blockNumber: 1, seconds: 1 },
        ledger: ledgerOf(account),
        isFinishing,
        signal: new AbortController().signal,
      });
    const isDone = (account: LedgerAccount | undefined) => duties.isDone(ledgerOf(account));
    return { run, isDone, done, state };
  }

  it('registers first, and refuses an account of the other role', async () => {
    const { run, done } = dutiesOf(() => undefined);
    assert.equal(await run(undefined), 1);
    assert.equal(await run(me({ role: undefined })), 1);
    await assert.rejects(run(me({ role: 'verifier' })), /is registered as verifier, not as worker/);
    assert.deepEqual(done, ['register', 'register']);
  });

  it('withdraws only what there is, after 8 s in which nothing was open and its role had nothing to do', async () => {
    let due: number | undefined;
    const { run, done, state } = dutiesOf(() => due);
    assert.equal(await run(me({})), undefined);
    state.nowMs = 7_999;
    assert.equal(await run(me({})), undefined);
    state.nowMs = 8_000;
    due = 9;
    assert.equal(await run(me({})), 9, 'its role comes first');
    due = undefined;
    assert.equal(await run(me({ owedWei: 0n })), undefined);
    assert.deepEqual(done, []);
    assert.equal(await run(me({})), 3);
    state.isBusy = true;
    assert.equal(await run(me({})), undefined);
    state.isBusy = false;
    assert.equal(await run(me({})), undefined, 'the wait begins anew');
    assert.deepEqual(done, ['withdraw']);
    assert.deepEqual(state.idleMs, [0, 7_999, 8_000, 8_000, 8_000, 0, 0]);
  });

  it('of a daemon that ends begins nothing, and withdraws as soon as nothing is open', async () => {
    const { run, isDone, done, state } = dutiesOf(() => 9);
    assert.equal(await run(undefined, true), undefined, 'it does not register');
    assert.equal(isDone(undefined), true);
    state.isBusy = true;
    assert.equal(await run(me({}), true), undefined);
    assert.deepEqual([isDone(me({})), isDone(me({ owedWei: 0n }))], [false, false]);
    state.isBusy = false;
    assert.equal(isDone(me({})), false);
    assert.equal(await run(me({}), true), 3);
    assert.equal(await run(me({ owedWei: 0n }), true), undefined);
    assert.equal(isDone(me({ owedWei: 0n })), true);
    assert.deepEqual([done, state.idleMs], [['withdraw'], []]);
  });

  it('of a daemon that ends does not wait for a withdrawal that fails: what is owed stays owed', async () => {
    const { run, isDone, state } = dutiesOf(() => undefined);
    state.chainIsAway = true;
    await assert.rejects(run(me({}), true), /away/);
    assert.equal(isDone(me({})), true);
  });
});
