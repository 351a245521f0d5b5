import type { RpcAnswer } from './connectIpc.js';
import { isPublicMethod } from './publicMethods.js';

/** Requests of one batch. */
const MOST_IN_BATCH = 100;

/** JSON-RPC's own error codes. */
export const RPC_CODES = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
} as const;

/** Answers one method with what belongs to it; undefined where it is not one of its own. */
export type AnswerMethod = (method: string, params: unknown) => Promise<RpcAnswer> | undefined;

/**
 * Answers the parsed body of a JSON-RPC request, single or batch: public methods through `exchange`, others through
 * `own`, and nothing else. What `exchange` throws is the answer to its request. Undefined where everything in it is a
 * notification. `chain` names whose methods they are, for the refusal.
 */
export async function answerRpc(
  body: unknown,
  asking: {
    chain: string;
    exchange: (method: string, params: unknown) => Promise<RpcAnswer>;
    own?: AnswerMethod;
  },
): Promise<unknown> {
  if (!Array.isArray(body)) return answerOne(body, asking);
  if (body.length === 0 || body.length > MOST_IN_BATCH)
    return rpcFailure(null, RPC_CODES.invalidRequest, `a batch has 1 to ${MOST_IN_BATCH} requests`);
  const answers = (await Promise.all(body.map((one) => answerOne(one, asking)))).filter((one) => one !== undefined);
  return answers.length === 0 ? undefined : answers;
}

async function answerOne(
  request: unknown,
  { chain, exchange, own }: Parameters<typeof answerRpc>[1],
): Promise<unknown> {
  const {
    id,
    method,
    params = [],
  } = (typeof request === 'object' && request !== null ? request : {}) as {
    id?: unknown;
    method?: unknown;
    params?: unknown;
  };
  const hasGoodId = id === undefined || id === null || typeof id === 'string' || typeof id === 'number';
  if (typeof method !== 'string' || !hasGoodId)
    return rpcFailure(null, RPC_CODES.invalidRequest, 'this is no JSON-RPC request');
  const answerId = id ?? null;
  let answer: RpcAnswer;
  try {
    answer =
      (await own?.(method, params)) ??
      (isPublicMethod(method)
        ? await exchange(method, params)
        : rpcError(RPC_CODES.methodNotFound, `${chain} passes on no ${method.slice(0, 60)}`));
  } catch (error) {
    answer = rpcError(RPC_CODES.internalError, error instanceof Error ? error.message : String(error));
  }
  return id === undefined ? undefined : { jsonrpc: '2.0', id: answerId, ...answer };
}

/** An answer that says no. */
export function rpcError(code: number, message: string): RpcAnswer {
  return { error: { code, message } };
}

/** The same as the whole body of a response. */
export function rpcFailure(id: unknown, code: number, message: string): unknown {
  return { jsonrpc: '2.0', id, ...rpcError(code, message) };
}
