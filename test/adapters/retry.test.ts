import assert from 'node:assert/strict';
import { type FailedAttempt, retry } from '../../adapters/retry.js';

describe('retry', () => {
  const quick = { firstMs: 2, longestMs: 8, random: () => 0 };

  /** Something that fails a number of times before it succeeds, and what was told of each failure. */
  function failing(times: number) {
    const failures: FailedAttempt[] = [];
    let attempts = 0;
    return {
      failures,
      attempt: async () => {
        if (++attempts <= times) throw new Error(`no ${attempts}`);
        return attempts;
      },
      onFailure: (_error: unknown, failed: FailedAttempt) => void failures.push(failed),
    };
  }

  it('repeats with growing pauses until it succeeds', async () => {
    const { failures, ...rest } = failing(4);
    assert.equal(await retry({ ...quick, ...rest }), 5);
    assert.deepEqual(
      failures,
      [2, 4, 8, 8].map((pauseMs, i) => ({ attempts: i + 1, pauseMs, isLast: false })),
    );
  });

  it('ends with what the judge of a failure throws, at once', async () => {
    let attempts = 0;
    await assert.rejects(
      retry({
        ...quick,
        attempt: async () => {
          attempts++;
          throw new Error('refused');
        },
        onFailure: (error) => {
          throw new Error('judged', { cause: error });
        },
      }),
      /judged/,
    );
    assert.equal(attempts, 1);
  });

  it('makes as many attempts as it may, and throws what failed last', async () => {
    const { failures, ...rest } = failing(9);
    await assert.rejects(retry({ ...quick, ...rest, mostAttempts: 3 }), /no 3/);
    assert.deepEqual(
      failures.map(({ isLast }) => isLast),
      [false, false, true],
    );
  });

  it('starts no pause that ends after the deadline', async () => {
    const { failures, ...rest } = failing(9);
    await assert.rejects(retry({ firstMs: 3_600_000, longestMs: 3_600_000, ...rest, deadlineMs: 60_000 }), /no 1/);
    assert.equal(failures[0]?.isLast, true);
    const late = failing(9);
    await assert.rejects(retry({ ...quick, ...late, deadlineMs: 0 }), /no 1/);
  });

  it('rejects with the reason of the signal: before the first attempt, in an attempt, and in a pause of an hour', async () => {
    const hour = { firstMs: 3_600_000, longestMs: 3_600_000 };
    const before = failing(0);
    await assert.rejects(retry({ ...hour, ...before, signal: AbortSignal.abort(new Error('enough')) }), /enough/);

    const during = new AbortController();
    let judged = 0;
    await assert.rejects(
      retry({
        ...hour,
        attempt: async () => {
          during.abort(new Error('enough'));
          throw new Error('no');
        },
        onFailure: () => void judged++,
        signal: during.signal,
      }),
      /enough/,
    );
    assert.equal(judged, 0, 'an attempt that was broken off did not fail');

    const pausing = new AbortController();
    const { attempt } = failing(1);
    await assert.rejects(
      retry({
        ...hour,
        attempt,
        onFailure: () => void setImmediate(() => pausing.abort(new Error('enough'))),
        signal: pausing.signal,
      }),
      /enough/,
    );
  });
});
