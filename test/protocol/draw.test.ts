import assert from 'node:assert/strict';
import fc from 'fast-check';
import { u32 } from '../../protocol/bytes.js';
import {
  DRAWN_LEAVES,
  drawAudit,
  drawPixelBlock,
  drawLeaves,
  drawPixels,
  drawVerifiers,
  drawnMask,
  leavesToOpen,
} from '../../protocol/draw.js';
import { type Geometry, chunkCount, chunkRect, pixelsInBlock } from '../../protocol/geometry.js';
import { type Bytes32, bytes32Of, parseAddress } from '../../protocol/ids.js';
import { sha256 } from '../../protocol/sha256.js';
import { propertyParameters } from '../support/propertySeed.js';

const GEOMETRY: Geometry = {
  width: 400,
  height: 230,
  tileSize: 256,
  firstFrame: 0,
  frameCount: 2,
  samples: 16,
  batches: 8,
};
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes32Of(bytes));

function seedOf(i: number): Bytes32 {
  return bytes32Of(sha256(u32(i)));
}

/**
 * Chi-squared of counts against equal expectation, and the bound it stays under with probability 1 - 1e-6
 * (Wilson-Hilferty).
 */
function assertUniform(counts: number[], what: string): void {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  const bound = freedom * (1 - 2 / (9 * freedom) + 4.75 * Math.sqrt(2 / (9 * freedom))) ** 3;
  assert.ok(
    chiSquared < bound,
    `${what}: chi-squared ${chiSquared.toFixed(1)} over ${freedom} degrees is above ${bound.toFixed(1)}`,
  );
}

describe('draw', () => {
  it('leaves are drawn without replacement, inside the chunk, all of them when there are few', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.nat(chunkCount(GEOMETRY) - 1),
        fc.integer({ min: 1, max: 5000 }),
        (seed, chunkIndex, count) => {
          const rect = chunkRect(GEOMETRY, chunkIndex);
          const leaves = drawLeaves({ seed, rect, count });
          assert.equal(leaves.length, Math.min(count, rect.leafCount));
          assert.equal(new Set(leaves).size, leaves.length);
          assert.ok(leaves.every((leaf) => leaf >= 0 && leaf < rect.leafCount));
        },
      ),
      propertyParameters(40),
    );
  });

  it('pixels are drawn without replacement and only inside the frame', () => {
    fc.assert(
      fc.property(seeds, fc.nat(chunkCount(GEOMETRY) - 1), fc.nat(), (seed, chunkIndex, pick) => {
        const rect = chunkRect(GEOMETRY, chunkIndex);
        const leafIndex = pick % rect.leafCount;
        const pixels = drawPixels({ seed, rect, leafIndex, batches: GEOMETRY.batches });
        const inside = pixelsInBlock(rect, Math.floor(leafIndex / GEOMETRY.batches));
        assert.equal(pixels.length, Math.min(64, inside.length));
        assert.equal(new Set(pixels).size, pixels.length);
        assert.ok(pixels.every((pixel) => inside.includes(pixel)));
      }),
      propertyParameters(60),
    );
  });

  it('every leaf is as likely as any other', () => {
    const rect = chunkRect({ ...GEOMETRY, width: 64, height: 64, tileSize: 64 }, 0);
    const counts = new Array<number>(rect.leafCount).fill(0);
    for (let i = 0; i < 400; i++) for (const leaf of drawLeaves({ seed: seedOf(i), rect })) counts[leaf]!++;
    assertUniform(counts, 'leaves');
  });

  it('every pixel of a block is as likely as any other', () => {
    const rect = chunkRect(GEOMETRY, 0);
    const counts = new Array<number>(256).fill(0);
    for (let i = 0; i < 400; i++)
      for (const pixel of drawPixels({ seed: seedOf(i), rect, leafIndex: 9, batches: 8 })) counts[pixel]!++;
    assertUniform(counts, 'pixels');
  });

  it('every block of the drawn chunks is as likely as any other', () => {
    const rects = [0, 1].map((chunkIndex) =>
      chunkRect({ ...GEOMETRY, width: 96, height: 40, tileSize: 64 }, chunkIndex),
    );
    const counts = new Map<string, number>();
    for (const rect of rects)
      for (let block = 0; block < rect.blockCount; block++) counts.set(`${rect.chunkIndex}/${block}`, 0);
    for (let i = 0; i < 6000; i++) {
      const { chunkIndex, block } = drawPixelBlock({ seed: seedOf(i), rects });
      counts.set(`${chunkIndex}/${block}`, counts.get(`${chunkIndex}/${block}`)! + 1);
    }
    assertUniform([...counts.values()], 'blocks');
  });

  it('chunks are drawn each with probability 2^-shift, and never outside the mask', () => {
    fc.assert(
      fc.property(seeds, fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), fc.nat(6), (seed, mask, shift) => {
        const drawn = drawnMask({ seed, mask, shift });
        assert.equal(drawn & ~mask, 0n);
        if (shift === 0) assert.equal(drawn, mask);
      }),
      propertyParameters(100),
    );
    const counts = new Array<number>(256).fill(0);
    for (let i = 0; i < 2000; i++) {
      const drawn = drawnMask({ seed: seedOf(i), mask: (1n << 256n) - 1n, shift: 2 });
      for (let bit = 0; bit < 256; bit++) if ((drawn >> BigInt(bit)) & 1n) counts[bit]!++;
    }
    assertUniform(counts, 'chunks');
    const share = counts.reduce((sum, count) => sum + count, 0) / (2000 * 256);
    assert.ok(Math.abs(share - 0.25) < 0.005, `share ${share}`);
  });

  it('verifiers are drawn without replacement, in proportion to their stake', () => {
    const candidates = [1n, 2n, 3n, 4n].map((stakeWei, i) => ({
      address: parseAddress(`0x${String(i).repeat(40)}`),
      stakeWei,
    }));
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 5000; i++) {
      const drawn = drawVerifiers({ seed: seedOf(i), candidates, count: 2 });
      assert.equal(new Set(drawn).size, 2);
      counts[candidates.findIndex((candidate) => candidate.address === drawn[0])]!++;
    }
    assertUniform(
      counts.flatMap((count, i) => new Array<number>(i + 1).fill(count / (i + 1))),
      'verifiers by stake',
    );
    assert.equal(drawVerifiers({ seed: seedOf(1), candidates: candidates.slice(0, 1), count: 2 }).length, 1);
    assert.deepEqual(
      drawVerifiers({ seed: seedOf(1), candidates: [{ ...candidates[0]!, stakeWei: 0n }], count: 2 }),
      [],
    );
  });

  it('one whole block is opened in one of the drawn chunks, with all its batches', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draws = drawAudit({
          seed,
          rects: [3, 0, 2].map((chunkIndex) => chunkRect(GEOMETRY, chunkIndex)),
          batches: 8,
        });
        assert.deepEqual(
          draws.map((draw) => draw.rect.chunkIndex),
          [0, 2, 3],
        );
        assert.equal(draws.filter((draw) => draw.wholeBlock !== undefined).length, 1);
        for (const draw of draws) {
          const open = leavesToOpen(draw, 8);
          assert.deepEqual(
            open,
            [...new Set(open)].sort((a, b) => a - b),
          );
          assert.ok(draw.leaves.every((leaf) => open.includes(leaf.leafIndex)));
          assert.ok(open.length >= Math.min(DRAWN_LEAVES, draw.rect.leafCount) && open.length <= DRAWN_LEAVES + 8);
          if (draw.wholeBlock !== undefined)
            for (let batch = 0; batch < 8; batch++) assert.ok(open.includes(draw.wholeBlock * 8 + batch));
        }
      }),
      propertyParameters(20),
    );
    assert.deepEqual(drawAudit({ seed: seedOf(0), rects: [], batches: 8 }), []);
  });
});
