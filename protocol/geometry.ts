import { InvariantError } from './errors.js';

/** Side of a block in pixels. */
export const BLOCK_SIZE = 16;
/** Largest side of a tile in pixels. */
export const MAX_TILE = 256;
/** Float32 sums of one leaf: 256 pixels of RGB and coverage. */
export const LEAF_FLOATS = BLOCK_SIZE * BLOCK_SIZE * 4;
/** Bytes of the sums of one leaf. */
export const LEAF_BYTES = LEAF_FLOATS * 4;

/** What the cutting of a job depends on. */
export interface Geometry {
  /** Frame width in pixels. */
  width: number;
  /** Frame height in pixels. */
  height: number;
  /** Side of a tile in pixels, a multiple of 16, at most 256. */
  tileSize: number;
  /** First absolute frame. */
  firstFrame: number;
  frameCount: number;
  /** Samples per pixel. */
  samples: number;
  /** Batches per pixel, 1..samples. */
  batches: number;
}

/** One chunk's rectangle and its leaves. Space: pixels of the frame, x right, y down. */
export interface ChunkRect {
  chunkIndex: number;
  /** Absolute frame number. */
  frame: number;
  /** Index of the tile in its frame, row-major. */
  tile: number;
  x: number;
  y: number;
  /** Pixels inside the frame; smaller than tileSize at the right border. */
  width: number;
  /** Pixels inside the frame; smaller than tileSize at the lower border. */
  height: number;
  blocksAcross: number;
  blocksDown: number;
  blockCount: number;
  /** blockCount x batches. */
  leafCount: number;
}

/** The geometry a manifest asks for; the parameter is the part of Manifest that it depends on. */
export function geometryOf(manifest: {
  size: { width: number; height: number };
  tileSize: number;
  frames: { first: number; last: number };
  samples: number;
  batches: number;
}): Geometry {
  return {
    width: manifest.size.width,
    height: manifest.size.height,
    tileSize: manifest.tileSize,
    firstFrame: manifest.frames.first,
    frameCount: manifest.frames.last - manifest.frames.first + 1,
    samples: manifest.samples,
    batches: manifest.batches,
  };
}

export function tilesAcross(g: Pick<Geometry, 'width' | 'tileSize'>): number {
  return Math.ceil(g.width / g.tileSize);
}

export function tilesDown(g: Pick<Geometry, 'height' | 'tileSize'>): number {
  return Math.ceil(g.height / g.tileSize);
}

export function tilesPerFrame(g: Pick<Geometry, 'width' | 'height' | 'tileSize'>): number {
  return tilesAcross(g) * tilesDown(g);
}

export function chunkCount(g: Geometry): number {
  return g.frameCount * tilesPerFrame(g);
}

/** The rectangle of a chunk: chunkIndex = frame offset x tiles per frame + tile, tiles row-major. */
export function chunkRect(g: Geometry, chunkIndex: number): ChunkRect {
  const count = chunkCount(g);
  if (!Number.isInteger(chunkIndex) || chunkIndex < 0 || chunkIndex >= count)
    throw new InvariantError({ what: 'chunk index in the job', expected: `0..${count - 1}`, actual: chunkIndex });
  const tile = chunkIndex % tilesPerFrame(g);
  const x = (tile % tilesAcross(g)) * g.tileSize;
  const y = Math.floor(tile / tilesAcross(g)) * g.tileSize;
  const width = Math.min(g.tileSize, g.width - x);
  const height = Math.min(g.tileSize, g.height - y);
  const blocksAcross = Math.ceil(width / BLOCK_SIZE);
  const blocksDown = Math.ceil(height / BLOCK_SIZE);
  const blockCount = blocksAcross * blocksDown;
  return {
    chunkIndex,
    frame: g.firstFrame + Math.floor(chunkIndex / tilesPerFrame(g)),
    tile,
    x,
    y,
    width,
    height,
    blocksAcross,
    blocksDown,
    blockCount,
    leafCount: blockCount * g.batches,
  };
}

/** The samples of batch b: floor(b N / B) up to, not including, floor((b + 1) N / B). */
export function batchRange(samples: number, batches: number, b: number): { begin: number; end: number } {
  return { begin: Math.floor((b * samples) / batches), end: Math.floor(((b + 1) * samples) / batches) };
}

/** Index of a leaf in its chunk: blocks row-major, the batches of a block together. */
export function leafIndexOf(block: number, batch: number, batches: number): number {
  return block * batches + batch;
}

/** The block and batch of a leaf index. */
export function blockAndBatchOf(leafIndex: number, batches: number): { block: number; batch: number } {
  return { block: Math.floor(leafIndex / batches), batch: leafIndex % batches };
}

/** Upper left pixel of a block, in pixels of the chunk. */
export function blockOrigin(rect: Pick<ChunkRect, 'blocksAcross'>, block: number): { x: number; y: number } {
  return { x: (block % rect.blocksAcross) * BLOCK_SIZE, y: Math.floor(block / rect.blocksAcross) * BLOCK_SIZE };
}

/** Row-major indices 0..255 of the block's pixels that lie inside the frame, ascending; never empty. */
export function pixelsInBlock(rect: Pick<ChunkRect, 'width' | 'height' | 'blocksAcross'>, block: number): number[] {
  const origin = blockOrigin(rect, block);
  const width = Math.min(BLOCK_SIZE, rect.width - origin.x);
  const height = Math.min(BLOCK_SIZE, rect.height - origin.y);
  const pixels: number[] = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) pixels.push(row * BLOCK_SIZE + column);
  return pixels;
}
