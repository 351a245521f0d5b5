import type { IncomingMessage } from 'node:http';

const DRAIN_MS = 5_000;

/**
 * Reads on what is left of the body of a refused request, so that the client hears why instead of a broken connection:
 * for five seconds, and not many more than `mostBytes`. What is left then would be taken for the next request: where
 * the request is not complete, the answer has to close the connection.
 */
export async function drainBody(request: IncomingMessage, mostBytes: number): Promise<void> {
  if (request.complete || request.destroyed) return;
  let size = 0;
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, DRAIN_MS);
    const end = (): void => {
      clearTimeout(late);
      resolve();
    };
    request.on('data', (piece: Uint8Array) => {
      size += piece.length;
      if (size > mostBytes) end();
    });
    for (const event of ['end', 'close', 'error'] as const) request.once(event, end);
    request.resume();
  });
}
