import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Geometry, chunkCount } from '../../protocol/geometry.js';
import { leaseTimesOf } from '../../protocol/leaseTimes.js';
import { chunksOfMask } from '../../protocol/masks.js';
import { equalWeights } from '../../protocol/weights.js';
import { type LeaseChoice, chooseLease, chunksWorthTaking } from '../../worker/chooseLease.js';
import { POLICY, WORKER } from '../support/leaseFixtures.js';
import { propertyParameters } from '../support/propertySeed.js';

const TOKEN = 10n ** 18n;
const geometry: Geometry = {
  width: 256,
  height: 192,
  tileSize: 64,
  firstFrame: 0,
  frameCount: 40,
  samples: 16,
  batches: 8,
};
const total = chunkCount(geometry);

function choice(more: Partial<LeaseChoice> = {}, states = new Uint8Array(total)): LeaseChoice {
  return {
    job: {
      chunkStates: states,
      chunkCount: total,
      barred: new Map(),
      unreservedWei: 10_000n * TOKEN,
      pricePerUnitWei: TOKEN,
      deadlineSeconds: 1_000_000,
    },
    geometry,
    weights: equalWeights(total),
    policy: POLICY,
    worker: WORKER,
    nowSeconds: 1000,
    lockedWei: 0n,
    reachableStakeWei: 1000n * TOKEN,
    msPerUnit: 1000,
    queuedMs: 0,
    random: 0.5,
    suggested: undefined,
    maxChunks: 256,
    ...more,
  };
}

describe('choosing a lease', () => {
  it('takes chunks of one frame and one word that are free, as many as time allows', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.integer({ min: 50, max: 20_000 }),
        fc.uint8Array({ minLength: total, maxLength: total, max: 4 }),
        (random, msPerUnit, states) => {
          const chosen = chooseLease(choice({ random, msPerUnit }, states));
          if (chosen === undefined) return;
          const chunks = chunksOfMask(chosen.word, chosen.mask);
          assert.equal(new Set(chunks.map((chunk) => Math.floor(chunk / 12))).size, 1, 'one frame');
          assert.ok(
            chunks.every((chunk) => states[chunk] === 0 || states[chunk] === 4),
            'all takeable',
          );
          assert.ok(chunks.length === 1 || chunks.length * msPerUnit <= 12_000, 'within the time aimed at');
        },
      ),
      propertyParameters(200),
    );
  });

  it('takes few chunks before the speed is known', () => {
    assert.equal(chunksOfMask(0, chooseLease(choice({ msPerUnit: undefined, random: 0 }))!.mask).length, 4);
    assert.equal(chunksWorthTaking({ msPerUnit: undefined, policy: POLICY }), 4);
  });

  it('takes nothing it is barred from, nothing leased and nothing paid', () => {
    const states = new Uint8Array(total).fill(3);
    states[5] = 4;
    const bare = choice({}, states);
    assert.deepEqual(chunksOfMask(0, chooseLease(bare)!.mask), [5]);
    const barred = new Map([[WORKER, new Map([[0, 1n << 5n]])]]);
    assert.equal(chooseLease({ ...bare, job: { ...bare.job, barred } }), undefined);
  });

  it('takes only what the job can pay and the stake can cover', () => {
    // 12 chunks at one token with fees of at most 2 x 10 %: 1.2 tokens each.
    assert.equal(
      chunksOfMask(
        0,
        chooseLease(choice({ random: 0, msPerUnit: 1, job: { ...choice().job, unreservedWei: 3n * TOKEN } }))!.mask,
      ).length,
      2,
    );
    assert.equal(chooseLease(choice({ job: { ...choice().job, unreservedWei: TOKEN } })), undefined);
    assert.equal(chooseLease(choice({ reachableStakeWei: 99n * TOKEN })), undefined);
  });

  it('takes nothing that may end after the job, and nothing it cannot do in time', () => {
    assert.equal(chooseLease(choice({ job: { ...choice().job, deadlineSeconds: 1100 } })), undefined);
    assert.equal(chooseLease(choice({ queuedMs: 84_000 })), undefined);
    assert.equal(
      chooseLease(choice({ msPerUnit: 85_000 })),
      undefined,
      'one chunk takes longer than what 90 s of trouble leave of its window of 184 s',
    );
  });

  it('leaves a minute of every window for trouble, and half of the fixed part of a short one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 0, max: 300_000 }),
        fc.integer({ min: 5, max: 600 }),
        fc.integer({ min: 1, max: 60 }),
        (msPerUnit, queuedMs, leaseSeconds, weight) => {
          const policy = { ...POLICY, leaseSeconds };
          const weights = equalWeights(total, weight);
          const chosen = chooseLease(choice({ msPerUnit, queuedMs, policy, weights, random: 0 }));
          if (chosen === undefined) return;
          const units = weight * chunksOfMask(chosen.word, chosen.mask).length;
          const { commitWindowSeconds } = leaseTimesOf({ policy, units });
          const spareMs = 1000 * commitWindowSeconds - queuedMs - units * msPerUnit;
          assert.ok(spareMs >= Math.min(60_000, 500 * leaseSeconds), `${spareMs} ms are left`);
        },
      ),
      propertyParameters(500),
    );
  });

  it('takes no more than its share', () => {
    assert.equal(chunksOfMask(0, chooseLease(choice({ random: 0, msPerUnit: 1, maxChunks: 5 }))!.mask).length, 5);
  });

  it('takes what is suggested, as far as it is free', () => {
    const states = new Uint8Array(total);
    states[1] = 1;
    assert.deepEqual(
      chunksOfMask(0, chooseLease(choice({ suggested: { word: 0, mask: 0b1110n } }, states))!.mask),
      [2, 3],
    );
    assert.equal(chooseLease(choice({ suggested: { word: 0, mask: 0b10n } }, states)), undefined);
  });
});
