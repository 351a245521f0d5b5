import type { Wei } from '../protocol/ids.js';
import { DEFAULT_SCENE_BYTES } from '../renderer/scene/SceneBudget.js';

/** Numbers a worker is run with; every one has a default that needs no thought. */
export interface WorkerSettings {
  /** Leases taken and not committed at a time: one that renders and one that waits, so that rendering never does. */
  leasesToRender: number;
  /** Leases that have not ended, at most. */
  openLeases: number;
  /** Stake to register with, wei; undefined takes four times the policy's least, or all there is. */
  stakeWei: Wei | undefined;
  /** The most the account ever stakes in all, what it lost included, wei; undefined for no limit. */
  maxStakeWei: Wei | undefined;
  /** Milliseconds between reads of the chain's head. */
  pollMs: number;
  /** Milliseconds that fetching a job's documents and scene may take. */
  fetchMs: number;
  /** Memory that each scene may take, bytes. */
  sceneBytes: number;
}

export const WORKER_DEFAULTS: WorkerSettings = {
  leasesToRender: 2,
  openLeases: 12,
  stakeWei: undefined,
  maxStakeWei: undefined,
  pollMs: 250,
  fetchMs: 120_000,
  sceneBytes: DEFAULT_SCENE_BYTES,
};
