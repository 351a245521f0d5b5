import assert from 'node:assert/strict';
import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { planTerms } from '../../artist/planTerms.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { address, bytes32 } from '../support/leaseFixtures.js';
import { smallManifest } from '../support/smallJob.js';

describe('the terms of a job', () => {
  const plan = async (deadlineMinutes: number, budgetWei?: bigint) =>
    planTerms({
      manifest: await smallManifest({ store: createMemoryStore(), kernelHash: bytes32('00') }),
      policy: address('0a'),
      numbers: LOCAL_POLICY,
      budgetWei,
      nowSeconds: 1_000_000,
      deadlineMinutes,
    });

  it('refuse a deadline that no worker could take a lease under, and say the least', async () => {
    await assert.rejects(plan(26), (error: Error) => {
      assert.match(error.message, /^a deadline of 26 minutes is too near: .* one chunk may take 27 minutes/);
      return true;
    });
    assert.equal((await plan(27)).terms.deadline, 1_000_000 + 27 * 60);
  });

  it('refuse a budget below the price, and say both in tokens', async () => {
    const { terms } = await plan(60);
    assert.ok(BigInt(terms.budgetWei) > 0n);
    await assert.rejects(plan(60, 1n), (error: Error) => {
      assert.match(error.message, /the job needs [\d.]+ tokens and is given 0\.000000000000000001$/);
      return true;
    });
  });
});
