// States: connecting (to the database) -> loading (what it knows) -> following (the chain) -> connecting again when the
// database goes away. While following, a session holds the database and the state in memory; both end with it. Nothing
// is carried over: what a session needs is read again, from the database where it has it and from the chain where it
// has not. That is why a deleted database is nothing special.
import type { Logger } from 'pino';
import { followEvents } from '../adapters/chain/followEvents.js';
import { type Database, connectDatabase, isConnectionLoss } from '../adapters/database/connectDatabase.js';
import { pause } from '../adapters/pause.js';
import { createBackoff } from '../protocol/createBackoff.js';
import type { ErrorCode } from '../protocol/errorCodes.js';
import { InvariantError, MalformedError, RushesError } from '../protocol/errors.js';
import type { NetworkDescription } from '../protocol/network.js';
import type { ObjectStore } from '../protocol/ports.js';
import { fetchDocuments } from './jobs/fetchDocuments.js';
import type { Session } from './Session.js';
import { loadState } from './store/loadState.js';
import { OtherNetworkError, type StoredNetwork, storedNetworkOf } from './store/storedNetwork.js';
import { emptyStore, rollBackStore, StoreMovedError, writeBlocks } from './store/writeBlocks.js';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
/** What a database refuses with however often it is asked. */
const NEVER_MENDED: ReadonlySet<ErrorCode> = new Set(['migration', 'other-network']);

/** The coordinator's view of the chain, as the API reads it. */
export interface Following {
  /** Undefined while there is no database, or nothing was read yet. */
  session(): Session | undefined;
  /** Resolves at the next change: new blocks, a rollback, another session. */
  changed(signal: AbortSignal): Promise<void>;
  /** Why there is no session, for people. */
  trouble(): string | undefined;
  /**
   * Settles when the signal aborted and everything is closed; rejects with RushesError `migration` or `other-network`
   * where the database is of another version or network, which no waiting mends.
   */
  closed: Promise<void>;
}

interface FollowOptions {
  network: NetworkDescription;
  databaseUrl: string;
  objects: ObjectStore;
  signal: AbortSignal;
  log: Logger;
  pollMs?: number;
}

/**
 * Follows the chain into the database until the signal aborts, whatever goes away in between; a database of another
 * version or network alone ends it.
 */
export function followChain(options: FollowOptions): Following {
  const { signal, log } = options;
  let session: Session | undefined;
  let trouble: string | undefined = 'starting';
  const waiting = new Set<() => void>();
  const change = (): void => {
    for (const wake of waiting) wake();
  };
  const enter = (next: Session | undefined, why?: string): void => {
    session = next;
    trouble = next === undefined ? why : undefined;
    change();
  };

  async function run(): Promise<void> {
    const backoff = createBackoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS, random: Math.random });
    while (!signal.aborted) {
      const startedAtMs = performance.now();
      try {
        await runSession({ ...options, enter, change });
      } catch (error) {
        if (signal.aborted) break;
        const reason = error instanceof Error ? error.message : String(error);
        enter(undefined, reason);
        if (error instanceof RushesError && NEVER_MENDED.has(error.code)) throw error;
        if (performance.now() - startedAtMs > 10 * LONGEST_PAUSE_MS) backoff.reset();
        const retryInMs = backoff.nextMs();
        log.warn({ reason, retryInMs }, 'following the chain broke off; starting over');
        await pause(retryInMs, signal).catch(() => undefined);
      }
    }
    enter(undefined, 'closed');
  }

  return {
    session: () => session,
    trouble: () => trouble,
    closed: run(),
    changed: (until) =>
      new Promise((resolve) => {
        if (until.aborted) return resolve();
        const wake = (): void => {
          waiting.delete(wake);
          until.removeEventListener('abort', wake);
          resolve();
        };
        until.addEventListener('abort', wake, { once: true });
        waiting.add(wake);
      }),
  };
}

async function runSession(
  options: FollowOptions & {
    enter(session: Session | undefined): void;
    change(): void;
  },
): Promise<void> {
  const { network, signal, log } = options;
  const stored = storedNetworkOf(network);
  const ending = new AbortController();
  const onAbort = (): void => ending.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  const database = await connectDatabase({
    url: options.databaseUrl,
    signal,
    deadlineMs: 60_000,
    onTrouble: (error) => log.debug({ err: error }, 'database connection'),
  });
  let documents: Promise<void> = Promise.resolve();
  try {
    const session = await openSession(database, stored, log);
    const { state } = session;
    options.enter(session);
    log.info({ events: state.events.length, head: state.head?.blockNumber }, 'following the chain');

    const start = state.head;
    const fetching = fetchDocuments({ session, objects: options.objects, signal: ending.signal, log });
    documents = fetching.closed;
    let broke: unknown;
    void fetching.closed.catch((error: unknown) => {
      broke = error;
      ending.abort();
    });

    await followEvents({
      network,
      ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
      ...(start === undefined
        ? {}
        : {
            fromBlock: start.blockNumber + 1,
            ...(start.blockHash.length === 66 ? { parentHash: start.blockHash } : {}),
          }),
      signal: ending.signal,
      onTrouble: (error) => log.warn({ reason: error.message }, 'the chain does not answer'),
      async onEvents(events, head) {
        const from = state.head;
        const touched = state.append(events, head);
        await writeBlocks(database.db, { network: stored, state, from, events, head, touched });
        session.caughtUp = true;
        options.change();
        if (events.length > 0) {
          log.debug({ events: events.length, head: head.blockNumber }, 'blocks stored');
          fetching.look();
        }
      },
      async onRollback(toBlock) {
        log.warn({ toBlock }, 'the chain was replaced; taking back');
        state.rollBack(toBlock);
        await rollBackStore(database.db, { network: stored, state, toBlock });
        fetching.forget();
        options.change();
      },
    });
    if (broke !== undefined) throw broke;
  } catch (error) {
    // What the database holds does not add up with what the chain says: the chain is right.
    if (!signal.aborted && (error instanceof InvariantError || error instanceof MalformedError)) {
      log.error({ reason: error.message }, 'the database contradicts the chain; emptying it');
      await emptyStore(database.db, stored).catch(() => undefined);
    } else if (
      !isConnectionLoss(error) &&
      !(error instanceof StoreMovedError) &&
      !(error instanceof OtherNetworkError) &&
      !signal.aborted
    ) {
      log.error({ err: error }, 'unexpected trouble');
    }
    throw error;
  } finally {
    options.enter(undefined);
    ending.abort();
    signal.removeEventListener('abort', onAbort);
    await documents.catch(() => undefined);
    await database.close().catch(() => undefined);
  }
}

async function openSession(database: Database, network: StoredNetwork, log: Logger): Promise<Session> {
  try {
    return { database, state: await loadState(database.db, network), caughtUp: false };
  } catch (error) {
    if (isConnectionLoss(error) || error instanceof OtherNetworkError) throw error;
    log.error(
      { reason: error instanceof Error ? error.message : String(error) },
      'the database cannot be read; emptying it',
    );
    await emptyStore(database.db, network);
    return { database, state: await loadState(database.db, network), caughtUp: false };
  }
}
