import { BadInputError } from '../../protocol/errors.js';
import { askPerson, isSomebodyThere } from './askPerson.js';
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
    nobody: () => nobodyError(question),
    ...asking,
  });
  return /^y(es)?$/i.test(answer.trim());
}

/** Throws what askToGoOn would, before what is asked about is known in full. */
export function requireSomebody({ question, terminal }: { question: string; terminal: Terminal }): void {
  if (!isSomebodyThere(terminal)) throw nobodyError(question);
}

function nobodyError(question: string): BadInputError {
  return new BadInputError({
    code: 'nobody-to-ask',
    message: `nobody is there to be asked whether to ${question}`,
    advice: 'give --yes to agree beforehand, or run it in a terminal.',
  });
}
