import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../../protocol/events.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';
import { passphraseOf } from '../keys/passphraseOf.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseUnknownCheat } from '../options/refuseUnknownCheat.js';
import { readNetwork } from '../session/readNetwork.js';
import { nextTimeOfDay } from './nextTimeOfDay.js';
import type { PartyPlan } from './PartyPlan.js';
import { planStake } from './planStake.js';
import { runParty } from './runParty.js';

/** What `rushes worker` and `rushes verifier` both take. */
export interface PartyFlags {
  network: string;
  awaitNetwork?: boolean;
  key?: string;
  data?: string;
  threads?: number;
  /** Memory that each scene may take, bytes. */
  sceneMemory?: number;
  nice: number;
  cheat?: string;
  /** Wei. */
  maxStake?: bigint;
  until?: { hours: number; minutes: number };
  /** Minutes. */
  idle?: number;
}

/** Runs `rushes worker` or `rushes verifier` until it is asked to end. */
export async function partyCommand({
  role,
  context,
  ...flags
}: PartyFlags & { role: Role; context: CommandContext }): Promise<void> {
  const { env, signal } = context;
  const { cheat } = flags;
  const network = await readNetwork(flags.network, signal, { awaitFile: flags.awaitNetwork === true });
  refuseUnknownCheat(cheat);
  const plan: PartyPlan = {
    role,
    network,
    key: await readOrMakeKey(flags.key ?? join(env.home, 'keys', `${role}.key`), {
      passphrase: passphraseOf(context),
      isDaemons: true,
    }),
    dataDir: flags.data ?? join(env.home, role),
    threads: flags.threads ?? (role === 'worker' ? availableParallelism() : 1),
    sceneBytes: flags.sceneMemory,
    nice: flags.nice,
    cheat,
    stakeWei: undefined,
    maxStakeWei: flags.maxStake,
    untilMs: flags.until === undefined ? undefined : nextTimeOfDay(flags.until, Date.now()),
    idleMinutes: flags.idle,
    isWatched: false,
  };
  // A limit that the network's least stake is above would only show in the log.
  if (plan.maxStakeWei !== undefined) await planStake({ plan, signal });
  await runParty({ plan, context });
}
