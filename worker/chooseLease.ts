import type { Address, Wei } from '../protocol/ids.js';
import { type Geometry, tilesPerFrame } from '../protocol/geometry.js';
import { type LedgerJob, takeableMask } from '../protocol/ledger.js';
import { type LeaseTimes, leaseTimesOf } from '../protocol/leaseTimes.js';
import { WORD_CHUNKS, chunksOfMask, maskOfChunks } from '../protocol/masks.js';
import type { PolicyNumbers } from '../protocol/policy.js';
import { neededStakeOf, payOf, priceLease } from '../protocol/pricing.js';
import { wordCount } from '../protocol/weights.js';

/** The part of the time to commit that a lease may fill, so that trouble on the way leaves room. */
const WINDOW_SHARE = 0.4;
/**
 * Milliseconds of every window that no rendering is planned into: a machine that is stopped, or a disk that is full, for
 * a minute costs no bond.
 */
const TROUBLE_MS = 90_000;
/** Milliseconds of rendering a lease aims at: it is all or nothing, so short ones lose less. */
const TARGET_MS = 12_000;
/** Chunks of the first lease, before the speed is known. */
const FIRST_CHUNKS = 4;

/** What a choice depends on besides the job. */
export interface LeaseChoice {
  job: Pick<
    LedgerJob,
    'chunkStates' | 'chunkCount' | 'barred' | 'unreservedWei' | 'pricePerUnitWei' | 'deadlineSeconds'
  >;
  geometry: Geometry;
  weights: Uint16Array;
  policy: PolicyNumbers;
  worker: Address;
  nowSeconds: number;
  /** Bonds that open leases lock, wei. */
  lockedWei: bigint;
  /** Most the worker can have staked: its stake and what it may still add, wei. */
  reachableStakeWei: bigint;
  /** Measured milliseconds per work unit; undefined before the first chunk. */
  msPerUnit: number | undefined;
  /** Milliseconds of rendering already taken on. */
  queuedMs: number;
  /** 0 to 1, exclusive; picks the frame. */
  random: number;
  /** Chunks at most, whatever else fits. */
  maxChunks: number;
  /** Chunks a coordinator suggests; only these are taken, as far as they can be. */
  suggested: { word: number; mask: bigint } | undefined;
}

/** Chunks to take together. */
export interface ChosenLease {
  word: number;
  mask: bigint;
  /** Stake the worker must have to take them. */
  neededStakeWei: Wei;
}

/**
 * Chooses the chunks of one lease: chunks of one frame, where that is possible, because they share the prepared scene;
 * as many as time, money, stake and policy allow. Undefined when there is nothing this worker can take.
 */
export function chooseLease(choice: LeaseChoice): ChosenLease | undefined {
  const groups = choice.suggested === undefined ? framesToTake(choice) : [takeable(choice, choice.suggested)];
  const group = groups[Math.floor(choice.random * groups.length)];
  if (group === undefined) return undefined;

  // Grow the lease chunk by chunk until something does not fit any more.
  let chosen: ChosenLease | undefined;
  let units = 0;
  for (const [i, chunkIndex] of group.entries()) {
    units += choice.weights[chunkIndex] as number;
    const chunks = i + 1;
    const payWei = payOf({ units, pricePerUnitWei: choice.job.pricePerUnitWei });
    const lease = {
      units,
      chunks,
      reservedWei: priceLease({ policy: choice.policy, payWei }).reservedWei,
      neededStakeWei: neededStakeOf({ policy: choice.policy, payWei, chunks, lockedWei: choice.lockedWei }),
      times: leaseTimesOf({ policy: choice.policy, units }),
    };
    if (!fits(choice, lease)) break;
    chosen = { ...maskOfChunks(group.slice(0, chunks)), neededStakeWei: lease.neededStakeWei };
  }
  return chosen;
}

/** Most chunks worth asking a coordinator for. */
export function chunksWorthTaking(choice: Pick<LeaseChoice, 'msPerUnit' | 'policy'>): number {
  const chunks = choice.msPerUnit === undefined ? FIRST_CHUNKS : Math.max(1, Math.floor(TARGET_MS / choice.msPerUnit));
  return Math.min(chunks, choice.policy.maxChunksPerLease);
}

function fits(
  choice: LeaseChoice,
  lease: { units: number; chunks: number; reservedWei: Wei; neededStakeWei: Wei; times: LeaseTimes },
): boolean {
  const { policy, job } = choice;
  const { units, chunks, times } = lease;
  if (chunks > Math.min(choice.maxChunks, policy.maxChunksPerLease) || units > policy.maxUnitsPerLease) return false;
  if (lease.reservedWei > job.unreservedWei || lease.neededStakeWei > choice.reachableStakeWei) return false;
  // Two seconds of slack: the transaction is mined in a later block than the one the time is from.
  if (choice.nowSeconds + 2 + times.longestPathSeconds > job.deadlineSeconds) return false;
  if (choice.msPerUnit === undefined) return chunks <= FIRST_CHUNKS;
  const renderMs = units * choice.msPerUnit;
  // A single chunk is taken even where it is slow, as long as it can be done in time.
  const usableMs = 1000 * times.commitWindowSeconds - troubleMs(policy);
  if (chunks === 1) return choice.queuedMs + renderMs < 0.9 * usableMs;
  return renderMs <= TARGET_MS && choice.queuedMs + renderMs <= WINDOW_SHARE * usableMs;
}

/** What is kept free for trouble: of short windows no more than half of the part that does not grow with the work. */
function troubleMs(policy: PolicyNumbers): number {
  return Math.min(TROUBLE_MS, 500 * policy.leaseSeconds);
}

/** Groups of takeable chunks, each of one frame and one word. */
function framesToTake(choice: LeaseChoice): number[][] {
  const perFrame = tilesPerFrame(choice.geometry);
  const groups = new Map<string, number[]>();
  for (let word = 0; word < wordCount(choice.job.chunkCount); word++) {
    for (const chunkIndex of chunksOfMask(word, takeableMask(choice.job, word, choice.worker))) {
      const key = `${Math.floor(chunkIndex / perFrame)}/${Math.floor(chunkIndex / WORD_CHUNKS)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [chunkIndex]);
      else group.push(chunkIndex);
    }
  }
  return [...groups.values()];
}

/** The suggested chunks that can still be taken, or none. */
function takeable(choice: LeaseChoice, suggested: { word: number; mask: bigint }): number[] {
  return chunksOfMask(suggested.word, suggested.mask & takeableMask(choice.job, suggested.word, choice.worker));
}
