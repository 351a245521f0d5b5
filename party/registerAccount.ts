import type { Logger } from 'pino';
import { RushesError } from '../protocol/errors.js';
import type { Role } from '../protocol/events.js';
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
  const stakeWei = wantedWei > leastWei ? wantedWei : leastWei;
  if (balanceWei < stakeWei)
    throw new RushesError({
      code: 'stake-missing',
      message: `account ${account} has ${balanceWei} wei and needs ${stakeWei} to stake`,
      facts: { account },
      advice: `Send tokens to the account; the ${role} goes on by itself.`,
    });
  const { blockNumber } = await chain.register({ role, deviceClass: options.deviceClass, stakeWei }, { signal });
  options.log.info({ account, stakeWei: stakeWei.toString(), blockNumber }, `registered as ${role}`);
  return blockNumber;
}
