import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordinatorClient } from '../../adapters/http/coordinatorClient.js';
import type { Address } from '../../protocol/ids.js';

/** Three of them missing: away (artist/presenceTimes.ts). */
export const BEAT_MS = 5_000;

/**
 * Tells the coordinator, where the network has one, every few seconds that a daemon is there, until the signal aborts.
 * Only a convenience for those who wait: a coordinator that does not answer, or does not know the account yet, is no
 * trouble.
 */
export function startHeartbeat({
  coordinatorUrl,
  account,
  signal,
}: {
  coordinatorUrl: string | undefined;
  account: Address;
  signal: AbortSignal;
}): void {
  if (coordinatorUrl === undefined) return;
  const client = createCoordinatorClient({ url: coordinatorUrl });
  void (async () => {
    while (!signal.aborted) {
      await client.beat(account, signal).catch(() => {});
      await sleep(BEAT_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  })();
}
