import { RushesError } from '../protocol/errors.js';
import type { Bytes32 } from '../protocol/ids.js';
import type { Engine, RenderRequest, RenderResult } from '../renderer/Engine.js';

/** The engine's threads died or failed while they rendered; a fresh engine serves the next render. */
export class EngineFailedError extends RushesError {
  constructor(options: { cause: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super({
      code: 'engine-failed',
      message: `the render engine failed: ${reason}`,
      facts: { reason },
      advice:
        'It is started anew for the next attempt; if it fails again and again, check memory with `rushes doctor`.',
      cause: options.cause,
    });
  }
}

/** An engine that serves one render at a time, the most urgent first, and is replaced when it fails. */
export interface SteadyEngine {
  readonly kind: Engine['kind'];
  readonly kernelHash: Bytes32;
  /** Totals since the start. */
  readonly totals: Readonly<{ renders: number; computeMs: number; cpuMs: number; rays: number; restarts: number }>;
  /**
   * An Engine whose renders wait for their turn: a smaller urgency goes first, equal ones in order of asking.
   * `onRendered` is told the wall time of each render without the waiting, in milliseconds.
   */
  at(urgency: number, onRendered?: (computeMs: number) => void): Engine;
  close(): Promise<void>;
}

interface Waiting {
  urgency: number;
  start(): void;
}

/** Starts the first engine; `create` is called again after a failure. */
export async function createSteadyEngine(options: { create: () => Promise<Engine> }): Promise<SteadyEngine> {
  let engine: Engine | undefined = await options.create();
  const { kind, kernelHash } = engine;
  const totals = { renders: 0, computeMs: 0, cpuMs: 0, rays: 0, restarts: 0 };
  const queue: Waiting[] = [];
  let busy = false;
  let closed = false;

  /** Lets the most urgent waiting render go on. */
  function next(): void {
    if (busy || queue.length === 0) return;
    let first = 0;
    for (const [index, waiting] of queue.entries())
      if (waiting.urgency < (queue[first] as Waiting).urgency) first = index;
    busy = true;
    (queue.splice(first, 1)[0] as Waiting).start();
  }

  async function turn(urgency: number): Promise<void> {
    await new Promise<void>((resolve) => {
      queue.push({ urgency, start: resolve });
      next();
    });
  }

  async function render(
    request: RenderRequest,
    urgency: number,
    onRendered?: (computeMs: number) => void,
  ): Promise<RenderResult> {
    await turn(urgency);
    const startedMs = performance.now();
    try {
      request.signal?.throwIfAborted();
      if (closed) throw new RushesError({ code: 'engine-closed', message: 'the render engine is closed' });
      if (engine === undefined) {
        engine = await options.create();
        totals.restarts++;
      }
      const result = await engine.render(request);
      totals.renders++;
      const computeMs = performance.now() - startedMs;
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
    at: (urgency, onRendered) => ({
      kind,
      kernelHash,
      render: (request) => render(request, urgency, onRendered),
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
