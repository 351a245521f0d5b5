import type { SentEvent } from '../../adapters/http/sendEvents.js';
import { pause } from '../../adapters/pause.js';
import type { Following } from '../followChain.js';

/** However fast the chain moves, who watches hears of it no more often. */
const LEAST_APART_MS = 500;

/**
 * Says that something moved on the network: `changed` with the newest block read and the number of events that hold,
 * at once and at each change. A reader that comes back needs nothing of what it missed: what is asked for after any of
 * them is the present.
 */
export async function* streamChanges(following: Following, signal: AbortSignal): AsyncGenerator<SentEvent> {
  let said = '';
  while (!signal.aborted) {
    const change = following.changed(signal);
    const session = following.session();
    const head = session?.caughtUp === true ? session.state.head : undefined;
    if (head !== undefined && session !== undefined) {
      const data = {
        blockNumber: head.blockNumber,
        timestampSeconds: head.timestampSeconds,
        eventCount: session.state.events.length,
      };
      const now = JSON.stringify(data);
      if (now !== said) yield { id: String(head.blockNumber), event: 'changed', data };
      said = now;
    }
    await change;
    await pause(LEAST_APART_MS, signal).catch(() => undefined);
  }
}
