import assert from 'node:assert/strict';
import { chunkCount, chunkRect } from '../../../protocol/geometry.js';
import { assembleFrame } from '../../../renderer/image/assembleFrame.js';

const GEOMETRY = { width: 70, height: 45, tileSize: 32, firstFrame: 3, frameCount: 1, samples: 1, batches: 1 };
const frame = Uint16Array.from({ length: 70 * 45 * 4 }, (_, i) => (i * 31) % 0x7c00);
const tiles = Array.from({ length: chunkCount(GEOMETRY) }, (_, chunkIndex) => {
  const rect = chunkRect(GEOMETRY, chunkIndex);
  const halfs = Uint16Array.from({ length: rect.width * rect.height * 4 }, (_, i) => {
    const pixel = Math.floor(i / 4);
    return frame[((rect.y + Math.floor(pixel / rect.width)) * 70 + rect.x + (pixel % rect.width)) * 4 + (i % 4)]!;
  });
  return { rect, halfs };
});

describe('assembleFrame', () => {
  it('puts tiles back in any order', () => {
    assert.deepEqual(assembleFrame({ width: 70, height: 45, tiles: [...tiles].reverse() }).halfs, frame);
  });

  it('names what is missing, twice or outside', () => {
    assert.throws(
      () => assembleFrame({ width: 70, height: 45, tiles: tiles.slice(0, -1) }),
      /first without one: 64,32.*expected 3150, found 3072/,
    );
    assert.throws(
      () => assembleFrame({ width: 70, height: 45, tiles: [...tiles, tiles[1]!] }),
      /tiles over row 0 from column 32: expected 1, found 2/,
    );
    assert.throws(() => assembleFrame({ width: 69, height: 45, tiles }), /tile inside the frame/);
    assert.throws(
      () => assembleFrame({ width: 70, height: 45, tiles: [{ ...tiles[0]!, halfs: new Uint16Array(3) }] }),
      /half floats of the tile at 0,0/,
    );
  });

  it('leaves what is not rendered yet empty where it may', () => {
    const { halfs } = assembleFrame({ width: 70, height: 45, tiles: [tiles[0]!], missing: 'leave-empty' });
    assert.deepEqual(halfs.slice(0, 32 * 4), frame.slice(0, 32 * 4));
    assert.ok(halfs.slice(32 * 4, 70 * 4).every((half) => half === 0));
  });
});
