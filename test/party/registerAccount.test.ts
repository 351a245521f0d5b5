import assert from 'node:assert/strict';
import fc from 'fast-check';
import { registerAccount } from '../../party/registerAccount.js';
import type { Role } from '../../protocol/events.js';
import { VERIFIERS, WORKER } from '../support/leaseFixtures.js';
import { propertyParameters } from '../support/propertySeed.js';
import { testLog } from '../support/smallNetwork.js';

const MIN_WORKER_WEI = 100n;
const MIN_VERIFIER_WEI = 70n;

/** A chain that keeps what was registered. */
function chainOf(balanceWei: bigint, account = WORKER) {
  const registered: unknown[] = [];
  const chain = {
    account,
    network: { policy: 3 },
    readPolicy: async (policy: number) => {
      assert.equal(policy, 3);
      return { minWorkerStakeWei: MIN_WORKER_WEI, minVerifierStakeWei: MIN_VERIFIER_WEI };
    },
    readBalance: async (of: string) => (assert.equal(of, account), balanceWei),
    register: async (what: unknown) => (registered.push(what), { blockNumber: 8 }),
  };
  return { chain, registered };
}

describe('registering an account', () => {
  const register = ({
    chain,
    role,
    ...limits
  }: {
    chain: unknown;
    role: Role;
    stakeWei: bigint | undefined;
    maxStakeWei: bigint | undefined;
  }) =>
    registerAccount({
      chain,
      role,
      engine: { kind: 'wasm' },
      limits,
      signal: new AbortController().signal,
      log: testLog,
    } as Parameters<typeof registerAccount>[0]);

  /** What a role stakes of a balance, or the code it is refused with. */
  async function stakeOf(role: Role, balanceWei: bigint, stakeWei?: bigint, maxStakeWei?: bigint): Promise<unknown> {
    const { chain, registered } = chainOf(balanceWei);
    try {
      assert.equal(await register({ chain, role, stakeWei, maxStakeWei }), 8);
    } catch (error) {
      assert.deepEqual(registered, []);
      return (error as { code: string }).code;
    }
    return registered[0];
  }

  it('stakes four times the least for a worker, or all there is, and what was stated from the least on', async () => {
    const worker = (stakeWei: bigint) => ({ role: 'worker', deviceClass: 'wasm', stakeWei });
    assert.deepEqual(await stakeOf('worker', 1000n), worker(400n));
    assert.deepEqual(await stakeOf('worker', 399n), worker(399n));
    assert.deepEqual(await stakeOf('worker', 100n), worker(100n));
    assert.equal(await stakeOf('worker', 99n), 'stake-missing');
    assert.deepEqual(await stakeOf('worker', 1000n, 250n), worker(250n));
    assert.deepEqual(await stakeOf('worker', 1000n, 1n), worker(100n));
    assert.equal(await stakeOf('worker', 249n, 250n), 'stake-missing');
  });

  it('stakes no more than its owner allows, and refuses where that is too little', async () => {
    const worker = (stakeWei: bigint) => ({ role: 'worker', deviceClass: 'wasm', stakeWei });
    assert.deepEqual(await stakeOf('worker', 1000n, undefined, 250n), worker(250n));
    assert.deepEqual(await stakeOf('worker', 1000n, 300n, 250n), worker(250n));
    assert.deepEqual(await stakeOf('worker', 1000n, undefined, 100n), worker(100n));
    assert.equal(await stakeOf('worker', 1000n, undefined, 99n), 'stake-limit');
    assert.equal(await stakeOf('verifier', 1000n, undefined, 69n), 'stake-limit');
  });

  it('stakes the least for a verifier, and more where it was stated', async () => {
    const verifier = (stakeWei: bigint) => ({ role: 'verifier', deviceClass: 'wasm', stakeWei });
    assert.deepEqual(await stakeOf('verifier', 1000n), verifier(70n));
    assert.deepEqual(await stakeOf('verifier', 70n), verifier(70n));
    assert.equal(await stakeOf('verifier', 69n), 'stake-missing');
    assert.deepEqual(await stakeOf('verifier', 1000n, 250n), verifier(250n));
    assert.deepEqual(await stakeOf('verifier', 1000n, 1n), verifier(70n));
  });

  it('never stakes less than the least or more than there is, and what was stated within that', async () => {
    const wei = fc.bigInt({ min: 0n, max: 1000n });
    const optional = fc.option(wei, { nil: undefined });
    const roles = fc.constantFrom('worker' as const, 'verifier' as const);
    await fc.assert(
      fc.asyncProperty(roles, wei, optional, optional, async (role, balanceWei, stakeWei, maxStakeWei) => {
        const { chain, registered } = chainOf(balanceWei, VERIFIERS[0]);
        const done = register({ chain, role, stakeWei, maxStakeWei });
        const leastWei = role === 'worker' ? MIN_WORKER_WEI : MIN_VERIFIER_WEI;
        const usualWei = role === 'worker' ? 400n : 70n;
        const wantedWei = stakeWei ?? (usualWei < balanceWei ? usualWei : balanceWei);
        const allowedWei = maxStakeWei !== undefined && maxStakeWei < wantedWei ? maxStakeWei : wantedWei;
        const neededWei = allowedWei > leastWei ? allowedWei : leastWei;
        const refusal =
          maxStakeWei !== undefined && maxStakeWei < leastWei
            ? 'stake-limit'
            : neededWei > balanceWei
              ? 'stake-missing'
              : undefined;
        if (refusal === undefined) await done;
        else await assert.rejects(done, { code: refusal });
        assert.deepEqual(registered, refusal === undefined ? [{ role, deviceClass: 'wasm', stakeWei: neededWei }] : []);
      }),
      propertyParameters(400),
    );
  });
});
