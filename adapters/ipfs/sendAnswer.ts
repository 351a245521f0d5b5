import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadInputError, RushesError } from '../../protocol/errors.js';
import { drainBody } from '../http/drainBody.js';

/** How much of a refused body is still read: all of most files. */
const DRAIN_BYTES = 64 << 20;

/** Says what went wrong, in Kubo's form. */
export async function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  // Once a body has begun, breaking the connection is the only way left to say that it is not whole.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message =
    error instanceof RushesError && error.advice !== undefined
      ? `${error.message}. ${error.advice}`
      : error instanceof Error
        ? error.message
        : String(error);
  await drainBody(request, DRAIN_BYTES);
  response.writeHead(500, { 'content-type': 'application/json', ...(request.complete ? {} : { connection: 'close' }) });
  response.end(
    JSON.stringify({
      Message: message,
      Code: error instanceof BadInputError ? 1 : 0,
      Type: 'error',
      ...(error instanceof RushesError ? { RushesCode: error.code } : {}),
    }),
  );
}

/** Refuses a request with a status and a sentence. */
export async function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): Promise<void> {
  await drainBody(request, DRAIN_BYTES);
  response.writeHead(status, {
    'content-type': 'text/plain',
    ...(status === 405 ? { allow: 'POST' } : {}),
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(text);
}

/** Answers with JSON objects, one a line. */
export function sendLines(response: ServerResponse, lines: unknown[]): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-chunked-output': '1' });
  response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
