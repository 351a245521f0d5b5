import { connectChain } from '../../adapters/chain/connectChain.js';
import { leastStakeWei, stakeOf } from '../../party/stakeOf.js';
import type { Wei } from '../../protocol/ids.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import type { PartyPlan } from './PartyPlan.js';

/** What a party will stake, and under which numbers. */
export interface StakePlan {
  policy: PolicyNumbers;
  balanceWei: Wei;
  /** With which it registers; may be more than the balance. */
  stakeWei: Wei;
  /** What it never puts in more than, all in all. */
  maxStakeWei: Wei;
}

/** In least stakes: what either role puts in at most unless its owner says otherwise. */
const MOST_STAKES = 4n;

/**
 * Decides what a party stakes, never more than its limit (four times the network's least where none was stated). Throws
 * StakeLimitError where the least is more than the limit.
 */
export async function planStake({
  plan: { role, network, key, maxStakeWei: limitWei },
  signal,
}: {
  plan: Pick<PartyPlan, 'role' | 'network' | 'key' | 'maxStakeWei'>;
  signal: AbortSignal;
}): Promise<StakePlan> {
  const chain = await connectChain({ network, key, signal });
  const policy = await chain.readPolicy(network.policy, { signal });
  const balanceWei = await chain.readBalance(chain.account, { signal });
  const maxStakeWei = limitWei ?? MOST_STAKES * leastStakeWei(role, policy);
  const stakeWei = stakeOf({ role, policy, balanceWei, statedWei: undefined, maxStakeWei });
  return { policy, balanceWei, stakeWei, maxStakeWei };
}
