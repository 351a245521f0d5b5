import { RushesError } from '../../protocol/errors.js';
import type { Wei } from '../../protocol/ids.js';
import type { VerifierContext } from '../VerifierContext.js';

/**
 * Stakes and registers the account. Without a stated stake it stakes the policy's least. Throws stake-missing where the
 * balance is too little.
 */
export async function registerVerifier(
  context: VerifierContext,
  stakeWei: Wei | undefined,
  signal: AbortSignal,
): Promise<number> {
  const { chain } = context;
  const { minVerifierStakeWei } = await chain.readPolicy(chain.network.policy, { signal });
  const balanceWei = await chain.readBalance(chain.account, { signal });
  const neededWei = stakeWei !== undefined && stakeWei > minVerifierStakeWei ? stakeWei : minVerifierStakeWei;
  if (balanceWei < neededWei) {
    throw new RushesError({
      code: 'stake-missing',
      message: `account ${chain.account} has ${balanceWei} wei and needs ${neededWei} to stake`,
      facts: { account: chain.account },
      advice: 'Send tokens to the account; the verifier goes on by itself.',
    });
  }
  const { blockNumber } = await chain.register(
    { role: 'verifier', deviceClass: context.engine.kind, stakeWei: neededWei },
    { signal },
  );
  context.log.info({ account: chain.account, stakeWei: neededWei.toString(), blockNumber }, 'registered as verifier');
  return blockNumber;
}
