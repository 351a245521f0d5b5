import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { BadInputError } from '../../protocol/errors.js';
import type { Terminal } from './Terminal.js';

/**
 * Asks for a passphrase at the terminal and shows nothing of it. Throws BadInputError where nobody is there to ask, or
 * it is empty.
 */
export async function askPassphrase({
  question,
  terminal,
  signal,
}: {
  question: string;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<string> {
  if (process.stdin.isTTY !== true || terminal.stream.isTTY !== true)
    throw new BadInputError({
      code: 'nobody-to-ask',
      message: 'nobody is there to be asked for the passphrase',
      advice: 'give it in RUSHES_PASSPHRASE, or run the command in a terminal.',
    });
  terminal.stream.write(`${question}: `);
  // What readline echoes goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  asking.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await asking.question('', { signal });
    if (answer === '')
      throw new BadInputError({ code: 'bad-key', message: 'the passphrase is empty', advice: 'give one.' });
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    terminal.line();
    asking.close();
  }
}
