import type { Wei } from '../protocol/ids.js';
import { DEFAULT_SCENE_BYTES } from '../renderer/scene/SceneBudget.js';

/** Numbers a verifier is run with; every one has a default that needs no thought. */
export interface VerifierSettings {
  /** Stake to register with, wei; undefined takes the policy's least. */
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

export const VERIFIER_DEFAULTS: VerifierSettings = {
  stakeWei: undefined,
  maxStakeWei: undefined,
  pollMs: 250,
  fetchMs: 120_000,
  sceneBytes: DEFAULT_SCENE_BYTES,
};
