import { BadInputError } from '../../protocol/errors.js';

/**
 * A file of a scene cannot be used: the message names the file, the place inside it and what is wrong there; the advice
 * says what to do. Its code is `bad-scene`, or `scene-memory` where the scene would take more memory than it may.
 */
export class BadSceneError extends BadInputError {
  constructor(options: {
    file: string;
    where?: string;
    what: string;
    advice?: string;
    code?: 'bad-scene' | 'scene-memory';
    facts?: Record<string, unknown>;
    cause?: unknown;
  }) {
    const place = options.where === undefined ? options.file : `${options.file}, ${options.where}`;
    super({
      code: options.code ?? 'bad-scene',
      message: `${place}: ${options.what}`,
      facts: {
        file: options.file,
        ...(options.where === undefined ? {} : { where: options.where }),
        what: options.what,
        ...options.facts,
      },
      advice: options.advice ?? 'Export the scene again as glTF 2.0 and check it with a glTF validator.',
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  }
}
