import { BadInputError } from '../../protocol/errors.js';
import { askPerson } from './askPerson.js';
import type { Terminal } from './Terminal.js';

/**
 * Asks for a passphrase at the terminal and shows nothing of it. Throws BadInputError where nobody is there to ask, or
 * it is empty.
 */
export async function askPassphrase({
  question,
  ...asking
}: {
  question: string;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<string> {
  const answer = await askPerson({
    prompt: `${question}: `,
    isSecret: true,
    nobody: () =>
      new BadInputError({
        code: 'nobody-to-ask',
        message: 'nobody is there to be asked for the passphrase',
        advice:
          'give it in RUSHES_PASSPHRASE or a file that RUSHES_PASSPHRASE_FILE names, or run the command in a terminal.',
      }),
    ...asking,
  });
  if (answer === '')
    throw new BadInputError({ code: 'bad-key', message: 'the passphrase is empty', advice: 'give one.' });
  return answer;
}
