import type { Role } from '../../protocol/events.js';
import type { Bytes32, Wei } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';

/** A worker or verifier to run, with everything that was left open decided. */
export interface PartyPlan {
  role: Role;
  network: NetworkDescription;
  key: Bytes32;
  /** Folder for its state, with one for each contract and account. */
  dataDir: string;
  threads: number;
  /** Memory that each scene may take, bytes; undefined for the usual. */
  sceneBytes: number | undefined;
  /** Priority from 0 (normal) to 19 (last). */
  nice: number;
  /** How a worker cheats; undefined: it does not. */
  cheat: 'half-samples' | undefined;
  /** Stake to register with, wei; undefined: what the role holds usual. */
  stakeWei: Wei | undefined;
  /** The most the account ever stakes in all, wei; undefined: no limit. */
  maxStakeWei: Wei | undefined;
  /** Unix milliseconds at which it ends; undefined: never. */
  untilMs: number | undefined;
  /** Minutes without an open lease after which it ends; undefined: never. */
  idleMinutes: number | undefined;
  /** Whether somebody looks on, who wants to see what it does rather than every decision. */
  isWatched: boolean;
}
