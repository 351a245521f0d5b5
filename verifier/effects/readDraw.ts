import { drawSeed, drawVerifiers, drawnMask } from '../../protocol/draw.js';
import { readBlockHeader } from '../../protocol/header.js';
import { type Ledger, candidatesOf } from '../../protocol/ledger.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import type { ChainPort } from '../../protocol/ports.js';
import type { KnownDraw, LeaseIn } from '../LeaseView.js';

/**
 * COMMITTED: reads the header of the draw's chain block and computes from it what the contract will compute: which chunks,
 * and who audits them.
 */
export async function readDraw(options: {
  chain: Pick<ChainPort, 'readHeader'>;
  ledger: () => Ledger;
  lease: LeaseIn<'COMMITTED'>;
  policy: PolicyNumbers;
  signal: AbortSignal;
}): Promise<KnownDraw> {
  const { chain, lease, policy, signal } = options;
  const { commitment } = lease;
  const header = await chain.readHeader(commitment.drawBlock, { signal });
  const seed = drawSeed({ mixHash: readBlockHeader(header).mixHash, leaseId: lease.leaseId });
  const mask = drawnMask({ seed, mask: lease.mask, shift: policy.shift });
  // A redrafted lease draws nobody: all its places are open.
  const verifiers =
    mask === 0n || commitment.redrafted
      ? []
      : drawVerifiers({
          seed,
          count: policy.verifierCount,
          candidates: candidatesOf(options.ledger(), {
            worker: lease.worker,
            committedBlock: commitment.committedBlock,
            minVerifierStakeWei: policy.minVerifierStakeWei,
          }),
        });
  return { seed, drawnMask: mask, verifiers, header };
}
