import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mayAddStake } from '../../party/mayAddStake.js';
import { propertyParameters } from '../support/propertySeed.js';

describe('what may still be staked', () => {
  it('is all of the balance without a limit', () => {
    assert.equal(
      mayAddStake({ account: { stakeWei: 5n, slashedWei: 7n }, balanceWei: 9n, maxStakeWei: undefined }),
      9n,
    );
  });

  it('never lets anybody lose more than the limit, however often the stake is cut and made up for', () => {
    const wei = fc.bigInt({ min: 0n, max: 500n });
    fc.assert(
      fc.property(wei, wei, fc.array(fc.tuple(wei, wei), { maxLength: 20 }), (maxStakeWei, balance, steps) => {
        const account = { stakeWei: 0n, slashedWei: 0n };
        let balanceWei = balance;
        for (const [wantedWei, cutWei] of steps) {
          const mayWei = mayAddStake({ account, balanceWei, maxStakeWei });
          assert.ok(mayWei >= 0n && mayWei <= balanceWei);
          const addedWei = wantedWei < mayWei ? wantedWei : mayWei;
          account.stakeWei += addedWei;
          balanceWei -= addedWei;
          const lostWei = cutWei < account.stakeWei ? cutWei : account.stakeWei;
          account.stakeWei -= lostWei;
          account.slashedWei += lostWei;
          assert.ok(account.stakeWei + account.slashedWei <= maxStakeWei);
        }
      }),
      propertyParameters(300),
    );
  });
});
