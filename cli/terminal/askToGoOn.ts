import { BadInputError } from '../../protocol/errors.js';
import { askPerson } from './askPerson.js';
import type { Terminal } from './Terminal.js';

/**
 * Asks a person at the terminal a question that is answered by yes or no; anything but yes is no. Throws BadInputError
 * where nobody is there to ask: `--yes` answers beforehand. Rejects with the signal's reason when it aborts.
 */
export async function askToGoOn({
  question,
  ...asking
}: {
  question: string;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<boolean> {
  const answer = await askPerson({
    prompt: `${question}? [y/N] `,
    nobody: () =>
      new BadInputError({
        code: 'nobody-to-ask',
        message: `nobody is there to be asked whether to ${question}`,
        advice: 'give --yes to agree beforehand, or run it in a terminal.',
      }),
    ...asking,
  });
  return /^y(es)?$/i.test(answer.trim());
}
