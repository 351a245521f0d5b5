import type { Logger } from 'pino';
import type { PartyStatus } from '../../party/partyStatus.js';
import { startVerifier } from '../../verifier/startVerifier.js';
import { startWorker } from '../../worker/startWorker.js';
import type { PartyPlan } from './PartyPlan.js';

/** A running worker or verifier. */
export interface RunningParty {
  status(): PartyStatus;
  statistics(): object;
  /** Begins nothing new and ends in order. */
  finish(): void;
  /** Stops within seconds; the next start goes on with what is open. */
  close(): Promise<void>;
  /** Settles when it has stopped; rejects with what made it impossible to go on. */
  closed: Promise<void>;
}

/** Starts the role of a plan. Rejects as startWorker and startVerifier do. */
export async function startRole({
  plan,
  cacheDir,
  signal,
  log,
}: {
  plan: PartyPlan;
  cacheDir: string;
  signal: AbortSignal;
  log: Logger;
}): Promise<RunningParty> {
  const { network, key, dataDir, threads } = plan;
  const common = { network, key, dataDir, threads, cacheDir, signal, log };
  const settings = {
    ...(plan.sceneBytes === undefined ? {} : { sceneBytes: plan.sceneBytes }),
    stakeWei: plan.stakeWei,
    maxStakeWei: plan.maxStakeWei,
  };
  if (plan.role === 'verifier') return startVerifier({ ...common, settings });
  return startWorker({
    ...common,
    settings,
    ...(network.coordinatorUrl === undefined ? {} : { coordinatorUrl: network.coordinatorUrl }),
    ...(plan.cheat === undefined ? {} : { cheat: plan.cheat }),
  });
}
