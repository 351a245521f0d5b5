import { type ReactNode, useLayoutEffect, useMemo, useRef } from 'react';
import { type Geometry, tilesPerFrame } from '../../protocol/geometry.js';
import type { JobId } from '../../protocol/ids.js';
import type { JobSnapshot } from '../live/jobFeed.js';
import { hashOf } from '../model/place.js';
import { describeTiles, tileStatesOf } from '../model/tileStates.js';
import { type DevelopedPicture, usePicture } from '../picture/usePicture.js';
import { FrameShape } from './FilmStrip.js';
import { TilesCanvas } from './TilesCanvas.js';

/** One frame as large as there is room, its pixels where they are rendered and the states of its tiles elsewhere. */
export function LargeFrame({
  snapshot,
  geometry,
  jobId,
  offset,
  isFollowing,
}: {
  snapshot: JobSnapshot;
  geometry: Geometry;
  jobId: JobId;
  offset: number;
  /** Nobody chose this frame. */
  isFollowing: boolean;
}): ReactNode {
  const picture = usePicture(snapshot, geometry, offset);
  const { ledger, job } = snapshot;
  const tiles = tilesPerFrame(geometry);
  const states = job === undefined ? '' : tileStatesOf(ledger, job, offset * tiles, tiles).join();
  const list = useMemo(() => (states === '' ? [] : (states.split(',') as ReturnType<typeof tileStatesOf>)), [states]);
  const number = geometry.firstFrame + offset;
  const isFinished = list.length > 0 && list.every((state) => state === 'paid');
  return (
    <figure className="large">
      <FrameShape geometry={geometry}>
        {picture !== undefined && <PictureCanvas picture={picture} number={number} />}
        <TilesCanvas geometry={geometry} states={list} shown={picture?.shown} firstChunk={offset * tiles} />
      </FrameShape>
      <figcaption>
        <span>
          <b>Frame {number}</b> {isFinished ? 'finished' : describeTiles(list)}
        </span>
        {picture?.trouble !== undefined && (
          <span className="trouble">Not all of it can be shown: {picture.trouble}</span>
        )}
        {!isFollowing && <a href={hashOf({ page: 'job', jobId, frame: undefined })}>Follow the newest</a>}
      </figcaption>
    </figure>
  );
}

function PictureCanvas({ picture, number }: { picture: DevelopedPicture; number: number }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { pixels } = picture;
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    element.width = pixels.width;
    element.height = pixels.height;
    element.getContext('2d')?.putImageData(pixels, 0, 0);
  }, [pixels]);
  return <canvas className="picture" ref={canvas} role="img" aria-label={`Picture of frame ${number}`} />;
}
