import { pause } from '../adapters/pause.js';
import type { ArtistEvent } from './ArtistEvent.js';
import type { ArtistSession } from './ArtistSession.js';
import { type Absence, findAbsence } from './findAbsence.js';
import { PRESENCE_TIMES } from './presenceTimes.js';
import { readPresence } from './readPresence.js';
import type { ChainWatch } from './watchChain.js';

const SAY_AGAIN_MS = 60_000;

/** Somebody who looks, beside a job that is followed, who is missing. */
export interface AbsenceWatch {
  /** To be told when the job moves. */
  moved(): void;
  /** Throws what `onEvent` threw, if it did. */
  check(): void;
  stop(): Promise<void>;
}

/**
 * Asks every few seconds which kind of party is away altogether, and tells of it when that changes and again every
 * minute; also that nothing moves although all are there. Runs beside what follows the job, which may wait long for an
 * output.
 */
export function watchAbsence({
  session,
  watch,
  onEvent,
}: {
  session: ArtistSession;
  watch: ChainWatch;
  onEvent: (event: ArtistEvent) => void;
}): AbsenceWatch {
  const stopping = new AbortController();
  const signal = AbortSignal.any([watch.signal, stopping.signal]);
  let movedAtMs = performance.now();
  let told: { atMs: number; missing: string } | undefined;

  async function look(): Promise<void> {
    const presence = await readPresence({ network: session.network, log: watch.log, signal });
    const nowMs = performance.now();
    const quietMs = nowMs - movedAtMs;
    const absence = findAbsence({ ledger: watch.log.ledger, presence, quietMs });
    const missing = missingOf(absence);
    if (absence === undefined && quietMs < SAY_AGAIN_MS) {
      told = undefined;
      return;
    }
    if (told?.missing === missing && nowMs - told.atMs < SAY_AGAIN_MS) return;
    told = { atMs: nowMs, missing };
    onEvent({ kind: 'stalled', quietMs, absence });
  }

  const looking = (async () => {
    for (;;) {
      await pause(PRESENCE_TIMES.askEveryMs, signal);
      await look();
    }
  })();
  let failure: { error: unknown } | undefined;
  looking.catch((error: unknown) => {
    if (!signal.aborted) failure = { error };
  });
  return {
    moved: () => void (movedAtMs = performance.now()),
    check() {
      if (failure !== undefined) throw failure.error;
    },
    async stop() {
      stopping.abort();
      await looking.catch(() => {});
    },
  };
}

function missingOf(absence: Absence | undefined): string {
  return absence?.roles.map(({ role }) => role).join() ?? '';
}
