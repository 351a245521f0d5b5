import type { Wei } from '../protocol/ids.js';

/** Numbers a verifier is run with; every one has a default that needs no thought. */
export interface VerifierSettings {
  /** Stake to register with, wei; undefined takes the policy's least. */
  stakeWei: Wei | undefined;
  /** Milliseconds between reads of the chain's head. */
  pollMs: number;
  /** Milliseconds that fetching a job's documents and scene may take. */
  fetchMs: number;
}

export const VERIFIER_DEFAULTS: VerifierSettings = { stakeWei: undefined, pollMs: 250, fetchMs: 120_000 };
