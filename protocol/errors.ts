import type { ErrorCode } from './errorCodes.js';

/**
 * What every error of Rushes carries besides its message, so that a command can say what happened and what to do about
 * it.
 */
export interface RushesErrorOptions {
  /** Stable identifier, for programs that read the JSON form; see docs/errors.md. */
  code: ErrorCode;
  /** One sentence: what happened, where. */
  message: string;
  /** The values the sentence is about, JSON-serialisable (bigints as decimal strings are the caller's business). */
  facts?: Record<string, unknown>;
  /** What a person can do about it, as one sentence. */
  advice?: string;
  /** Exit code of a command that ends with this error: 1 failed, 2 bad input. Default 1. */
  exitCode?: 1 | 2;
  /** The error this one explains. */
  cause?: unknown;
}

/** Base class of every error that Rushes raises on purpose. */
export class RushesError extends Error {
  readonly code: ErrorCode;
  readonly facts: Record<string, unknown>;
  readonly advice: string | undefined;
  readonly exitCode: 1 | 2;

  constructor(options: RushesErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.facts = options.facts ?? {};
    this.advice = options.advice;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** Something a person handed in cannot be used: a manifest field, an id, a file. Ends a command with exit code 2. */
export class BadInputError extends RushesError {
  constructor(options: Omit<RushesErrorOptions, 'code' | 'exitCode'> & { code?: ErrorCode }) {
    super({ ...options, code: options.code ?? 'bad-input', exitCode: 2 });
  }
}

/** Two values that must agree do not: a broken invariant, printed with both operands. */
export class InvariantError extends RushesError {
  constructor(options: { what: string; expected: unknown; actual: unknown }) {
    super({
      code: 'broken-invariant',
      message: `${options.what}: expected ${shown(options.expected)}, found ${shown(options.actual)}`,
      facts: { expected: shown(options.expected), actual: shown(options.actual) },
    });
  }
}

/** A deadline passed before something happened. */
export class DeadlineError extends RushesError {
  constructor(options: {
    what: string;
    deadlineMs: number;
    facts?: Record<string, unknown>;
    advice?: string;
    cause?: unknown;
  }) {
    super({
      code: 'deadline',
      message: `${options.what} took longer than ${options.deadlineMs} ms`,
      facts: { ...options.facts, deadlineMs: options.deadlineMs },
      ...(options.advice === undefined ? {} : { advice: options.advice }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  }
}

/** Bytes or an object that should be behind a CID could not be had. */
export class NotRetrievableError extends RushesError {
  constructor(options: { cid: string; reason: string; cause?: unknown }) {
    super({
      code: 'not-retrievable',
      message: `nothing retrievable behind ${options.cid}: ${options.reason}`,
      facts: { cid: options.cid, reason: options.reason },
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  }
}

/** Bytes that came from somebody else do not have the stated form. */
export class MalformedError extends RushesError {
  constructor(options: { what: string; reason: string; facts?: Record<string, unknown> }) {
    super({
      code: 'malformed',
      message: `${options.what} is malformed: ${options.reason}`,
      facts: { ...options.facts, reason: options.reason },
    });
  }
}

function shown(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : String(value);
}
