import assert from 'node:assert/strict';
import { createLeaseTasks } from '../../party/leaseTasks.js';
import type { Engine, RenderRequest } from '../../renderer/Engine.js';
import { EngineFailedError, createSteadyEngine } from '../../party/createSteadyEngine.js';
import { bytes32, leaseId } from '../support/leaseFixtures.js';

const request = (name: string, signal?: AbortSignal): RenderRequest =>
  ({
    items: new Uint32Array(4),
    settings: { name },
    ...(signal === undefined ? {} : { signal }),
  }) as unknown as RenderRequest;

/** An engine that says what it renders, takes a moment, and fails when told. */
function fakeEngine(order: string[], failing: Set<string>): Engine {
  return {
    kind: 'wasm',
    kernelHash: bytes32('0e'),
    async render({ settings, signal }) {
      const { name } = settings as unknown as { name: string };
      order.push(name);
      await new Promise((resolve) => setTimeout(resolve, 5));
      signal?.throwIfAborted();
      if (failing.delete(name)) throw new Error('thread gone');
      return { sums: new Float32Array(4), rays: 10, cpuMs: 2 };
    },
    async close() {
      order.push('closed');
    },
  };
}

describe('an engine that is kept steady', () => {
  it('renders one thing at a time, the most urgent first, and adds up', async () => {
    const order: string[] = [];
    const engine = await createSteadyEngine({ create: async () => fakeEngine(order, new Set()) });
    let computeMs = 0;
    await Promise.all([
      engine
        .at({ deadlineAtSeconds: 5 }, (ms) => {
          computeMs += ms;
        })
        .render(request('first')),
      engine.at({ deadlineAtSeconds: 9 }).render(request('last')),
      engine.at({ deadlineAtSeconds: 2 }).render(request('second')),
      engine.at({ deadlineAtSeconds: 2 }).render(request('third')),
    ]);
    assert.deepEqual(order, ['first', 'second', 'third', 'last']);
    assert.equal(engine.totals.renders, 4);
    assert.equal(engine.totals.rays, 40);
    assert.ok(computeMs > 0 && computeMs < engine.totals.computeMs);
    await engine.close();
  });

  it('fails what rendered when it died with one clear error, and serves the next with a fresh engine', async () => {
    const order: string[] = [];
    let made = 0;
    const failing = new Set(['dies']);
    const engine = await createSteadyEngine({
      create: async () => {
        made++;
        return fakeEngine(order, failing);
      },
    });
    const settled = await Promise.allSettled([
      engine.at({ deadlineAtSeconds: 1 }).render(request('dies')),
      engine.at({ deadlineAtSeconds: 2 }).render(request('next')),
    ]);
    assert.ok(
      settled[0].status === 'rejected' &&
        settled[0].reason instanceof EngineFailedError &&
        settled[0].reason.message.includes('thread gone'),
    );
    assert.equal(settled[1].status, 'fulfilled');
    assert.deepEqual(order, ['dies', 'closed', 'next']);
    assert.equal(made, 2);
    assert.equal(engine.totals.restarts, 1);
    await engine.close();
  });

  it('keeps the engine when a render is aborted, and renders nothing once it is closed', async () => {
    const order: string[] = [];
    const engine = await createSteadyEngine({ create: async () => fakeEngine(order, new Set()) });
    const stopping = new AbortController();
    const aborted = engine.at({ deadlineAtSeconds: 1 }).render(request('aborted', stopping.signal));
    await new Promise((resolve) => setTimeout(resolve, 1));
    stopping.abort(new Error('enough'));
    await assert.rejects(aborted, /enough/);
    await engine.at({ deadlineAtSeconds: 1 }).render(request('after'));
    await engine.close();
    await assert.rejects(engine.at({ deadlineAtSeconds: 1 }).render(request('closed')), /closed/);
    assert.deepEqual(order, ['aborted', 'after', 'closed']);
  });
});

describe('the tasks of leases', () => {
  const msLeft = (): undefined => undefined;

  it('run one at a time per lease, and the next waits for the block of the last', async () => {
    const tasks = createLeaseTasks({ nowMs: () => 0, random: () => 0, blockNumber: () => 5 });
    let finish: (block: number | undefined) => void = () => undefined;
    const running = tasks.run(
      leaseId(1),
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
      { msLeft, onError: () => assert.fail('no error') },
    );
    assert.equal(tasks.isReady(leaseId(1), { blockNumber: 5, ms: 0 }), false);
    assert.equal(tasks.isReady(leaseId(2), { blockNumber: 5, ms: 0 }), true);
    finish(7);
    await running;
    assert.equal(tasks.isReady(leaseId(1), { blockNumber: 6, ms: 0 }), false);
    assert.equal(tasks.isReady(leaseId(1), { blockNumber: 7, ms: 0 }), true);
  });

  it('are settled once the blocks of all that was done, and perhaps of what failed, were read', async () => {
    const tasks = createLeaseTasks({ nowMs: () => 0, random: () => 0, blockNumber: () => 5 });
    const run = (id: number, task: () => Promise<number | undefined>) =>
      tasks.run(leaseId(id), task, { msLeft, onError: () => undefined });
    await run(1, async () => undefined);
    assert.equal(tasks.isSettled(5), true);
    const waiting = run(2, async () => {
      throw new Error('no answer');
    });
    assert.equal(tasks.isSettled(1_000), false);
    await waiting;
    assert.deepEqual([5, 6].map(tasks.isSettled), [false, true]);
    await run(1, async () => 9);
    await run(3, async () => 8);
    tasks.forget(leaseId(3));
    assert.deepEqual([8, 9].map(tasks.isSettled), [false, true]);
    tasks.rollBack(7);
    assert.deepEqual([7, 8].map(tasks.isSettled), [false, true]);
    const isReady = (blockNumber: number) => tasks.isReady(leaseId(1), { blockNumber, ms: 0 });
    assert.deepEqual([7, 8].map(isReady), [false, true]);
  });

  it('pause longer with every failure, and not at all after a success', async () => {
    let ms = 0;
    const tasks = createLeaseTasks({ nowMs: () => ms, random: () => 0, blockNumber: () => 5 });
    const pauses: number[] = [];
    for (let i = 0; i < 8; i++)
      await tasks.run(
        leaseId(1),
        async () => {
          throw new Error('no');
        },
        { msLeft, onError: (_error, retryInMs) => pauses.push(retryInMs) },
      );
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
    assert.equal(tasks.isReady(leaseId(1), { blockNumber: 0, ms: 14_999 }), false);
    ms = 15_000;
    assert.equal(tasks.isReady(leaseId(1), { blockNumber: 0, ms }), true);
    await tasks.run(leaseId(1), async () => undefined, { msLeft, onError: () => undefined });
    await tasks.run(
      leaseId(1),
      async () => {
        throw new Error('no');
      },
      { msLeft, onError: (_error, retryInMs) => pauses.push(retryInMs) },
    );
    assert.equal(pauses.at(-1), 500);
  });

  it('sleep through no deadline: a pause takes a quarter of the time left, and the usual one after it', async () => {
    let ms = 0;
    const tasks = createLeaseTasks({ nowMs: () => ms, random: () => 0, blockNumber: () => 5 });
    const attemptsMs: number[] = [];
    while (ms <= 32_000)
      await tasks.run(
        leaseId(1),
        async () => {
          attemptsMs.push(ms);
          throw new Error('no');
        },
        { msLeft: () => 16_000 - ms, onError: (_error, retryInMs) => (ms += retryInMs) },
      );
    const pausesMs = attemptsMs.slice(1).map((at, i) => at - attemptsMs[i]!);
    assert.deepEqual(pausesMs.slice(0, 5), [500, 1000, 2000, 3125, 2343]);
    const last = attemptsMs.findLast((at) => at <= 16_000)!;
    assert.ok(last > 15_500, `the last attempt in time was at ${last} ms`);
    assert.equal(pausesMs.at(-1), 15_000);
  });
});
