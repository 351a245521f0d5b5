import { retry } from '../retry.js';
import { ChainUnreachableError, RpcError } from './chainErrors.js';

/** Requests to one node. */
export interface Rpc {
  readonly rpcUrl: string;
  /**
   * Sends one JSON-RPC request and gives its result. Network trouble is retried with growing pauses until `deadlineMs`
   * (default 30,000) is over: every request this package sends can be repeated (broadcasts are of signed transactions).
   * Throws RpcError for what the node refuses, ChainUnreachableError when it does not answer, the signal's reason when
   * aborted.
   */
  send<Result>(
    method: string,
    params: readonly unknown[],
    bounds?: { signal?: AbortSignal | undefined; deadlineMs?: number },
  ): Promise<Result>;
}

/** One attempt is given up after this; a node that is alive answers far sooner. */
const ATTEMPT_MS = 15_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** Talks JSON-RPC over HTTP. */
export function createRpc(rpcUrl: string): Rpc {
  let lastId = 0;

  async function attempt<Result>(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const bounded = AbortSignal.any([AbortSignal.timeout(ATTEMPT_MS), ...(signal === undefined ? [] : [signal])]);
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params }),
      signal: bounded,
    });
    const text = await response.text();
    const answer = parseAnswer(text);
    if (answer === undefined) throw new Error(`HTTP ${response.status}: ${text.slice(0, 200)}`);
    if (answer.error !== undefined)
      throw new RpcError({ method, rpcCode: answer.error.code, reason: answer.error.message, data: answer.error.data });
    return answer.result as Result;
  }

  return {
    rpcUrl,
    async send<Result>(
      method: string,
      params: readonly unknown[],
      bounds: { signal?: AbortSignal | undefined; deadlineMs?: number } = {},
    ): Promise<Result> {
      return retry({
        attempt: () => attempt<Result>(method, params, bounds.signal),
        onFailure(error, { isLast }) {
          if (error instanceof RpcError) throw error;
          if (isLast) throw new ChainUnreachableError({ rpcUrl, method, reason: reasonOf(error), cause: error });
        },
        firstMs: FIRST_PAUSE_MS,
        longestMs: LONGEST_PAUSE_MS,
        deadlineMs: bounds.deadlineMs ?? 30_000,
        signal: bounds.signal,
      });
    },
  };
}

interface Answer {
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

function parseAnswer(text: string): Answer | undefined {
  try {
    const value = JSON.parse(text) as Answer | null;
    // An error of HTTP, a proxy's for instance, has a form of its own: it is trouble on the way, no answer of the node.
    const isAnswer = typeof value === 'object' && value !== null && ('result' in value || isRpcError(value.error));
    return isAnswer ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRpcError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && typeof (error as { code?: unknown }).code === 'number';
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error instanceof Error ? `${error.message}${cause}` : String(error);
}
