import type { CoordinatorEvent } from '../../adapters/http/coordinatorClient.js';
import { HttpAnswerError } from '../../adapters/http/httpError.js';
import { onAbort } from '../../adapters/onAbort.js';
import { pause } from '../../adapters/pause.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { afterConnecting, type Connection } from './Connection.js';
import { client } from './client.js';

/** A page that nobody looks at lets its stream go after this long: browsers allow six to one address. */
const HIDDEN_MS = 60_000;
const AFTER_TROUBLE_MS = 3000;

/**
 * Follows a stream of the coordinator until the signal aborts, and tells how it stands with it. It goes on from the
 * last event that had an id, after outages and after nobody looked at the page.
 */
export async function followStream(options: {
  open(from: {
    signal: AbortSignal;
    lastEventId?: string;
    onConnection: (isConnected: boolean) => void;
  }): AsyncGenerator<CoordinatorEvent>;
  onEvent(event: CoordinatorEvent): void;
  onConnection(connection: Connection): void;
  signal: AbortSignal;
}): Promise<void> {
  const { signal } = options;
  let connection = 'connecting' as Connection;
  let lastEventId: string | undefined;
  const enter = (next: Connection): void => {
    if (connection === next || signal.aborted) return;
    connection = next;
    options.onConnection(next);
  };
  while (!signal.aborted && connection !== 'missing' && connection !== 'replaced') {
    const looking = new AbortController();
    const stopWatching = watchVisibility(() => looking.abort());
    try {
      const events = options.open({
        signal: AbortSignal.any([signal, looking.signal]),
        ...(lastEventId === undefined ? {} : { lastEventId }),
        onConnection(isConnected) {
          enter(afterConnecting(connection, isConnected));
          if (isConnected) void isSameNetwork(signal).then((isSame) => isSame || enter('replaced'));
        },
      });
      for await (const event of events) {
        if (event.event === 'ending') {
          enter((event.data as { isTemporary?: unknown } | null)?.isTemporary === true ? 'ended' : 'closing');
          continue;
        }
        if (event.id !== '') lastEventId = event.id;
        options.onEvent(event);
      }
    } catch (error) {
      if (error instanceof HttpAnswerError && error.status === 404) enter('missing');
      else enter(afterConnecting(connection, false));
      await pause(AFTER_TROUBLE_MS, signal).catch(() => undefined);
    } finally {
      stopWatching();
    }
    await becomesVisible(signal);
  }
}

let first: Pick<NetworkDescription, 'chainId' | 'contract'> | undefined;

/** Whether the network that answers is the one that this page began with. */
async function isSameNetwork(signal: AbortSignal): Promise<boolean> {
  const now = await client.network(signal).catch(() => undefined);
  first ??= now;
  return now === undefined || (now.chainId === first?.chainId && now.contract === first.contract);
}

/** Calls back when the page has been hidden for long; returns what stops that. */
function watchVisibility(onHidden: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(onHidden, HIDDEN_MS);
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

async function becomesVisible(signal: AbortSignal): Promise<void> {
  while (document.hidden && !signal.aborted)
    await new Promise<void>((resolve) => {
      document.addEventListener('visibilitychange', goOn, { once: true });
      const stopWaiting = onAbort(signal, goOn);
      function goOn(): void {
        document.removeEventListener('visibilitychange', goOn);
        stopWaiting();
        resolve();
      }
    });
}
