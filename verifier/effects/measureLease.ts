import { drawAudit } from '../../protocol/draw.js';
import { chunkRect } from '../../protocol/geometry.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { LedgerLease } from '../../protocol/ledger.js';
import { chunksOfMask } from '../../protocol/masks.js';
import { chunkWorkOf } from '../../renderer/chunkWorkOf.js';
import { renderDrawn } from '../../renderer/renderDrawn.js';
import { priorityOf } from '../../party/createSteadyEngine.js';
import type { Measurement } from '../measurements.js';
import type { VerifierContext } from '../VerifierContext.js';

/**
 * Renders what was drawn of a lease, from the manifest alone and blind to what the worker published; or reads it back
 * where it was rendered before.
 */
export async function measureLease(
  context: VerifierContext,
  options: { lease: LedgerLease; draw: { seed: Bytes32; drawnMask: bigint }; signal: AbortSignal },
): Promise<Measurement> {
  const { lease, draw, signal } = options;
  const kept = await context.measurements.read(lease.leaseId, draw.seed);
  if (kept !== undefined) return kept;
  const job = await context.jobs.open(lease.jobId);
  const { manifest, geometry } = job;
  const rects = chunksOfMask(lease.word, draw.drawnMask).map((chunkIndex) => chunkRect(geometry, chunkIndex));
  const values: Float32Array[] = [];
  const prepared: Measurement['prepared'] = [];
  let blockLeaves = new Float32Array(0);
  for (const chunk of drawAudit({ seed: draw.seed, rects, batches: geometry.batches })) {
    signal.throwIfAborted();
    const scene = await job.frames().prepare(chunk.rect.frame);
    const rendered = await renderDrawn({
      engine: context.engine.at(priorityOf(lease)),
      prepared: scene,
      signal,
      ...chunkWorkOf(manifest, chunk.rect.chunkIndex),
      drawn: chunk.leaves,
      block: chunk.wholeBlock ?? null,
    });
    prepared.push({ chunkIndex: chunk.rect.chunkIndex, preparedHash: scene.hash });
    values.push(rendered.sums);
    if (rendered.blockLeaves !== null) blockLeaves = new Float32Array(rendered.blockLeaves);
    context.log.debug(
      { leaseId: lease.leaseId, chunkIndex: chunk.rect.chunkIndex, rays: rendered.rays, cpuMs: rendered.cpuMs },
      'drawn leaves rendered',
    );
  }
  const measurement: Measurement = { seed: draw.seed, prepared, values: joined(values), blockLeaves };
  await context.measurements.write(lease.leaseId, measurement);
  return measurement;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
