import { createCoordinatorClient } from '../adapters/http/coordinatorClient.js';
import { type PartyOptions, startParty } from '../party/startParty.js';
import { BadInputError } from '../protocol/errors.js';
import { renderChunk } from '../renderer/renderChunk.js';
import { halfSamples } from './cheats/halfSamples.js';
import { type RunningWorker, runWorker } from './runWorker.js';
import { openSpool } from './spool.js';
import type { RenderLeaves } from './WorkerContext.js';
import type { WorkerSettings } from './WorkerSettings.js';

const CHEATS = { 'half-samples': halfSamples } satisfies Record<string, RenderLeaves>;

/** Name of a cheat a worker can be told to commit, on test money only. */
export type CheatName = keyof typeof CHEATS;

/** How to run a worker; leaves wait in its folder. */
export interface WorkerOptions extends PartyOptions {
  /** A coordinator to ask for suggestions; without one the worker picks by itself. */
  coordinatorUrl?: string;
  cheat?: CheatName;
  settings?: Partial<WorkerSettings>;
}

/**
 * Starts a worker with its render threads. Rejects when the chain is not the network's, the folder cannot be written,
 * or a cheat is asked for on real money.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { coordinatorUrl, cheat, settings, ...party } = options;
  const { network, log } = party;
  if (cheat !== undefined && !network.testMoney)
    throw new BadInputError({
      message: `network ${network.name} uses real money: no worker cheats there`,
      advice: 'Leave the cheat out.',
    });
  if (cheat !== undefined) log.warn({ cheat }, 'this worker cheats, to show that it is caught');
  return startParty({
    party,
    open: (folder) => openSpool({ folder }),
    run: (ground, spool) =>
      runWorker({
        ...ground,
        spool,
        suggestions: coordinatorUrl === undefined ? undefined : createCoordinatorClient({ url: coordinatorUrl }),
        renderLeaves: cheat === undefined ? renderChunk : CHEATS[cheat],
        ...(settings === undefined ? {} : { settings }),
      }),
  });
}
