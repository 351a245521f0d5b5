import { concatBytes } from '../../protocol/bytes.js';
import { DeadlineError, MalformedError, RushesError } from '../../protocol/errors.js';
import { onAbort } from '../onAbort.js';
import type { paths } from './generated/coordinatorApi.js';
import { type ErrorBody, HttpAnswerError } from './httpError.js';
import { piecesOf } from './piecesOf.js';
import { urlBelow } from './urlBelow.js';

/** Longest answer that is read, in bytes: a coordinator is a stranger. */
const MAX_ANSWER_BYTES = 32 << 20;

/** Nothing answers at the coordinator's address. */
export class CoordinatorUnreachableError extends RushesError {
  constructor(options: { url: string; cause: unknown }) {
    const reason =
      options.cause instanceof Error
        ? ((options.cause.cause as { code?: string } | undefined)?.code ?? options.cause.message)
        : String(options.cause);
    super({
      code: 'coordinator-unreachable',
      message: `no coordinator answers at ${options.url}: ${reason}`,
      facts: { url: options.url, reason },
      advice: 'Check the address; everything but suggestions and progress works without a coordinator.',
      cause: options.cause,
    });
  }
}

type Method = 'get' | 'post' | 'put';
/** Paths of the API that have a method. */
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
type ParametersOf<O> = O extends { parameters: infer P } ? P : never;

/** What a route answers, as the document of the API says; undefined where it may answer 204. */
export type AnswerOf<P extends keyof paths, M extends Method = 'get'> = paths[P][M] extends { responses: infer R }
  ? (R extends { 200: infer Ok } ? Json<Ok> : never) | (R extends { 204: unknown } ? undefined : never)
  : never;

/** What a route asks for, and how long the answer may take. */
type CallOf<O> = (ParametersOf<O> extends { path: infer Path extends object } ? { path: Path } : { path?: never }) &
  (ParametersOf<O> extends { query?: infer Query } ? { query?: Query } : { query?: never }) &
  (O extends { requestBody: infer B } ? { body: Json<B> } : { body?: never }) & {
    headers?: Readonly<Record<string, string>>;
    deadlineMs: number;
    signal?: AbortSignal | undefined;
  };

/** Makes calls of the API of one coordinator, typed by its document. */
export type CallCoordinator = <M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  call: CallOf<paths[P][M]>,
) => Promise<AnswerOf<P, M>>;

/**
 * Calls the coordinator at a base URL. That an answer is what its type says is the coordinator's word: whoever leans on
 * it checks it. Errors: CoordinatorUnreachableError, DeadlineError, HttpAnswerError, MalformedError.
 */
export function callCoordinator({ url }: { url: string }): CallCoordinator {
  return async (method, path, call) => {
    const { deadlineMs, signal } = call;
    const { target, init } = requestOf(url, method, path, call as CallParts);
    const controller = new AbortController();
    const late = setTimeout(
      () => controller.abort(new DeadlineError({ what: `asking ${target}`, deadlineMs })),
      deadlineMs,
    );
    const stopWaiting = onAbort(signal, () => controller.abort(signal?.reason));
    try {
      const response = await fetch(target, { ...init, signal: controller.signal });
      const text = await readBounded(response, target);
      if (!response.ok) throw new HttpAnswerError({ url: target, status: response.status, body: parseErrorBody(text) });
      return (response.status === 204 ? undefined : parseAnswer(text, target)) as never;
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason;
      throw error instanceof TypeError ? new CoordinatorUnreachableError({ url, cause: error }) : error;
    } finally {
      clearTimeout(late);
      stopWaiting();
    }
  };
}

/** The parts of any call. */
interface CallParts {
  path?: object;
  query?: object;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** Where a call goes, and what goes there. */
function requestOf(url: string, method: Method, path: string, call: CallParts): { target: string; init: RequestInit } {
  const values = (call.path ?? {}) as Readonly<Record<string, string>>;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const query = new URLSearchParams(
    Object.entries(call.query ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();
  return {
    target: `${urlBelow(url, filled)}${query === '' ? '' : `?${query}`}`,
    init: {
      method: method.toUpperCase(),
      headers: { ...call.headers, ...(call.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    },
  };
}

async function readBounded(response: Response, url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of piecesOf(response)) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES)
      throw new MalformedError({ what: `the answer of ${url}`, reason: `it is longer than ${MAX_ANSWER_BYTES} bytes` });
    pieces.push(piece);
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(concatBytes(pieces));
}

/** The JSON of an answer or an event. Throws MalformedError. */
export function parseAnswer(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedError({ what: `the answer of ${url}`, reason: 'it is not JSON' });
  }
}

function parseErrorBody(text: string): ErrorBody | undefined {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>;
    return typeof body.error?.message === 'string' && typeof body.error.code === 'string'
      ? (body as ErrorBody)
      : undefined;
  } catch {
    return undefined;
  }
}
