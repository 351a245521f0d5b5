import { BadInputError, RushesError } from '../protocol/errors.js';
import type { Role } from '../protocol/events.js';
import { formatMoney } from '../protocol/formatMoney.js';
import type { Address, Wei } from '../protocol/ids.js';
import type { PolicyNumbers } from '../protocol/policy.js';

/** A worker's usual stake, in least stakes: more at stake is more work and more pay. A verifier stakes the least. */
const WORKER_STAKES = 4n;

/** What a policy demands of a role. */
export function leastStakeWei(
  role: Role,
  policy: Pick<PolicyNumbers, 'minWorkerStakeWei' | 'minVerifierStakeWei'>,
): Wei {
  return role === 'worker' ? policy.minWorkerStakeWei : policy.minVerifierStakeWei;
}

/**
 * What an account registers with: what its owner stated, or the role's usual stake as far as the balance goes; never
 * more than the owner's limit, never less than the policy's least, which may be more than the balance. Throws
 * StakeLimitError where the least is more than the limit.
 */
export function stakeOf(of: {
  role: Role;
  policy: Pick<PolicyNumbers, 'minWorkerStakeWei' | 'minVerifierStakeWei'>;
  balanceWei: Wei;
  /** Undefined: the role's usual stake. */
  statedWei: Wei | undefined;
  /** Undefined: no limit. */
  maxStakeWei: Wei | undefined;
}): Wei {
  const { role, balanceWei, maxStakeWei } = of;
  const leastWei = leastStakeWei(role, of.policy);
  if (maxStakeWei !== undefined && maxStakeWei < leastWei) throw new StakeLimitError({ role, leastWei, maxStakeWei });
  const usualWei = role === 'worker' ? WORKER_STAKES * leastWei : leastWei;
  const wantedWei = of.statedWei ?? (usualWei < balanceWei ? usualWei : balanceWei);
  const allowedWei = maxStakeWei !== undefined && wantedWei > maxStakeWei ? maxStakeWei : wantedWei;
  return allowedWei > leastWei ? allowedWei : leastWei;
}

/** The account has less than it is to register with. */
export class StakeMissingError extends RushesError {
  constructor(options: {
    role: Role;
    account: Address;
    balanceWei: Wei;
    stakeWei: Wei;
    /** Whether it tries again by itself. */
    isAtWork: boolean;
  }) {
    const { role, account, balanceWei, stakeWei, isAtWork } = options;
    super({
      code: 'stake-missing',
      message: `account ${account} has ${formatMoney(balanceWei)} and needs ${formatMoney(stakeWei)} to stake`,
      facts: { account },
      advice: isAtWork
        ? `Send tokens to the account; the ${role} goes on by itself.`
        : 'Send tokens to the account, then try again.',
    });
  }
}

/** The owner lets the account stake less than the policy demands. */
export class StakeLimitError extends BadInputError {
  constructor(options: { role: Role; leastWei: Wei; maxStakeWei: Wei }) {
    const { role, leastWei, maxStakeWei } = options;
    super({
      code: 'stake-limit',
      message: `the network asks a ${role} for a stake of at least ${formatMoney(leastWei)}, and at most ${formatMoney(maxStakeWei)} may be staked`,
      facts: { leastWei: leastWei.toString(), maxStakeWei: maxStakeWei.toString() },
      advice: `Allow ${formatMoney(leastWei)} or more.`,
    });
  }
}
