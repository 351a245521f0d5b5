import { drawSeed, drawVerifiers, drawnMask } from '../../protocol/draw.js';
import { InvariantError } from '../../protocol/errors.js';
import { readBlockHeader } from '../../protocol/header.js';
import { type Ledger, type LedgerLease, candidatesOf, commitmentOf } from '../../protocol/ledger.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import type { ChainPort } from '../../protocol/ports.js';
import type { KnownDraw } from '../LeaseView.js';

/**
 * COMMITTED: reads the header of the draw's block and computes from it what the contract will compute: which chunks,
 * and who audits them.
 */
export async function readDraw(options: {
  chain: Pick<ChainPort, 'readHeader'>;
  ledger: () => Ledger;
  lease: LedgerLease;
  policy: PolicyNumbers;
  signal: AbortSignal;
}): Promise<KnownDraw> {
  const { chain, lease, policy, signal } = options;
  const commitment = commitmentOf(lease);
  if (commitment === undefined)
    throw new InvariantError({
      what: `state of lease ${lease.leaseId} whose draw is read`,
      expected: 'committed',
      actual: lease.state,
    });
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
