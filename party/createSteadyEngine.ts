import { RushesError } from '../protocol/errors.js';
import type { Bytes32 } from '../protocol/ids.js';
import { type LedgerLease, deadlineOf } from '../protocol/ledger.js';
import type { Clock } from './Clock.js';
import { machineClock } from './machineClock.js';
import type { Engine, RenderRequest, RenderResult } from '../renderer/Engine.js';

/** The engine's threads died or failed while they rendered; a fresh engine serves the next render. */
export class EngineFailedError extends RushesError {
  constructor(options: { cause: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super({
      code: 'engine-failed',
      message: `the render engine failed: ${reason}`,
      facts: { reason },
      advice: 'It is started anew for the next attempt; if it fails again and again, check the memory of this machine.',
      cause: options.cause,
    });
  }
}

/** What a render is due for: the chain's second after which it is of no use. */
export interface Priority {
  deadlineAtSeconds: number;
}

/** Of what nothing on chain waits for; after everything that has a deadline. */
export const NO_DEADLINE: Priority = { deadlineAtSeconds: Number.POSITIVE_INFINITY };

/** When rendering for a lease is due: at the deadline of the state it is in. */
export function priorityOf(lease: LedgerLease): Priority {
  const deadlineAtSeconds = deadlineOf(lease);
  return deadlineAtSeconds === undefined ? NO_DEADLINE : { deadlineAtSeconds };
}

/** An engine that serves one render at a time, the earliest deadline first, and is replaced when it fails. */
export interface SteadyEngine {
  readonly kind: Engine['kind'];
  readonly kernelHash: Bytes32;
  /** Totals since the start. */
  readonly totals: Readonly<{ renders: number; computeMs: number; cpuMs: number; rays: number; restarts: number }>;
  /**
   * An Engine whose renders wait for their turn in a priority queue: the earlier deadline goes first, equal ones in order
   * of asking.
   * `onRendered` is told the wall time of each render without the waiting, in milliseconds.
   */
  at(priority: Priority, onRendered?: (computeMs: number) => void): Engine;
  close(): Promise<void>;
}

interface Waiting extends Priority {
  start(): void;
}

/** Starts the first engine; `create` is called again after a failure. */
export async function createSteadyEngine(options: {
  create: () => Promise<Engine>;
  clock?: Clock;
}): Promise<SteadyEngine> {
  const { clock = machineClock } = options;
  let engine: Engine | undefined = await options.create();
  const { kind, kernelHash } = engine;
  const totals = { renders: 0, computeMs: 0, cpuMs: 0, rays: 0, restarts: 0 };
  const queue: Waiting[] = [];
  let busy = false;
  let closed = false;

  /** Lets the waiting render with the earliest deadline go on. */
  function next(): void {
    if (busy || queue.length === 0) return;
    let first = 0;
    for (const [index, waiting] of queue.entries())
      if (waiting.deadlineAtSeconds < (queue[first] as Waiting).deadlineAtSeconds) first = index;
    busy = true;
    (queue.splice(first, 1)[0] as Waiting).start();
  }

  async function turn(priority: Priority): Promise<void> {
    await new Promise<void>((resolve) => {
      queue.push({ ...priority, start: resolve });
      next();
    });
  }

  async function render(
    request: RenderRequest,
    priority: Priority,
    onRendered?: (computeMs: number) => void,
  ): Promise<RenderResult> {
    await turn(priority);
    const startedAtMs = clock.nowMs();
    try {
      request.signal?.throwIfAborted();
      if (closed) throw new RushesError({ code: 'engine-closed', message: 'the render engine is closed' });
      if (engine === undefined) {
        engine = await options.create();
        totals.restarts++;
      }
      const result = await engine.render(request);
      totals.renders++;
      const computeMs = clock.nowMs() - startedAtMs;
      totals.computeMs += computeMs;
      onRendered?.(computeMs);
      totals.cpuMs += result.cpuMs;
      totals.rays += result.rays;
      return result;
    } catch (cause) {
      if (request.signal?.aborted === true || closed) throw cause;
      const failed = engine;
      engine = undefined;
      await failed?.close().catch(() => undefined);
      throw new EngineFailedError({ cause });
    } finally {
      busy = false;
      next();
    }
  }

  return {
    kind,
    kernelHash,
    totals,
    at: (priority, onRendered) => ({
      kind,
      kernelHash,
      render: (request) => render(request, priority, onRendered),
      close: async () => undefined,
    }),
    async close() {
      closed = true;
      const last = engine;
      engine = undefined;
      await last?.close();
    },
  };
}
