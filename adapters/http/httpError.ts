import { parseErrorCode, type ErrorCode } from '../../protocol/errorCodes.js';
import { RushesError } from '../../protocol/errors.js';

/** The body of every error answer. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; facts: Record<string, unknown>; advice?: string };
}

/** Something that was asked for does not exist. */
export class NotFoundError extends RushesError {
  constructor(options: { what: string; facts?: Record<string, unknown> }) {
    super({
      code: 'not-found',
      message: `there is no ${options.what}`,
      ...(options.facts === undefined ? {} : { facts: options.facts }),
    });
  }
}

/**
 * Statuses of the codes that mean something to HTTP; every other RushesError is 400 when it ends a command with exit
 * code 2, and 500 otherwise.
 */
const STATUS_OF_CODE: Partial<Record<ErrorCode, number>> = {
  'not-found': 404,
  'not-signed': 401,
  'not-yours': 403,
  'too-many-requests': 429,
  'refused-here': 451,
  'upload-limit': 413,
  'faucet-limit': 429,
  'faucet-empty': 503,
  'chain-unreachable': 503,
  'not-ready': 503,
  'database-gone': 503,
  'ipfs-unreachable': 503,
  'not-retrievable': 502,
  'content-mismatch': 502,
  'block-too-large': 502,
  deadline: 504,
};

/**
 * The one mapping from errors to HTTP. What is no RushesError becomes a 500 without its message: it may hold anything.
 */
export function httpErrorOf(error: unknown): { status: number; body: ErrorBody } {
  if (error instanceof RushesError) {
    const { code, message, facts, advice, exitCode } = error;
    return {
      status: STATUS_OF_CODE[code] ?? (exitCode === 2 ? 400 : 500),
      body: { error: { code, message, facts, ...(advice === undefined ? {} : { advice }) } },
    };
  }
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  // What fastify itself refuses: a body that does not fit the schema or the limits.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return {
      status: statusCode,
      body: {
        error: {
          code: code === 'FST_ERR_VALIDATION' ? 'bad-input' : 'bad-request',
          message: message ?? 'bad request',
          facts: {},
        },
      },
    };
  return {
    status: 500,
    body: { error: { code: 'internal', message: 'something went wrong in the server; its log says what', facts: {} } },
  };
}

/** The error a client throws for an error answer. */
export class HttpAnswerError extends RushesError {
  readonly status: number;

  constructor(options: { url: string; status: number; body: ErrorBody | undefined }) {
    const said = options.body?.error;
    super({
      code: parseErrorCode(said?.code) ?? 'http',
      message:
        said === undefined
          ? `${options.url} answered ${options.status}`
          : `${said.message} (${options.url} answered ${options.status})`,
      facts: { ...said?.facts, url: options.url, status: options.status },
      ...(said?.advice === undefined ? {} : { advice: said.advice }),
      exitCode: options.status === 400 || options.status === 404 ? 2 : 1,
    });
    this.status = options.status;
  }
}
