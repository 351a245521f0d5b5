import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { Geometry } from '../../protocol/geometry.js';
import type { TileState } from '../model/tileStates.js';
import { drawTiles, readPalette } from './drawTiles.js';

/** The tiles of a frame by their states, over the whole of its parent. What is seen is said elsewhere in words. */
export function TilesCanvas({
  geometry,
  states,
  shown,
  firstChunk = 0,
}: {
  geometry: Geometry;
  states: readonly TileState[];
  /** Chunks whose pixels a picture below shows. */
  shown?: ReadonlySet<number> | undefined;
  firstChunk?: number;
}): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined) return;
    const scale = Math.max(1, Math.min(3, devicePixelRatio));
    const draw = (): void => {
      const { width, height } = element.getBoundingClientRect();
      element.width = Math.max(1, Math.round(width * scale));
      element.height = Math.max(1, Math.round(height * scale));
      const without = (tile: number): boolean => shown?.has(firstChunk + tile) === true;
      drawTiles(context, { geometry, states, palette: readPalette(element), scale, without });
    };
    draw();
    const watching = new ResizeObserver(draw);
    watching.observe(element);
    return () => watching.disconnect();
  }, [geometry, states, shown, firstChunk, theme]);
  return <canvas className="tiles" ref={canvas} aria-hidden="true" />;
}

/** Changes when the theme does. */
function useTheme(): boolean {
  const [isDark, setIsDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useLayoutEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const onChange = (): void => setIsDark(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  return isDark;
}
