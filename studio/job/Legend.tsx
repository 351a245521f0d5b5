import { type ReactNode, useMemo } from 'react';
import { TILE_STATES, TILE_STATE_WORDS, type TileState } from '../model/tileStates.js';
import { TilesCanvas } from './TilesCanvas.js';

/** One tile of its own: what the legend shows. */
const ONE_TILE = { width: 16, height: 16, tileSize: 16, firstFrame: 0, frameCount: 1, samples: 1, batches: 1 };

/** What each pattern means, with how many tiles of the job are so. */
export function Legend({ counts }: { counts: Readonly<Record<TileState, number>> }): ReactNode {
  return (
    <ul className="legend" aria-label="States of the tiles">
      {TILE_STATES.map((state) => (
        <li key={state} title={TILE_STATE_WORDS[state]}>
          <Swatch state={state} />
          <span>{state}</span> <b>{counts[state].toLocaleString('en')}</b>
          <span className="hidden">: {TILE_STATE_WORDS[state]}</span>
        </li>
      ))}
    </ul>
  );
}

function Swatch({ state }: { state: TileState }): ReactNode {
  const states = useMemo(() => [state], [state]);
  return (
    <span className="swatch">
      <TilesCanvas geometry={ONE_TILE} states={states} />
    </span>
  );
}
