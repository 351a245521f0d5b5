import { geometryOf } from '../protocol/geometry.js';
import type { LeaseId } from '../protocol/ids.js';
import type { Ledger, LedgerJob } from '../protocol/ledger.js';
import type { Manifest } from '../protocol/manifest.js';
import type { Outputs } from '../protocol/outputs.js';
import type { ObjectStore } from '../protocol/ports.js';
import type { ArtistEvent } from './ArtistEvent.js';
import { type CollectedFrame, type FrameRequest, fetchFrame, isFrameIn } from './fetchFrame.js';
import { outliveOutage } from './outliveOutage.js';

export interface FrameCollector {
  /** True when every frame was handed over. */
  readonly done: boolean;
  /** Outputs indices read so far, by lease. */
  readonly outputs: ReadonlyMap<LeaseId, Outputs>;
  /**
   * Hands over one more frame, or the preview of the first rendered one, where the ledger allows it. False: nothing to
   * do until the chain moves.
   */
  step(ledger: Ledger, job: Readonly<LedgerJob>): Promise<boolean>;
}

/** A preview that takes longer is not worth waiting for; a paid tile is asked for again. */
const PREVIEW_DEADLINE_MS = 10_000;
const TILE_DEADLINE_MS = 60_000;

/**
 * Collects the frames of a job: fetches tiles, checks their hashes, assembles each frame once all of it is paid, and
 * hands it to `onFrame`. The first rendered frame that is not paid yet goes to `onPreview`. Outlives outages of the
 * store. Throws WrongOutputError for a paid picture that its commitment does not fit.
 */
export function collectFrames({
  manifest,
  store,
  onFrame,
  onPreview,
  onEvent = () => {},
  signal,
}: {
  manifest: Manifest;
  store: ObjectStore;
  onFrame: (frame: CollectedFrame) => void | Promise<void>;
  onPreview?: (frame: CollectedFrame) => void | Promise<void>;
  onEvent?: (event: ArtistEvent) => void;
  signal: AbortSignal;
}): FrameCollector {
  const geometry = geometryOf(manifest);
  const { frameCount } = geometry;
  const handedOver = new Set<number>();
  const outputs = new Map<LeaseId, Outputs>();
  let previewed = onPreview === undefined;
  const requestOf = (ledger: Ledger, job: Readonly<LedgerJob>, offset: number): FrameRequest => ({
    ledger,
    job,
    manifest,
    offset,
    store,
    outputs,
    deadlineMs: TILE_DEADLINE_MS,
    signal,
  });

  return {
    outputs,
    get done() {
      return handedOver.size === frameCount;
    },
    async step(ledger, job) {
      for (let offset = 0; offset < frameCount; offset++) {
        if (handedOver.has(offset) || !isFrameIn({ job, geometry, offset, states: ['paid'] })) continue;
        const request = requestOf(ledger, job, offset);
        await onFrame(await outliveOutage({ attempt: () => fetchFrame(request), onEvent, signal }));
        handedOver.add(offset);
        return true;
      }
      if (previewed || handedOver.size > 0) return false;
      for (let offset = 0; offset < frameCount; offset++) {
        if (!isFrameIn({ job, geometry, offset, states: ['committed', 'paid'] })) continue;
        // Nobody vouches for it yet: an output that cannot be had or does not fit is its auditors' business, and the
        // next frame may do.
        const request = { ...requestOf(ledger, job, offset), deadlineMs: PREVIEW_DEADLINE_MS };
        const preview = await fetchFrame(request).catch(() => undefined);
        signal.throwIfAborted();
        if (preview === undefined) continue;
        previewed = true;
        await onPreview?.(preview);
        return true;
      }
      return false;
    },
  };
}
