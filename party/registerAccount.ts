import type { Logger } from 'pino';
import type { Role } from '../protocol/events.js';
import type { Wei } from '../protocol/ids.js';
import type { ChainPort } from '../protocol/ports.js';
import type { SteadyEngine } from './createSteadyEngine.js';
import { StakeMissingError, stakeOf } from './stakeOf.js';

/**
 * Stakes and registers the account under the network's policy, and resolves to the block that was mined in. Throws
 * StakeLimitError as stakeOf does, and StakeMissingError where the balance is too little for the stake.
 */
export async function registerAccount(options: {
  chain: Pick<ChainPort, 'account' | 'network' | 'readPolicy' | 'readBalance' | 'register'>;
  role: Role;
  /** Audits tell equal machines by the kind of engine. */
  engine: Pick<SteadyEngine, 'kind'>;
  limits: {
    /** What the account's owner wants to stake; undefined leaves it to the role. */
    stakeWei: Wei | undefined;
    /** The most the owner lets it stake; undefined for no limit. */
    maxStakeWei: Wei | undefined;
  };
  signal: AbortSignal;
  log: Logger;
}): Promise<number> {
  const { chain, role, engine, limits, signal, log } = options;
  const { account } = chain;
  const policy = await chain.readPolicy(chain.network.policy, { signal });
  const balanceWei = await chain.readBalance(account, { signal });
  const stakeWei = stakeOf({ role, policy, balanceWei, statedWei: limits.stakeWei, maxStakeWei: limits.maxStakeWei });
  if (balanceWei < stakeWei) throw new StakeMissingError({ role, account, balanceWei, stakeWei, isAtWork: true });
  const { blockNumber } = await chain.register({ role, deviceClass: engine.kind, stakeWei }, { signal });
  log.info({ account, stakeWei: stakeWei.toString(), blockNumber }, `registered as ${role}`);
  return blockNumber;
}
