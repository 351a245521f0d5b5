import { RushesError } from '../../protocol/errors.js';

/** A process of the network did not come up, or keeps dying. */
export class ChildFailedError extends RushesError {
  constructor(options: { name: string; what: string; logFile: string; advice?: string | undefined; exitCode?: 1 | 2 }) {
    super({
      code: 'child-failed',
      message: `${options.name} ${options.what}`,
      facts: { name: options.name, logFile: options.logFile },
      advice: options.advice ?? `its log is ${options.logFile}`,
      exitCode: options.exitCode ?? 1,
    });
  }
}
