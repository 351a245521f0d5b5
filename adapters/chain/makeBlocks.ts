import { setTimeout as sleep } from 'node:timers/promises';
import type { Ipc } from './connectIpc.js';

// States: WAITING (for the next block's time) -> SETTLING (the block is made and, when anything is in it, saved) ->
// WAITING. Nobody is answered while a block settles: what somebody has seen on the chain is on the disk, and a chain
// that is killed loses nothing that anybody was told. That holds until saving takes too long (a chain of many days);
// from then on answers do not wait for it, and what was mined since the last save may be undone by a crash.

/** The blocks of a local chain as they are made. */
export interface BlockMaking {
  /** Resolves when no block is in the making. */
  settled(): Promise<void>;
  /** Makes no more blocks, and saves the chain a last time. */
  stop(): Promise<void>;
}

/**
 * Chain time stands still while no blocks are made: neither a stopped network nor a sleeping machine lets deadlines
 * pass that nobody could keep. One block moves it by at most this.
 */
const LONGEST_STEP_SECONDS = 5;
/**
 * How long answers wait for a save. Measured: 85 ms after 3,600 blocks, 190 ms after 20,000; several times that on a
 * machine that renders on every core, which must not cost what was promised.
 */
const LONGEST_HOLD_MS = 2_000;
/** Blocks without transactions are saved from time to time, so that a crash does not take the chain back far. */
const EMPTY_SAVE_MS = 2_000;
/** Saving takes at most one part of so many of the time, where nobody waits for it. */
const SAVE_SHARE = 10;

/** Makes a block of a local chain every so many seconds and has the chain saved, until `stop`. */
export function makeBlocks(options: {
  ipc: Ipc;
  blockSeconds: number;
  /** Keeps a state of the chain, gzip; resolves when it is on the disk. */
  save: (gzip: Uint8Array) => Promise<void>;
  /** Told when a block or a save failed, once until the next success. */
  onTrouble: (reason: string) => void;
}): BlockMaking {
  const { ipc, blockSeconds } = options;
  const stopping = new AbortController();
  const trouble = createTroubleTeller(options.onTrouble);
  let settling: Promise<void> | undefined;
  let saved = { atMs: performance.now(), tookMs: 0, isBehind: true };
  let clock: { chainSeconds: number; atMs: number } | undefined;

  /** Timestamp of the next block: as much after the last as has passed, within bounds. */
  async function nextTimestamp(): Promise<number> {
    const latest = await ipc.send<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
    const lastSeconds = Number(latest.timestamp);
    const nowMs = performance.now();
    const passed = clock === undefined ? blockSeconds : Math.min(LONGEST_STEP_SECONDS, (nowMs - clock.atMs) / 1000);
    clock = { chainSeconds: Math.max(lastSeconds, (clock?.chainSeconds ?? lastSeconds) + passed), atMs: nowMs };
    return Math.max(lastSeconds + 1, Math.floor(clock.chainSeconds));
  }

  async function mine(): Promise<{ isEmpty: boolean }> {
    await ipc.send('evm_mine', [{ timestamp: await nextTimestamp() }]);
    const block = await ipc.send<{ transactions: unknown[] }>('eth_getBlockByNumber', ['latest', false]);
    return { isEmpty: block.transactions.length === 0 };
  }

  async function save(): Promise<void> {
    const startMs = performance.now();
    const hex = await ipc.send<string>('anvil_dumpState', []);
    await options.save(Buffer.from(hex.slice(2), 'hex'));
    saved = { atMs: performance.now(), tookMs: performance.now() - startMs, isBehind: false };
    trouble.over('save');
  }

  /** Makes a block; what is in it is saved before anybody sees it, where that does not take long. */
  async function settle(): Promise<void> {
    const { isEmpty } = await mine();
    trouble.over('block');
    saved.isBehind ||= !isEmpty;
    if (saved.isBehind && saved.tookMs <= LONGEST_HOLD_MS) await save();
  }

  async function saveWhatIsLeft(): Promise<void> {
    const sinceMs = performance.now() - saved.atMs;
    if (sinceMs > Math.max(EMPTY_SAVE_MS, SAVE_SHARE * saved.tookMs)) await save();
  }

  async function run(): Promise<void> {
    let dueMs = performance.now();
    while (!stopping.signal.aborted) {
      settling = settle().catch((error: unknown) => trouble.tell('block', error));
      await settling;
      settling = undefined;
      await saveWhatIsLeft().catch((error: unknown) => trouble.tell('save', error));
      dueMs = Math.max(dueMs + 1000 * blockSeconds, performance.now());
      await sleep(dueMs - performance.now(), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  let stopped: Promise<void> | undefined;
  return {
    settled: () => settling ?? Promise.resolve(),
    stop() {
      stopping.abort();
      stopped ??= running.then(save).catch((error: unknown) => trouble.tell('save', error));
      return stopped;
    },
  };
}

/** A disk that is full for a minute is told of once, not sixty times. */
function createTroubleTeller(onTrouble: (reason: string) => void): {
  tell(what: 'block' | 'save', error: unknown): void;
  over(what: 'block' | 'save'): void;
} {
  const open = new Set<string>();
  return {
    tell(what, error) {
      if (open.has(what)) return;
      open.add(what);
      const reason = error instanceof Error ? error.message : String(error);
      onTrouble(`${what === 'block' ? 'no block could be made' : 'the chain could not be saved'}: ${reason}`);
    },
    over: (what) => void open.delete(what),
  };
}
