import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import { pause } from '../../adapters/pause.js';
import type { Following } from '../followChain.js';
import type { Kubo } from '../gateway/connectKubo.js';
import type { ChainState } from '../store/ChainState.js';
import { lookAfter } from '../lookAfter.js';
import { claimRound, wantCollection } from './garbageRounds.js';
import { readLines } from './readPins.js';
import { releasePins, takeBackNamed } from './releasePins.js';

const SAY_MS = 30_000;
/** A collection waits so long at most for a moment in which nobody stores anything. */
const QUIET_MS = 600_000;

/**
 * Looks after a node that keeps this network's things alone, until the signal aborts: lets go of what nothing names any
 * more, and has the node free what nothing pins.
 */
export async function collectGarbage(options: {
  following: Following;
  kubo: Kubo;
  nowSeconds: () => number;
  keepSeconds: number;
  /** Milliseconds between looks whether something is due. */
  lookMs: number;
  signal: AbortSignal;
  log: Logger;
}): Promise<void> {
  const { following, kubo, nowSeconds, keepSeconds, lookMs, signal, log } = options;
  await lookAfter({
    ...{ following, lookMs, signal, log },
    failed: 'garbage was not collected',
    look: async ({ database: { db }, state }) =>
      doRound({ db, state, kubo, nowSeconds: nowSeconds(), keepSeconds, signal, log }),
  });
}

async function doRound(of: {
  db: Kysely<DatabaseSchema>;
  state: ChainState;
  kubo: Kubo;
  nowSeconds: number;
  keepSeconds: number;
  signal: AbortSignal;
  log: Logger;
}): Promise<void> {
  const { db, kubo, nowSeconds, signal, log } = of;
  const round = await claimRound(db, nowSeconds);
  if (round === 'release') {
    const pins = await releasePins(of);
    if (pins === 0) return;
    await wantCollection(db);
    log.info({ pins }, 'unpinned what no order or lease names any more');
  }
  if (round !== 'collect') return;
  try {
    await takeBackNamed(of);
    await waitForQuiet(db, nowSeconds, signal);
    await freeSpace(kubo, signal, log);
  } catch (error) {
    await wantCollection(db);
    throw error;
  }
}

/**
 * Has the node remove what nothing pins. The endpoint that comes with Rushes leaves what is being stored alone; Kubo
 * removes it, so that a moment is chosen in which nothing comes, and an upload that begins just then may fail, and is
 * sent again.
 */
async function freeSpace(kubo: Kubo, signal: AbortSignal, log: Logger): Promise<void> {
  const startedAtMs = performance.now();
  let saidAtMs = startedAtMs;
  let blocks = 0;
  for await (const line of readLines(kubo, 'repo/gc', new URLSearchParams(), signal)) {
    const { Error: problem } = line as { Error?: string };
    if (problem !== undefined && problem !== '') throw new Error(`the IPFS node: ${problem}`);
    blocks++;
    if (performance.now() - saidAtMs < SAY_MS) continue;
    saidAtMs = performance.now();
    log.info({ blocks }, 'collecting the garbage of the IPFS node');
  }
  const seconds = Math.round((performance.now() - startedAtMs) / 1000);
  log.info({ blocks, seconds }, 'collected the garbage of the IPFS node');
}

/** Waits until no upload is under way, for a time. */
async function waitForQuiet(db: Kysely<DatabaseSchema>, nowSeconds: number, signal: AbortSignal): Promise<void> {
  for (const endMs = performance.now() + QUIET_MS; performance.now() < endMs; await pause(1_000, signal)) {
    const arriving = await db
      .selectFrom('uploads')
      .select('upload_id')
      .where('cid', 'is', null)
      .where('check_at_seconds', '>', nowSeconds)
      .executeTakeFirst();
    if (arriving === undefined) return;
  }
}
