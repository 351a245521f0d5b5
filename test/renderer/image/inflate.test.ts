import assert from 'node:assert/strict';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { inflate as inflateInNode } from '../../../renderer/image/inflate.js';
import { inflate as inflateInPage } from '../../../renderer/image/inflate.page.js';
import { propertyParameters } from '../../support/propertySeed.js';

/** What a stream unpacks to, or that it is refused. */
function outcome(inflate: typeof inflateInNode, packed: Uint8Array, maxBytes: number): Uint8Array | 'refused' {
  try {
    return new Uint8Array(inflate({ packed, maxBytes }));
  } catch {
    return 'refused';
  }
}

/** The outcome, which Node and a page must have in common. */
function agreed(packed: Uint8Array, maxBytes: number): Uint8Array | 'refused' {
  const there = outcome(inflateInPage, packed, maxBytes);
  assert.deepEqual(there, outcome(inflateInNode, packed, maxBytes));
  return there;
}

/** Bytes that deflate makes something of: runs and repeats beside noise. */
const raw = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
  .map((parts) =>
    Uint8Array.from(
      parts.flatMap(([part, times]) =>
        Array<number[]>(times)
          .fill([...part])
          .flat(),
      ),
    ),
  );
const level = fc.integer({ min: 0, max: 9 });

describe('inflate of a page', () => {
  it('unpacks what that of Node unpacks, up to the same length', () => {
    fc.assert(
      fc.property(raw, level, fc.integer({ min: -3, max: 3 }), (bytes, packedAt, room) => {
        const maxBytes = Math.max(1, bytes.length + room);
        const expected = bytes.length <= maxBytes ? bytes : 'refused';
        assert.deepEqual(agreed(deflateSync(bytes, { level: packedAt }), maxBytes), expected);
      }),
      propertyParameters(300),
    );
  });

  it('refuses what that of Node refuses: damaged, cut short, with a wrong checksum', () => {
    let refused = 0;
    fc.assert(
      fc.property(raw, level, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, packedAt, at, change) => {
        const packed = new Uint8Array(deflateSync(bytes, { level: packedAt }));
        assert.equal(agreed(packed.subarray(0, at % packed.length), bytes.length + 1), 'refused');
        const damaged = packed.slice();
        damaged[at % damaged.length]! ^= change;
        if (agreed(damaged, bytes.length + 1) === 'refused') refused++;
        const unsure = packed.slice();
        unsure[unsure.length - 1]! ^= change;
        assert.equal(agreed(unsure, bytes.length + 1), 'refused');
        assert.deepEqual(agreed(Uint8Array.of(...packed, 1, 2, 3), bytes.length + 1), bytes);
      }),
      propertyParameters(300),
    );
    assert.ok(refused > 0);
  });

  it('refuses gzip, and a stream that would fill the memory', () => {
    assert.equal(agreed(gzipSync(Uint8Array.of(1, 2, 3)), 3), 'refused');
    assert.equal(agreed(deflateSync(new Uint8Array(64 << 20)), 4096), 'refused');
  });
});
