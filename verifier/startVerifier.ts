import { type PartyOptions, startParty } from '../party/startParty.js';
import { openMeasurements } from './measurements.js';
import { type RunningVerifier, runVerifier } from './runVerifier.js';
import type { VerifierSettings } from './VerifierSettings.js';

/** How to run a verifier; measurements wait in its folder between seal and reveal. */
export interface VerifierOptions extends PartyOptions {
  settings?: Partial<VerifierSettings>;
}

/**
 * Starts a verifier with its render threads. Rejects when the chain is not the network's, or the folder cannot be
 * written.
 */
export async function startVerifier(options: VerifierOptions): Promise<RunningVerifier> {
  const { settings, ...party } = options;
  return startParty({
    party,
    open: (folder) => openMeasurements({ folder }),
    run: (ground, measurements) =>
      runVerifier({ ...ground, measurements, ...(settings === undefined ? {} : { settings }) }),
  });
}
