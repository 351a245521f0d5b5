import { RushesError } from '../../protocol/errors.js';

/** A person pressed Ctrl-C, or the system asked the process to end. The command exits with 130. */
export class InterruptedError extends RushesError {
  constructor(by: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'parent') {
    super({
      code: 'interrupted',
      message: by === 'parent' ? 'the process that started this one is gone' : `interrupted (${by})`,
      facts: { by },
    });
  }
}
