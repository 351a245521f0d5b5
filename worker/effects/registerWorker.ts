import { RushesError } from '../../protocol/errors.js';
import type { Wei } from '../../protocol/ids.js';
import type { WorkerContext } from '../WorkerContext.js';

/**
 * Stakes and registers the account. Without a stated stake it stakes four times the policy's least, or all there is.
 * Throws stake-missing where that is too little.
 */
export async function registerWorker(
  context: WorkerContext,
  stakeWei: Wei | undefined,
  signal: AbortSignal,
): Promise<number> {
  const { chain } = context;
  const { minWorkerStakeWei } = await chain.readPolicy(chain.network.policy, { signal });
  const balanceWei = await chain.readBalance(chain.account, { signal });
  const usualWei = 4n * minWorkerStakeWei;
  const wantedWei = stakeWei ?? (usualWei < balanceWei ? usualWei : balanceWei);
  const neededWei = wantedWei > minWorkerStakeWei ? wantedWei : minWorkerStakeWei;
  if (balanceWei < neededWei) {
    throw new RushesError({
      code: 'stake-missing',
      message: `account ${chain.account} has ${balanceWei} wei and needs ${neededWei} to stake`,
      facts: { account: chain.account },
      advice: 'Send tokens to the account; the worker goes on by itself.',
    });
  }
  const { blockNumber } = await chain.register(
    { role: 'worker', deviceClass: context.engine.kind, stakeWei: neededWei },
    { signal },
  );
  context.log.info({ account: chain.account, stakeWei: neededWei.toString(), blockNumber }, 'registered as worker');
  return blockNumber;
}
