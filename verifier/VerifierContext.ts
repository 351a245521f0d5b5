import type { Logger } from 'pino';
import type { Bytes32 } from '../protocol/ids.js';
import type { ChainPort, ObjectStore } from '../protocol/ports.js';
import type { SteadyEngine } from '../party/createSteadyEngine.js';
import type { JobCache } from '../party/createJobCache.js';
import type { Measurements } from './measurements.js';

/** What the effects of a verifier work with. */
export interface VerifierContext {
  chain: ChainPort;
  store: ObjectStore;
  engine: SteadyEngine;
  measurements: Measurements;
  /** The verifier's private key, which seal secrets come from. */
  key: Bytes32;
  jobs: JobCache;
  log: Logger;
}
