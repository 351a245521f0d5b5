import type { Logger } from 'pino';
import { BadInputError, RushesError } from '../protocol/errors.js';
import type { Role } from '../protocol/events.js';
import { formatMoney } from '../protocol/formatMoney.js';
import type { Wei } from '../protocol/ids.js';
import type { PolicyNumbers } from '../protocol/policy.js';
import type { ChainPort } from '../protocol/ports.js';

/**
 * Stakes and registers the account under the network's policy, and resolves to the block that was mined in. At least
 * the policy's least is staked, whatever was stated. Throws stake-missing where the balance is too little for the stake.
 */
export async function registerAccount(options: {
  chain: Pick<ChainPort, 'account' | 'network' | 'readPolicy' | 'readBalance' | 'register'>;
  role: Role;
  /** The kind of engine, which audits tell equal machines by. */
  deviceClass: string;
  /** What the account's owner wants to stake; undefined leaves it to the role. */
  stakeWei: Wei | undefined;
  /** The most the owner lets it stake; undefined for no limit. */
  maxStakeWei: Wei | undefined;
  /** What a policy demands of the role. */
  leastWei(policy: PolicyNumbers): Wei;
  /** What the role stakes where its owner stated nothing. */
  usualWei(of: { leastWei: Wei; balanceWei: Wei }): Wei;
  signal: AbortSignal;
  log: Logger;
}): Promise<number> {
  const { chain, role, signal } = options;
  const { account } = chain;
  const leastWei = options.leastWei(await chain.readPolicy(chain.network.policy, { signal }));
  const balanceWei = await chain.readBalance(account, { signal });
  const wantedWei = options.stakeWei ?? options.usualWei({ leastWei, balanceWei });
  const { maxStakeWei } = options;
  if (maxStakeWei !== undefined && maxStakeWei < leastWei) throw new StakeLimitError({ role, leastWei, maxStakeWei });
  const allowedWei = maxStakeWei !== undefined && wantedWei > maxStakeWei ? maxStakeWei : wantedWei;
  const stakeWei = allowedWei > leastWei ? allowedWei : leastWei;
  if (balanceWei < stakeWei)
    throw new RushesError({
      code: 'stake-missing',
      message: `account ${account} has ${formatMoney(balanceWei)} and needs ${formatMoney(stakeWei)} to stake`,
      facts: { account },
      advice: `Send tokens to the account; the ${role} goes on by itself.`,
    });
  const { blockNumber } = await chain.register({ role, deviceClass: options.deviceClass, stakeWei }, { signal });
  options.log.info({ account, stakeWei: stakeWei.toString(), blockNumber }, `registered as ${role}`);
  return blockNumber;
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
