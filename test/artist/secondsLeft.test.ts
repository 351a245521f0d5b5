import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jobSecondsLeft, secondsLeft } from '../../artist/secondsLeft.js';
import { CHUNK_STATES, type ChunkState, type Ledger, type LedgerJob } from '../../protocol/ledger.js';
import { leaseId } from '../support/leaseFixtures.js';
import { propertyParameters } from '../support/propertySeed.js';
import { randomNumbers } from '../support/randomNumbers.js';

const STARTED_AT_SECONDS = 1000;

interface SimulatedJob {
  weights: Uint16Array;
  /** When each chunk is committed and paid, seconds after the start. */
  chunks: { committed: number; paid: number }[];
  wholeSeconds: number;
}

/**
 * Workers of different paces take chunks in order, each as soon as it is free; what a work unit takes differs from chunk
 * to chunk; each chunk is paid some time after its commitment.
 */
function simulate(options: { seed: number; weights: number[]; paces: number[]; auditSeconds: number }): SimulatedJob {
  const random = randomNumbers(options.seed);
  const freeAt = options.paces.map(() => 0);
  const chunks = options.weights.map((weight) => {
    const worker = freeAt.indexOf(Math.min(...freeAt));
    const took = (weight / options.paces[worker]!) * (0.75 + 0.5 * random());
    freeAt[worker]! += took;
    return { committed: freeAt[worker]!, paid: freeAt[worker]! + options.auditSeconds * (0.5 + random()) };
  });
  const wholeSeconds = chunks.reduce((last, { paid }) => Math.max(last, paid), 0);
  return { weights: Uint16Array.from(options.weights), chunks, wholeSeconds };
}

function leftAt({ weights, chunks }: SimulatedJob, seconds: number): number | undefined {
  const stateOf = ({ committed, paid }: SimulatedJob['chunks'][number]): ChunkState =>
    seconds >= paid ? 'paid' : seconds >= committed ? 'committed' : 'free';
  const chunkStates = Uint8Array.from(chunks.map((chunk) => CHUNK_STATES.indexOf(stateOf(chunk))));
  const job = { chunkStates, leaseIds: [leaseId(1)] } as unknown as LedgerJob;
  const ledger = { leases: new Map([[1, { takenAtSeconds: STARTED_AT_SECONDS }]]) } as unknown as Ledger;
  return jobSecondsLeft({ ledger, job, weights, nowSeconds: STARTED_AT_SECONDS + seconds });
}

describe('the time left that is shown', () => {
  it('is within a factor of two from a quarter of a simulated job on, however heavy its end, uneven its workers and late its audits', () => {
    const jobs = fc.record({
      seed: fc.nat(0xffff_ffff),
      // Frames get heavier, or lighter, by up to twenty times.
      growth: fc.double({ min: 0.05, max: 20, noNaN: true }),
      chunkCount: fc.integer({ min: 40, max: 600 }),
      paces: fc.array(fc.double({ min: 0.25, max: 4, noNaN: true }), { minLength: 1, maxLength: 5 }),
      auditShare: fc.double({ min: 0, max: 0.1, noNaN: true }),
    });
    let checked = 0;
    fc.assert(
      fc.property(jobs, ({ seed, growth, chunkCount, paces, auditShare }) => {
        const weights = Array.from({ length: chunkCount }, (_, chunk) =>
          Math.max(1, Math.round(20 * growth ** (chunk / chunkCount))),
        );
        const aloneSeconds = weights.reduce((a, b) => a + b, 0) / paces.reduce((a, b) => a + b, 0);
        const job = simulate({ seed, weights, paces, auditSeconds: aloneSeconds * auditShare });
        for (const share of [0.25, 0.5, 0.75, 0.9]) {
          const trueSeconds = job.wholeSeconds * (1 - share);
          const left = leftAt(job, job.wholeSeconds * share);
          // The last chunks of the slowest worker are no longer a flow.
          if (trueSeconds < (6 * Math.max(...weights)) / Math.min(...paces)) continue;
          checked++;
          assert.ok(
            left !== undefined && left <= 2 * trueSeconds && left >= trueSeconds / 2,
            `${left} s shown and ${trueSeconds} s true at ${share} of ${job.wholeSeconds} s`,
          );
        }
      }),
      propertyParameters(200),
    );
    assert.ok(checked > 200, `only ${checked} looks`);
  });

  it('could not be told so from chunks alone: weights are what tells a heavy end', () => {
    const weights = Array.from({ length: 100 }, (_, chunk) => (chunk < 50 ? 1 : 40));
    const job = simulate({ seed: 1, weights, paces: [1], auditSeconds: 0 });
    const share = 0.25;
    const trueSeconds = job.wholeSeconds * (1 - share);
    const left = leftAt(job, job.wholeSeconds * share)!;
    assert.ok(left <= 2 * trueSeconds && left >= trueSeconds / 2, `${left} of ${trueSeconds}`);
    const rendered = job.chunks.filter(({ committed }) => committed <= job.wholeSeconds * share).length;
    const naive = secondsLeft({
      ...{ total: 100, rendered, paid: rendered },
      ...{ startedAtSeconds: 0, nowSeconds: job.wholeSeconds * share },
    })!;
    assert.ok(naive < trueSeconds / 2, `${naive} of ${trueSeconds}`);
  });

  it('estimates the time left within a factor of two from a quarter on, however late audits come', () => {
    const lateSeconds = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 2000 }),
        fc.integer({ min: 1, max: 30 }),
        lateSeconds,
        (total, each, late) => {
          // Rendering goes on evenly; each chunk is paid `late` seconds after it was rendered.
          const wholeSeconds = total * each + late;
          for (const share of [0.25, 0.5, 0.75]) {
            const passedSeconds = Math.ceil(wholeSeconds * share);
            const doneAt = (nowSeconds: number): number => Math.max(0, Math.min(total, Math.floor(nowSeconds / each)));
            const left = secondsLeft({
              ...{ total, rendered: doneAt(passedSeconds), paid: doneAt(passedSeconds - late) },
              ...{ startedAtSeconds: 1000, nowSeconds: 1000 + passedSeconds },
            });
            const trueSeconds = wholeSeconds - passedSeconds;
            // Where the audit of one chunk is longer than half of the job, nothing is promised.
            if (late * 2 > total * each || trueSeconds < 4 * each) continue;
            assert.ok(
              left !== undefined && left <= 2 * trueSeconds && left >= trueSeconds / 2,
              `${left} of ${trueSeconds}`,
            );
          }
        },
      ),
      propertyParameters(200),
    );
    const begun = { total: 100, paid: 0, nowSeconds: 20 };
    assert.equal(secondsLeft({ ...begun, rendered: 0, startedAtSeconds: 10 }), undefined);
    assert.equal(secondsLeft({ ...begun, rendered: 50, startedAtSeconds: null }), undefined);
    assert.equal(secondsLeft({ total: 3, paid: 3, rendered: 3, startedAtSeconds: 1, nowSeconds: 9 }), 0);
  });
});
