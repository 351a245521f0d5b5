import { registerAccount } from '../../party/registerAccount.js';
import type { Wei } from '../../protocol/ids.js';
import type { VerifierContext } from '../VerifierContext.js';

/**
 * Stakes and registers the account. Without a stated stake it stakes the policy's least. Throws stake-missing where the
 * balance is too little.
 */
export function registerVerifier(
  context: Pick<VerifierContext, 'chain' | 'engine' | 'log'>,
  limits: { stakeWei: Wei | undefined; maxStakeWei: Wei | undefined },
  signal: AbortSignal,
): Promise<number> {
  return registerAccount({
    chain: context.chain,
    role: 'verifier',
    deviceClass: context.engine.kind,
    ...limits,
    leastWei: ({ minVerifierStakeWei }) => minVerifierStakeWei,
    usualWei: ({ leastWei }) => leastWei,
    signal,
    log: context.log,
  });
}
