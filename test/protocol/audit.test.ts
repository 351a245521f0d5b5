import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { compareSums } from '../../protocol/audit/compareSums.js';
import { encodeFinding, parseFinding, type Finding } from '../../protocol/audit/finding.js';
import { median, medianRadiance, relativeError, signedRelativeError } from '../../protocol/audit/relativeError.js';
import { rule, ruleReveals, verdictOfTest } from '../../protocol/audit/rule.js';
import { ACROSS_DEVICES, type Tolerance, toleranceOf } from '../../protocol/audit/tolerances.js';
import { drawAudit } from '../../protocol/draw.js';
import { LEAF_FLOATS, chunkRect } from '../../protocol/geometry.js';
import { rawCidOfDigest } from '../../protocol/ids.js';
import { canonicalizeSums, decodeChunkOpening, encodeChunkOpening } from '../../protocol/opening.js';
import { address, bytes32, jobId, leaseId } from '../support/leaseFixtures.js';
import { propertyParameters } from '../support/propertySeed.js';

const ACROSS = ACROSS_DEVICES;
const GEOMETRY = { width: 256, height: 256, tileSize: 256, firstFrame: 0, frameCount: 1, samples: 16, batches: 8 };
const [draw] = drawAudit({ seed: bytes32('17'), rects: [chunkRect(GEOMETRY, 0)], batches: 8 });

/** Compares leaves of constant radiance with values that `worker` changes, pixel by pixel in draw order. */
function compared(worker: (value: number, pixel: number, leaf: number) => number, tolerance: Tolerance) {
  const values = new Float32Array(4 * 64 * 64).fill(2);
  let pixel = 0;
  const opened = draw!.leaves.map((leaf, leafNumber) => {
    const sums = new Float32Array(LEAF_FLOATS).fill(2);
    for (const place of leaf.pixels) {
      const changed = worker(2, pixel++, leafNumber);
      for (let channel = 0; channel < 3; channel++) sums[4 * place + channel] = changed;
    }
    return { leafIndex: leaf.leafIndex, salt: new Uint8Array(32), sums, path: [] };
  });
  return Object.fromEntries(
    compareSums({ draw: draw!, samples: 16, batches: 8, opened, values, tolerance }).map((test) => [
      test.test,
      test.verdict,
    ]),
  );
}

describe('the tests of an audit', () => {
  it('the relative error is the difference over the larger norm and one percent of the median radiance', () => {
    const pixel = { worker: [1, 4, 2, 8], verifier: [1, 3, 2, 8], samples: 8 };
    // Median radiance 0.5 per sample: 1 / (4 + 0.01 x 0.5 x 8).
    assert.equal(relativeError(pixel, 0.5), 1 / 4.04);
    assert.equal(signedRelativeError({ ...pixel, worker: pixel.verifier, verifier: pixel.worker }, 0.5), -1 / 4.04);
    assert.equal(relativeError({ worker: [0, 0, 0, 0], verifier: [0, 0, 0, 0], samples: 8 }, 0), 0, '0 / 0 = 0');
    assert.equal(relativeError({ worker: [Number.NaN, 0, 0, 0], verifier: [0, 0, 0, 0], samples: 8 }, 0), Infinity);
    assert.equal(
      relativeError({ worker: [1, 1, 1, 8], verifier: [1, 1, 1, 4], samples: 8 }, 1),
      0.5,
      'coverage as a part of the samples',
    );
    assert.equal(
      medianRadiance([
        { verifier: [8, 0, 0, 0], samples: 8 },
        { verifier: [0, 0, 4, 0], samples: 2 },
        { verifier: [0, 3, 0, 0], samples: 1 },
      ]),
      2,
    );
    assert.equal(median([3, 1]), 2);
  });

  it('between equal devices a single bit convicts', () => {
    const exact = toleranceOf('wasm', 'wasm')!;
    assert.deepEqual(
      compared((value) => value, exact),
      { T1: 'pass', T2: 'pass', T3: 'pass' },
    );
    assert.deepEqual(
      compared((value, pixel) => (pixel === 77 ? 2.0000002 : value), exact),
      { T1: 'convict', T2: 'convict', T3: 'pass' },
    );
  });

  it('across devices T1 passes 41 pixels of 4,096, voids 82 and convicts 83', () => {
    const off = (count: number) =>
      compared((value, pixel) => (pixel % 49 === 0 && pixel / 49 < count ? 3 : value), ACROSS)['T1'];
    assert.equal(off(41), 'pass');
    assert.equal(off(42), 'void');
    assert.equal(off(82), 'void');
    assert.equal(off(83), 'convict');
  });

  it('across devices T2 passes 16 pixels of a leaf, voids 32 and convicts 33', () => {
    const off = (count: number) =>
      compared((value, pixel, leaf) => (leaf === 5 && pixel % 64 < count ? 3 : value), ACROSS)['T2'];
    assert.equal(off(16), 'pass');
    assert.equal(off(17), 'void');
    assert.equal(off(32), 'void');
    assert.equal(off(33), 'convict');
  });

  it('across devices T3 finds a common factor far below the error of a pixel', () => {
    const scaled = (factor: number) => compared((value) => Math.fround(value * factor), ACROSS);
    assert.deepEqual(scaled(1.00005), { T1: 'pass', T2: 'pass', T3: 'pass' });
    assert.deepEqual(scaled(1.00015), { T1: 'pass', T2: 'pass', T3: 'void' });
    assert.deepEqual(scaled(0.9995), { T1: 'pass', T2: 'pass', T3: 'convict' });
  });

  it('there is no tolerance for a device class that nobody measured', () => {
    assert.deepEqual(toleranceOf('wasm', 'wasm'), { kind: 'exact' });
    for (const unknown of ['abacus', 'gpu', '', '__proto__', 'constructor'])
      assert.equal(toleranceOf(unknown, 'wasm'), undefined);
  });

  it('the most severe test rules, ruled anew from what was measured', () => {
    const test = (measured: number, rule: 'zones' | 'exact' | 'blameless') => ({
      test: 'T1' as const,
      chunkIndex: 0,
      rule,
      measured,
      threshold: 1,
      verdict: 'pass' as const,
      detail: '',
      maskedPixels: 0,
    });
    assert.equal(verdictOfTest(test(1, 'exact')), 'pass');
    assert.equal(rule({ tests: [test(0, 'zones'), test(2, 'zones')] }), 'void');
    assert.equal(rule({ tests: [test(2.1, 'zones'), test(9, 'blameless')] }), 'convict');
    assert.equal(rule({ tests: [test(9, 'blameless')] }), 'void');
    assert.equal(rule({ tests: [] }), 'void', 'nothing was checked');
  });

  it('pass and convict need every reveal, and as many as the policy asks for', () => {
    assert.equal(ruleReveals(['pass', 'pass'], 2), 'pass');
    assert.equal(ruleReveals(['convict', 'convict'], 2), 'convict');
    assert.equal(ruleReveals(['pass', 'convict'], 2), 'void');
    assert.equal(ruleReveals(['pass'], 2), 'void');
    assert.equal(ruleReveals(['void', 'void'], 2), 'void');
  });

  it('a finding and an opening survive a round trip', () => {
    const finding: Finding = {
      protocolVersion: 1,
      leaseId: leaseId(3),
      jobId: jobId('01'),
      verifier: address('02'),
      verdict: 'pass',
      valuesHash: bytes32('03'),
      evidence: rawCidOfDigest(bytes32('04')),
      tests: [
        {
          test: 'T3',
          chunkIndex: null,
          rule: 'zones',
          measured: 1e-7,
          threshold: 1e-4,
          verdict: 'pass',
          detail: 'x',
          maskedPixels: 0,
        },
      ],
    };
    assert.deepEqual(parseFinding(encodeFinding(finding).bytes), finding);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 11 }),
        fc.nat(1000),
        (count, pathLength, chunkIndex) => {
          const leaves = Array.from({ length: count }, (_, i) => ({
            leafIndex: i * 3,
            salt: new Uint8Array(32).fill(i),
            sums: new Float32Array(LEAF_FLOATS).fill(i / 3),
            path: Array.from({ length: pathLength }, (_, k) => bytes32(`0${k % 10}`)),
          }));
          assert.deepEqual(decodeChunkOpening(encodeChunkOpening({ chunkIndex, leaves })), { chunkIndex, leaves });
        },
      ),
      propertyParameters(30),
    );
    assert.throws(() => decodeChunkOpening(new Uint8Array(13)), /RCO1/);
  });

  it('sums become canonical: no -0, and never NaN or an infinity', () => {
    assert.ok(Object.is(canonicalizeSums(Float32Array.of(-0, 1))[0], 0));
    assert.throws(() => canonicalizeSums(Float32Array.of(Number.NaN)), /NaN/);
    assert.throws(() => canonicalizeSums(Float32Array.of(Infinity)), /Infinity/);
  });

  it('no number of a threshold stands anywhere but in the table of tolerances', async () => {
    for (const file of ['compareSums', 'compareRoot', 'compareWholeBlock', 'rule', 'relativeError']) {
      const source = await readFile(new URL(`../../protocol/audit/${file}.js`, import.meta.url), 'utf8');
      assert.doesNotMatch(source, /2e-3|1e-4|41|4096|0\.01/, file);
    }
  });
});
