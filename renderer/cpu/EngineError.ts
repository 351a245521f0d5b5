import { RushesError } from '../../protocol/errors.js';

/**
 * A render thread ended or failed while it worked, or the engine was closed. The request is lost, the inputs are not.
 */
export class EngineError extends RushesError {
  constructor(options: { what: string; advice?: string; cause?: unknown }) {
    super({
      code: 'engine',
      message: options.what,
      ...(options.cause instanceof Error ? { facts: { cause: options.cause.message } } : {}),
      ...(options.advice === undefined ? {} : { advice: options.advice }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  }
}
