import type { FastifyReply, FastifyRequest } from 'fastify';
import { onAbort } from '../onAbort.js';

/** One server-sent event. Its id is what a client that comes back sends as Last-Event-ID. */
export interface SentEvent {
  id: string;
  event: string;
  data: unknown;
}

/** Comments keep the connection from being taken for dead. */
const KEEP_ALIVE_MS = 15_000;
/** A client that does not read is let go when this much waits for it. */
const MAX_WAITING_BYTES = 4 << 20;

/** Why and how a server ends all its streams. */
export interface StreamEnding {
  signal: AbortSignal;
  /** Sent as the last event, `ending`, so that readers know that the server did not just vanish. */
  facts: unknown;
}

/**
 * Answers a request with a stream of server-sent events until the source ends, the client goes, or it stops reading.
 * `source` is given the id of the last event the client has (from Last-Event-ID, or undefined) and a signal that tells
 * when to stop. What is sent when the server ends has no id: a reader comes back from the last event before it.
 */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  source: (lastEventId: string | undefined, signal: AbortSignal) => AsyncIterable<SentEvent>,
  ending?: StreamEnding,
): Promise<void> {
  const header = request.headers['last-event-id'];
  const lastEventId = typeof header === 'string' && header !== '' ? header.slice(0, 100) : undefined;
  const gone = new AbortController();
  const events = source(lastEventId, gone.signal)[Symbol.asyncIterator]();
  // A look at the first event before the headers go out: what fails at once is still an error answer.
  let next = events.next();
  await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 50))]);

  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    connection: 'keep-alive',
  });
  raw.socket?.setTimeout(0);
  raw.socket?.setNoDelay(true);
  raw.write('retry: 1000\n\n');
  raw.on('close', () => gone.abort());
  raw.on('error', () => gone.abort());
  // Written before the server closes its connections, which it does at once.
  const sayGoodbye = (): void => {
    raw.end(`event: ending\ndata: ${JSON.stringify(ending?.facts)}\n\n`);
    gone.abort();
  };
  const stopWaiting = onAbort(ending?.signal, sayGoodbye);
  const keepAlive = setInterval(() => raw.write(': still here\n\n'), KEEP_ALIVE_MS);
  try {
    for (;;) {
      const step = await next;
      if (step.done === true || gone.signal.aborted) break;
      const { id, event, data } = step.value;
      raw.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      if (raw.writableLength > MAX_WAITING_BYTES) raw.destroy();
      next = events.next();
    }
  } catch (error) {
    // The headers are out: closing the connection makes the client come back from where it was.
    request.log.warn({ err: error }, 'event stream broke off');
  } finally {
    clearInterval(keepAlive);
    stopWaiting();
    gone.abort();
    await events.return?.();
    raw.end();
  }
}
