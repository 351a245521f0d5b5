import { memo, type ReactNode, useMemo } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { type Geometry, tilesPerFrame } from '../../protocol/geometry.js';
import type { JobId } from '../../protocol/ids.js';
import type { JobSnapshot } from '../live/jobFeed.js';
import { hashOf } from '../model/place.js';
import { describeTiles, type TileState, tileStatesOf } from '../model/tileStates.js';
import { TilesCanvas } from './TilesCanvas.js';

/** Frames shown at once; longer animations are looked at part by part. */
const PART_FRAMES = 60;

/** Every frame of a job, filling tile by tile. Choosing one shows it large. */
export function FilmStrip({
  snapshot,
  geometry,
  jobId,
  offset,
}: {
  snapshot: JobSnapshot;
  geometry: Geometry;
  jobId: JobId;
  /** The frame that is shown large. */
  offset: number;
}): ReactNode {
  const { ledger, job } = snapshot;
  if (job === undefined) return null;
  const tiles = tilesPerFrame(geometry);
  const part = Math.floor(offset / PART_FRAMES);
  const first = part * PART_FRAMES;
  const count = Math.min(PART_FRAMES, geometry.frameCount - first);
  const show = (frame: number): void => {
    location.hash = hashOf({ page: 'job', jobId, frame });
  };
  return (
    <section aria-labelledby="strip-heading" className="strip">
      <h2 id="strip-heading">Frames</h2>
      {geometry.frameCount > PART_FRAMES && (
        <nav aria-label="Parts of the animation" className="parts">
          {Array.from({ length: Math.ceil(geometry.frameCount / PART_FRAMES) }, (_, index) => {
            const begin = geometry.firstFrame + index * PART_FRAMES;
            const end = Math.min(begin + PART_FRAMES, geometry.firstFrame + geometry.frameCount) - 1;
            return (
              <a
                key={begin}
                href={hashOf({ page: 'job', jobId, frame: begin })}
                aria-current={index === part ? 'true' : undefined}
              >
                {begin}–{end}
              </a>
            );
          })}
        </nav>
      )}
      <ListBox
        aria-labelledby="strip-heading"
        layout="grid"
        orientation="vertical"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[String(geometry.firstFrame + offset)]}
        onSelectionChange={(keys) => {
          const [chosen] = keys === 'all' ? [] : [...keys];
          if (chosen !== undefined) show(Number(chosen));
        }}
        className="frames"
      >
        {Array.from({ length: count }, (_, index) => {
          const number = geometry.firstFrame + first + index;
          const states = tileStatesOf(ledger, job, (first + index) * tiles, tiles);
          return (
            <ListBoxItem
              key={number}
              id={String(number)}
              className="frame"
              aria-label={`Frame ${number}: ${describeTiles(states)}`}
              textValue={`Frame ${number}: ${describeTiles(states)}`}
            >
              <FrameCell number={number} geometry={geometry} states={states.join()} />
            </ListBoxItem>
          );
        })}
      </ListBox>
    </section>
  );
}

/** Drawn again only where a state changed. */
const FrameCell = memo(function FrameCell({
  number,
  geometry,
  states,
}: {
  number: number;
  geometry: Geometry;
  states: string;
}): ReactNode {
  const list = useMemo(() => states.split(',') as TileState[], [states]);
  return (
    <>
      <FrameShape geometry={geometry}>
        <TilesCanvas geometry={geometry} states={list} />
      </FrameShape>
      <span className="number" aria-hidden="true">
        {number}
      </span>
    </>
  );
});

/** A box of a frame's shape. */
export function FrameShape({ geometry, children }: { geometry: Geometry; children: ReactNode }): ReactNode {
  return (
    <span className="shape" style={{ aspectRatio: `${geometry.width} / ${geometry.height}` }}>
      {children}
    </span>
  );
}
