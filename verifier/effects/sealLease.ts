import { sealHash, valuesHash } from '../../protocol/hashes.js';
import { parseOutputs } from '../../protocol/outputs.js';
import type { KnownDraw, LeaseIn } from '../LeaseView.js';
import { sealSecret } from '../sealSecret.js';
import type { VerifierContext } from '../VerifierContext.js';
import { measureLease } from './measureLease.js';

/**
 * COMMITTED: renders what was drawn and seals it, before the worker shows anything; the first to seal brings the draw's
 * header. Pins the outputs meanwhile.
 */
export async function sealLease(
  context: VerifierContext,
  options: {
    lease: LeaseIn<'COMMITTED'>;
    draw: Omit<KnownDraw, 'header'>;
    header: Uint8Array;
    signal: AbortSignal;
  },
): Promise<number> {
  const { lease, draw, header, signal } = options;
  const { chain } = context;
  const pinning = pinOutputs(context, lease, signal);
  const measurement = await measureLease(context, { lease, draw, signal });
  const hash = valuesHash(measurement.values);
  const secret = sealSecret({ key: context.key, ...chain.network, leaseId: lease.leaseId });
  const { blockNumber } = await chain.seal(
    {
      leaseId: lease.leaseId,
      header,
      sealHash: sealHash({ verifier: chain.account, leaseId: lease.leaseId, valuesHash: hash, secret }),
    },
    { signal },
  );
  context.log.info(
    {
      leaseId: lease.leaseId,
      drawnPixels: measurement.values.length / 4,
      broughtHeader: header.length > 0,
      blockNumber,
    },
    'lease sealed',
  );
  await pinning;
  return blockNumber;
}

/**
 * Keeps the published pictures available. A failure here decides nothing: what cannot be had at the reveal is a
 * finding.
 */
async function pinOutputs(context: VerifierContext, lease: LeaseIn<'COMMITTED'>, signal: AbortSignal): Promise<void> {
  const { store, log } = context;
  const bounds = { signal, deadlineMs: 15_000 };
  try {
    const outputs = parseOutputs(await store.getBlock(lease.commitment.outputsDigest, bounds));
    for (const chunk of outputs.chunks) await store.pin(chunk.cid, bounds);
  } catch (error) {
    if (!signal.aborted)
      log.warn(
        { leaseId: lease.leaseId, error: error instanceof Error ? error.message : String(error) },
        'outputs could not be pinned yet',
      );
  }
}
