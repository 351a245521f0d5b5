import { createInterface } from 'node:readline/promises';
import { BadInputError } from '../../protocol/errors.js';
import type { Terminal } from './Terminal.js';

/**
 * Asks a person at the terminal a question that is answered by yes or no; anything but yes is no. Throws BadInputError
 * where nobody is there to ask: `--yes` answers beforehand. Rejects with the signal's reason when it aborts.
 */
export async function askToGoOn({
  question,
  terminal,
  signal,
}: {
  question: string;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<boolean> {
  if (process.stdin.isTTY !== true || terminal.stream.isTTY !== true)
    throw new BadInputError({
      code: 'nobody-to-ask',
      message: `nobody is there to be asked whether to ${question}`,
      advice: 'give --yes to agree beforehand, or run it in a terminal.',
    });
  const asking = createInterface({ input: process.stdin, output: terminal.stream });
  // In raw mode Ctrl-C is a key and no signal.
  asking.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await asking.question(`${question}? [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    asking.close();
  }
}
