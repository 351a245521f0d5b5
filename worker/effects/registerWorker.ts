import { registerAccount } from '../../party/registerAccount.js';
import type { Wei } from '../../protocol/ids.js';
import type { WorkerContext } from '../WorkerContext.js';

/**
 * Stakes and registers the account. Without a stated stake it stakes four times the policy's least, or all there is.
 * Throws stake-missing where that is too little.
 */
export function registerWorker(
  context: Pick<WorkerContext, 'chain' | 'engine' | 'log'>,
  limits: { stakeWei: Wei | undefined; maxStakeWei: Wei | undefined },
  signal: AbortSignal,
): Promise<number> {
  return registerAccount({
    chain: context.chain,
    role: 'worker',
    deviceClass: context.engine.kind,
    ...limits,
    leastWei: ({ minWorkerStakeWei }) => minWorkerStakeWei,
    usualWei: ({ leastWei, balanceWei }) => (4n * leastWei < balanceWei ? 4n * leastWei : balanceWei),
    signal,
    log: context.log,
  });
}
