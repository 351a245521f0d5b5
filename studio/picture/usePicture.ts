import { useEffect, useRef, useState } from 'react';
import { chunkState, commitmentOf } from '../../protocol/ledger.js';
import { type Geometry, tilesPerFrame } from '../../protocol/geometry.js';
import type { LeaseId } from '../../protocol/ids.js';
import { COORDINATOR_URL } from '../live/client.js';
import type { JobSnapshot } from '../live/jobFeed.js';
import type { PictureAnswer, PictureRequest, RenderedTile } from './PictureRequest.js';

/** Name of the thread's script, beside this one; the build says it. */
declare const DEVELOP_WORKER: string;

const AGAIN_MS = 4000;

/** The picture of a frame, as far as it is rendered. */
export interface DevelopedPicture {
  /** Number of the frame that it is of, as an offset. */
  offset: number;
  pixels: ImageData;
  shown: ReadonlySet<number>;
  /** Why tiles that were rendered are not in it; undefined: all are. */
  trouble: string | undefined;
}

/** Develops a frame in a thread of its own, again whenever more of it is rendered. */
export function usePicture(
  { job, ledger, manifest }: JobSnapshot,
  geometry: Geometry | undefined,
  offset: number,
): DevelopedPicture | undefined {
  const [picture, setPicture] = useState<DevelopedPicture>();
  const [attempt, setAttempt] = useState(0);
  const worker = useRef<Worker | undefined>(undefined);
  const number = useRef(0);
  const jobId = job?.jobId;
  const rendered: RenderedTile[] = [];
  if (job !== undefined && geometry !== undefined) {
    const tiles = tilesPerFrame(geometry);
    for (let chunkIndex = offset * tiles; chunkIndex < (offset + 1) * tiles; chunkIndex++) {
      const state = chunkState(job, chunkIndex);
      if (state !== 'paid' && state !== 'committed') continue;
      const leaseId = job.chunkLeases[chunkIndex] as LeaseId;
      const lease = ledger.leases.get(leaseId);
      const outputsDigest = lease === undefined ? undefined : commitmentOf(lease)?.outputsDigest;
      if (outputsDigest !== undefined) rendered.push({ chunkIndex, leaseId, outputsDigest });
    }
  }
  const key = rendered.map(({ chunkIndex, leaseId }) => `${chunkIndex}:${leaseId}`).join();

  useEffect(() => () => worker.current?.terminate(), []);
  useEffect(() => {
    if (jobId === undefined || manifest === undefined || key === '') return;
    worker.current ??= new Worker(new URL(`./${DEVELOP_WORKER}`, import.meta.url), { type: 'module' });
    const asked = ++number.current;
    let again: ReturnType<typeof setTimeout> | undefined;
    worker.current.onmessage = ({ data }: MessageEvent<PictureAnswer>) => {
      if (data.jobId !== jobId || data.offset !== offset) return;
      const { width, height } = manifest.size;
      setPicture({
        offset,
        pixels: new ImageData(new Uint8ClampedArray(data.pixels), width, height),
        shown: new Set(data.shown),
        trouble: data.failures[0]?.reason,
      });
      // An older answer is of fewer tiles; the newest request is still under way.
      if (data.failures.length > 0 && data.number === asked)
        again = setTimeout(() => setAttempt((count) => count + 1), AGAIN_MS);
    };
    worker.current.postMessage({
      number: asked,
      jobId,
      offset,
      apiUrl: COORDINATOR_URL,
      manifest,
      tiles: rendered,
    } satisfies PictureRequest);
    return () => clearTimeout(again);
    // `key` stands for what was rendered.
  }, [jobId, manifest, offset, key, attempt]);

  return picture?.offset === offset && key !== '' ? picture : undefined;
}
