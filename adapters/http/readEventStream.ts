import { createParser } from 'eventsource-parser';
import { createBackoff } from '../../protocol/createBackoff.js';
import { MalformedError } from '../../protocol/errors.js';
import { onAbort } from '../onAbort.js';
import { pause } from '../pause.js';
import { HttpAnswerError } from './httpError.js';
import { piecesOf } from './piecesOf.js';

/** A server that says nothing for this long, not even a comment, is taken for gone. */
const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
const MAX_EVENT_CHARACTERS = 8 << 20;

/** One server-sent event as it came. */
export interface ReceivedEvent {
  id: string;
  event: string;
  data: string;
}

/**
 * Reads server-sent events until the signal aborts (then it ends without an error). When the connection breaks it comes
 * back with the id of the last event it gave, so that none is lost and none comes twice. Throws HttpAnswerError when
 * the server answers 4xx: coming back would not change that.
 */
export async function* readEventStream(options: {
  url: string;
  signal: AbortSignal;
  lastEventId?: string;
  silenceMs?: number;
  /** Told when the server answers, and when it does not or the connection broke. */
  onConnection?: (isConnected: boolean) => void;
}): AsyncGenerator<ReceivedEvent> {
  const { url, signal, onConnection = () => {} } = options;
  let lastEventId = options.lastEventId;
  const backoff = createBackoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS, random: Math.random });
  while (!signal.aborted) {
    try {
      for await (const received of readOnce({
        url,
        signal,
        lastEventId,
        silenceMs: options.silenceMs ?? SILENCE_MS,
        onConnection,
      })) {
        if (received.id !== '') lastEventId = received.id;
        backoff.reset();
        yield received;
        if (signal.aborted) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      const isRefused =
        error instanceof HttpAnswerError && error.status >= 400 && error.status < 500 && error.status !== 429;
      if (isRefused || error instanceof MalformedError) throw error;
    }
    onConnection(false);
    await pause(backoff.nextMs(), signal).catch(() => undefined);
  }
}

async function* readOnce(options: {
  url: string;
  signal: AbortSignal;
  lastEventId: string | undefined;
  silenceMs: number;
  onConnection: (isConnected: boolean) => void;
}): AsyncGenerator<ReceivedEvent> {
  const controller = new AbortController();
  const hangUp = (): void => controller.abort();
  const stopWaiting = onAbort(options.signal, hangUp);
  let silence = setTimeout(hangUp, options.silenceMs);
  try {
    const response = await fetch(options.url, {
      headers: {
        accept: 'text/event-stream',
        ...(options.lastEventId === undefined ? {} : { 'last-event-id': options.lastEventId }),
      },
      signal: controller.signal,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new HttpAnswerError({ url: options.url, status: response.status, body: undefined });
    }
    options.onConnection(true);
    const received: ReceivedEvent[] = [];
    let waitingCharacters = 0;
    const parser = createParser({
      onEvent: ({ id = '', event = 'message', data }) => {
        waitingCharacters = 0;
        received.push({ id, event, data });
      },
      // Comments come for as long as the connection lives and belong to no event.
      onComment: (comment) => (waitingCharacters -= comment.length),
    });
    const decoder = new TextDecoder();
    for await (const piece of piecesOf(response)) {
      clearTimeout(silence);
      silence = setTimeout(hangUp, options.silenceMs);
      const text = decoder.decode(piece, { stream: true });
      waitingCharacters += text.length;
      parser.feed(text);
      if (waitingCharacters > MAX_EVENT_CHARACTERS)
        throw new MalformedError({ what: `the event stream ${options.url}`, reason: 'an event in it does not end' });
      yield* received.splice(0);
    }
  } finally {
    clearTimeout(silence);
    stopWaiting();
    controller.abort();
  }
}
