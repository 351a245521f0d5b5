import type { Logger } from 'pino';
import type { Bytes32, LeaseId } from '../protocol/ids.js';
import type { ChainPort, ObjectStore } from '../protocol/ports.js';
import type { Clock } from '../party/Clock.js';
import type { SteadyEngine } from '../party/createSteadyEngine.js';
import type { ChunkTask } from '../renderer/renderChunk.js';
import type { JobCache } from '../party/createJobCache.js';
import type { Spool } from './spool.js';

/** Renders the leaves of a chunk; renderChunk, unless the worker cheats. */
export type RenderLeaves = (task: ChunkTask) => Promise<{ leaves: Float32Array; rays: number; cpuMs: number }>;

/** What the effects of a worker work with. */
export interface WorkerContext {
  chain: ChainPort;
  store: ObjectStore;
  engine: SteadyEngine;
  spool: Spool;
  /** The worker's private key, which lease secrets come from. */
  key: Bytes32;
  jobs: JobCache;
  /** Leases that are rendered and whose commitment is on its way: they leave room for the next. */
  rendered: Set<LeaseId>;
  renderLeaves: RenderLeaves;
  clock: Clock;
  log: Logger;
}
