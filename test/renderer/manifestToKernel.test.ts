import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkCount, geometryOf } from '../../protocol/geometry.js';
import type { Manifest } from '../../protocol/manifest.js';
import { chunkWorkOf } from '../../renderer/chunkWorkOf.js';
import { frameViewOf } from '../../renderer/frameViewOf.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { propertyParameters } from '../support/propertySeed.js';
import { smallManifest } from '../support/smallJob.js';
import { bytes32 } from '../support/leaseFixtures.js';

/**
 * Where each field of a manifest reaches the kernel: in what it is told of a chunk, in how the scene is posed, in the
 * files that are fetched, or in what engine may render at all. A new field does not compile until it says so here.
 */
const REACHES: { [Field in keyof Manifest]: 'chunk' | 'pose' | 'files' | 'engine' } = {
  protocolVersion: 'engine',
  scene: 'files',
  environment: 'files',
  background: 'pose',
  camera: 'pose',
  clip: 'pose',
  frames: 'chunk',
  size: 'chunk',
  samples: 'chunk',
  batches: 'chunk',
  bounces: 'chunk',
  seed: 'chunk',
  tileSize: 'chunk',
  engine: 'engine',
  kernelHash: 'engine',
  channels: 'engine',
  contentEncoding: 'engine',
};

/** Another value for every field that a chunk or a pose is made from, and every part of it. */
const changes: fc.Arbitrary<Partial<Manifest>> = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }).map((seed) => ({ seed })),
  fc.integer({ min: 1, max: 64 }).map((bounces) => ({ bounces })),
  fc.integer({ min: 4, max: 65536 }).map((samples) => ({ samples })),
  fc.integer({ min: 1, max: 8 }).map((batches) => ({ batches })),
  fc.constantFrom(16, 48, 64, 256).map((tileSize) => ({ tileSize })),
  fc.integer({ min: 1, max: 4096 }).map((width) => ({ size: { width, height: 40 } })),
  fc.integer({ min: 1, max: 4096 }).map((height) => ({ size: { width: 48, height } })),
  fc.integer({ min: 1, max: 1000 }).map((first) => ({ frames: { first, last: first + 1, fps: 4 } })),
  fc.integer({ min: 1, max: 1000 }).map((fps) => ({ frames: { first: 0, last: 1, fps } })),
  fc
    .constantFrom<Manifest['background']>('environment', 'transparent', '#000000')
    .map((background) => ({ background })),
  fc.constantFrom(null, 'other').map((clip) => ({ clip })),
  fc.string().map((name) => ({ camera: { kind: 'node' as const, name } })),
);

describe('the way from a manifest to the kernel', () => {
  let manifest: Manifest;
  before(async () => {
    manifest = await smallManifest({ store: createMemoryStore(), kernelHash: bytes32('00') });
  });

  const told = (of: Manifest): string =>
    JSON.stringify([
      Array.from({ length: Math.min(64, chunkCount(geometryOf(of))) }, (_, chunk) => chunkWorkOf(of, chunk)),
      frameViewOf(of, of.frames.first),
    ]);

  it('tells the kernel something else whenever a field that changes pixels changes', () => {
    const seen = new Set<keyof Manifest>();
    fc.assert(
      fc.property(changes, (change) => {
        const changed = { ...manifest, ...change };
        for (const field of Object.keys(change) as (keyof Manifest)[]) seen.add(field);
        assert.equal(told(changed) === told(manifest), JSON.stringify(changed) === JSON.stringify(manifest));
      }),
      { ...propertyParameters(600) },
    );
    const expected = (Object.keys(REACHES) as (keyof Manifest)[]).filter((field) =>
      ['chunk', 'pose'].includes(REACHES[field]),
    );
    assert.deepEqual([...seen].sort(), expected.sort(), 'every such field was changed');
  });

  it('takes no field of a chunk from anywhere else', () => {
    const { settings, samples, batches, rect } = chunkWorkOf(manifest, 5);
    assert.deepEqual(settings, { seed: 11, bounces: 3, frame: 1, width: 48, height: 40 });
    assert.deepEqual({ samples, batches }, { samples: 8, batches: 4 });
    assert.deepEqual(
      { frame: rect.frame, x: rect.x, y: rect.y, width: rect.width, height: rect.height },
      {
        frame: 1,
        x: 32,
        y: 0,
        width: 16,
        height: 32,
      },
    );
  });
});
