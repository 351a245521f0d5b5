import { type Geometry, tilesAcross } from '../../protocol/geometry.js';
import type { TileState } from '../model/tileStates.js';

/** Colours of the theme, as a canvas takes them. */
export interface Palette {
  line: string;
  accent: string;
  tint: string;
  warning: string;
  danger: string;
  surface: string;
}

/** The colours that the stylesheet gives an element now. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    line: colour('line-strong'),
    accent: colour('accent'),
    tint: colour('tint'),
    warning: colour('warning'),
    danger: colour('danger'),
    surface: colour('surface'),
  };
}

/**
 * Draws the tiles of a frame into a rectangle of the context's size, each state by a colour and a pattern of its own.
 * Tiles in `without` are left out: something better is seen there.
 */
export function drawTiles(
  context: CanvasRenderingContext2D,
  options: {
    geometry: Geometry;
    states: readonly TileState[];
    palette: Palette;
    /** Pixels of the canvas per CSS pixel. */
    scale: number;
    without?: (tile: number) => boolean;
  },
): void {
  const { geometry, states, palette, scale } = options;
  const { width, height } = context.canvas;
  const across = tilesAcross(geometry);
  context.clearRect(0, 0, width, height);
  for (const [tile, state] of states.entries()) {
    if (options.without?.(tile) === true) continue;
    const left = (tile % across) * geometry.tileSize;
    const top = Math.floor(tile / across) * geometry.tileSize;
    const x = Math.round((left / geometry.width) * width);
    const y = Math.round((top / geometry.height) * height);
    const right = Math.round((Math.min(left + geometry.tileSize, geometry.width) / geometry.width) * width);
    const bottom = Math.round((Math.min(top + geometry.tileSize, geometry.height) / geometry.height) * height);
    drawTile(context, { state, palette, scale, x, y, width: right - x, height: bottom - y });
  }
}

/** Draws one tile; also the legend's. */
export function drawTile(
  context: CanvasRenderingContext2D,
  tile: { state: TileState; palette: Palette; scale: number; x: number; y: number; width: number; height: number },
): void {
  const { state, palette, scale } = tile;
  // A gap between tiles, where there is room for one.
  const gap = Math.min(tile.width, tile.height) > 4 * scale ? scale : 0;
  const [x, y, width, height] = [tile.x, tile.y, tile.width - gap, tile.height - gap];
  const fill = (colour: string): void => {
    context.fillStyle = colour;
    context.fillRect(x, y, width, height);
  };
  const stroke = (colour: string, lines: readonly (readonly [number, number, number, number])[], thick = 1.5): void => {
    context.strokeStyle = colour;
    context.lineWidth = thick * scale;
    context.beginPath();
    for (const [fromX, fromY, toX, toY] of lines) {
      context.moveTo(x + fromX, y + fromY);
      context.lineTo(x + toX, y + toY);
    }
    context.stroke();
  };
  const every = (step: number, length: number): number[] =>
    Array.from({ length: Math.max(1, Math.ceil(length / step)) }, (_, index) => (index + 0.5) * step);
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  switch (state) {
    case 'waiting':
      context.strokeStyle = palette.line;
      context.lineWidth = scale;
      context.strokeRect(x + scale / 2, y + scale / 2, width - scale, height - scale);
      break;
    case 'leased':
      stroke(
        palette.accent,
        every(5 * scale, width + height).map((at) => [at, 0, at - height, height] as const),
      );
      break;
    case 'rendered':
      fill(palette.tint);
      break;
    case 'audited':
      fill(palette.tint);
      stroke(
        palette.accent,
        every(5 * scale, width).map((at) => [at, 0, at, height] as const),
      );
      break;
    case 'paid':
      fill(palette.accent);
      break;
    case 'voided':
      stroke(
        palette.warning,
        every(5 * scale, height).map((at) => [0, at, width, at] as const),
        2,
      );
      break;
    case 'convicted':
      fill(palette.danger);
      stroke(
        palette.surface,
        [
          [0, 0, width, height],
          [width, 0, 0, height],
        ],
        2,
      );
      break;
  }
  context.restore();
}
