import { connect } from 'node:net';
import { once } from 'node:events';
import { DeadlineError } from '../../protocol/errors.js';
import { ChainUnreachableError, RpcError } from './chainErrors.js';

/** What a node answers to one JSON-RPC request, without the id. */
export type RpcAnswer =
  { result: unknown; error?: undefined } | { error: { code: number; message: string; data?: unknown } };

/** JSON-RPC over a node's IPC socket. Calls may overlap. */
export interface Ipc {
  /** Sends one request and gives what the node answers, an error as well. Throws when the node is gone or too late. */
  exchange(method: string, params: unknown): Promise<RpcAnswer>;
  /** Sends one request and gives its result. Throws RpcError for what the node refuses. */
  send<Result>(method: string, params: readonly unknown[]): Promise<Result>;
  /** Resolves when the node has hung up, or `close` was called. */
  closed: Promise<void>;
  close(): void;
}

/** A node that is alive answers far sooner; writing out a chain of days takes seconds. */
const ANSWER_MS = 60_000;

/** Connects to a node's IPC socket. Throws what connecting throws. */
export async function connectIpc(path: string): Promise<Ipc> {
  const socket = connect(path);
  await once(socket, 'connect');
  const waiting = new Map<number, { resolve: (answer: RpcAnswer) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      for (const { reject } of waiting.values())
        reject(new ChainUnreachableError({ rpcUrl: path, method: 'any', reason: 'the local chain has ended' }));
      waiting.clear();
      resolve();
    });
  });
  // 'close' follows.
  socket.on('error', () => undefined);
  // Answers end with a line feed each; requests are told apart by their braces.
  splitLines(socket, (line) => {
    const { id, ...answer } = JSON.parse(line) as RpcAnswer & { id: number };
    waiting.get(id)?.resolve(answer as RpcAnswer);
    waiting.delete(id);
  });

  function exchange(method: string, params: unknown): Promise<RpcAnswer> {
    if (socket.destroyed)
      return Promise.reject(new ChainUnreachableError({ rpcUrl: path, method, reason: 'the local chain has ended' }));
    const id = ++lastId;
    return new Promise<RpcAnswer>((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(id);
        reject(new DeadlineError({ what: `${method} of the local chain`, deadlineMs: ANSWER_MS }));
      }, ANSWER_MS);
      waiting.set(id, {
        resolve: (answer) => {
          clearTimeout(late);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(late);
          reject(error);
        },
      });
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  return {
    exchange,
    async send<Result>(method: string, params: readonly unknown[]): Promise<Result> {
      const answer = await exchange(method, params);
      if (answer.error !== undefined)
        throw new RpcError({
          method,
          rpcCode: answer.error.code,
          reason: answer.error.message,
          data: answer.error.data,
        });
      return answer.result as Result;
    },
    closed,
    close: () => socket.destroy(),
  };
}

/** Hands over each line as it is whole. A state of many megabytes comes in thousands of pieces: joined once. */
function splitLines(source: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let pieces: Buffer[] = [];
  source.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      start = end + 1;
      const line = Buffer.concat(pieces).toString('utf8');
      pieces = [];
      if (line !== '') onLine(line);
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  });
}
