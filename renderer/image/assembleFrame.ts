import { InvariantError } from '../../protocol/errors.js';
import type { ChunkRect } from '../../protocol/geometry.js';
import type { Frame } from './Frame.js';

/** The output of one chunk and where it belongs. */
export interface Tile {
  rect: Pick<ChunkRect, 'x' | 'y' | 'width' | 'height'>;
  /** Half floats, RGBA, rect.width x rect.height pixels, rows top-down. */
  halfs: Uint16Array;
}

/**
 * Puts tiles together into a frame.
 * @param options.missing `refuse` (default): every pixel must be covered, once. `leave-empty`: for pictures of a frame
 * that is
 *   still being rendered; pixels without a tile stay zero.
 */
export function assembleFrame(options: {
  width: number;
  height: number;
  tiles: Iterable<Tile>;
  missing?: 'refuse' | 'leave-empty';
}): Frame {
  const { width, height, tiles, missing = 'refuse' } = options;
  const halfs = new Uint16Array(width * height * 4);
  const covered = new Uint8Array(width * height);
  let coveredCount = 0;
  for (const { rect, halfs: tileHalfs } of tiles) {
    if (tileHalfs.length !== rect.width * rect.height * 4)
      throw new InvariantError({
        what: `half floats of the tile at ${rect.x},${rect.y}`,
        expected: rect.width * rect.height * 4,
        actual: tileHalfs.length,
      });
    if (rect.x < 0 || rect.y < 0 || rect.x + rect.width > width || rect.y + rect.height > height) {
      throw new InvariantError({
        what: 'tile inside the frame',
        expected: `within ${width}x${height}`,
        actual: `${rect.width}x${rect.height} at ${rect.x},${rect.y}`,
      });
    }
    for (let row = 0; row < rect.height; row++) {
      const begin = (rect.y + row) * width + rect.x;
      if (covered.subarray(begin, begin + rect.width).includes(1))
        throw new InvariantError({
          what: `tiles over row ${rect.y + row} from column ${rect.x}`,
          expected: 1,
          actual: 2,
        });
      covered.fill(1, begin, begin + rect.width);
      halfs.set(tileHalfs.subarray(row * rect.width * 4, (row + 1) * rect.width * 4), begin * 4);
    }
    coveredCount += rect.width * rect.height;
  }
  if (missing === 'refuse' && coveredCount !== width * height) {
    const first = covered.indexOf(0);
    throw new InvariantError({
      what: `pixels of the frame covered by tiles (first without one: ${first % width},${Math.floor(first / width)})`,
      expected: width * height,
      actual: coveredCount,
    });
  }
  return { width, height, halfs };
}
