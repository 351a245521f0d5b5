import { RushesError } from '../protocol/errors.js';

/** Where a network was, there is another one now, or the same one begun anew: its jobs and their money are gone. */
export class NetworkReplacedError extends RushesError {
  constructor(options: { rpcUrl: string; what: string; expected: string; actual: string }) {
    super({
      code: 'network-replaced',
      message: `the chain at ${options.rpcUrl} is another one now (${options.what} was ${options.expected} and is ${options.actual}): the job is gone with the chain it was on`,
      facts: options,
      advice: 'order it anew on the network that is there now.',
    });
  }
}
