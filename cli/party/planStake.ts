import { connectChain } from '../../adapters/chain/connectChain.js';
import { RushesError } from '../../protocol/errors.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import type { Wei } from '../../protocol/ids.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { StakeLimitError } from '../../party/registerAccount.js';
import type { PartyPlan } from './PartyPlan.js';

/** What a party will stake, and under which numbers. */
export interface StakePlan {
  policy: PolicyNumbers;
  balanceWei: Wei;
  /** With which it registers. */
  stakeWei: Wei;
  /** What it never puts in more than, all in all. */
  maxStakeWei: Wei;
}

/** In least stakes: what a worker stakes, and what either role puts in at most unless its owner says otherwise. */
const USUAL_STAKES = 4n;

/**
 * Decides what a party stakes: a worker four times the network's least, a verifier the least, never more than its limit
 * (four times the least where none was stated). Throws StakeLimitError where the least is more than the limit, and
 * `stake-missing` where it is more than the balance.
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
  const leastWei = role === 'worker' ? policy.minWorkerStakeWei : policy.minVerifierStakeWei;
  const maxStakeWei = limitWei ?? USUAL_STAKES * leastWei;
  if (maxStakeWei < leastWei) throw new StakeLimitError({ role, leastWei, maxStakeWei });
  const usualWei = role === 'worker' ? USUAL_STAKES * leastWei : leastWei;
  const stakeWei = [usualWei, maxStakeWei, balanceWei].reduce((least, wei) => (wei < least ? wei : least));
  return { policy, balanceWei, stakeWei, maxStakeWei };
}

/** Throws where an account that is not registered yet has too little to register with. */
export function requireStake({ stake, account, leastWei }: { stake: StakePlan; account: string; leastWei: Wei }): void {
  if (stake.stakeWei >= leastWei) return;
  throw new RushesError({
    code: 'stake-missing',
    message: `account ${account} has ${formatMoney(stake.balanceWei)} and needs ${formatMoney(leastWei)} to stake`,
    facts: { account },
    advice: 'Send tokens to the account, then try again.',
  });
}
