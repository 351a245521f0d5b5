import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { onAbort } from '../../adapters/onAbort.js';
import { pause } from '../../adapters/pause.js';

describe('onAbort', () => {
  it('calls everybody who still waits, once, over one listener', () => {
    const controller = new AbortController();
    const called: number[] = [];
    const stops = Array.from({ length: 40 }, (_, index) => onAbort(controller.signal, () => void called.push(index)));
    assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
    for (const [index, stop] of stops.entries()) if (index >= 3) stop();
    controller.abort();
    assert.deepEqual(called, [0, 1, 2]);
    for (const stop of stops) stop();
    controller.abort();
    assert.equal(called.length, 3);
  });

  it('calls at once whoever comes late, and nobody without a signal', () => {
    const called: string[] = [];
    onAbort(AbortSignal.abort(), () => void called.push('late'))();
    onAbort(undefined, () => void called.push('never'))();
    assert.deepEqual(called, ['late']);
  });

  it('tells two waits of one function apart', () => {
    const controller = new AbortController();
    let calls = 0;
    const end = (): void => void calls++;
    const stop = onAbort(controller.signal, end);
    onAbort(controller.signal, end);
    stop();
    controller.abort();
    assert.equal(calls, 1);
  });
});

describe('pause', () => {
  it('ends by itself, and with the reason of its signal, also of one that aborted before', async () => {
    await pause(1);
    const controller = new AbortController();
    await pause(1, controller.signal);
    const pausing = pause(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(pausing, /enough/);
    await assert.rejects(pause(60_000, controller.signal), /enough/);
  });
});
