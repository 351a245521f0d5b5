import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { BadInputError } from '../../protocol/errors.js';
import type { Terminal } from './Terminal.js';

/**
 * A line that a person at the terminal types after `prompt`; nothing of it is shown where it `isSecret`. Throws
 * what `nobody` gives where nobody is there to ask. Rejects with the signal's reason when it aborts.
 */
export async function askPerson({
  prompt,
  isSecret = false,
  nobody,
  terminal,
  signal,
}: {
  prompt: string;
  isSecret?: boolean;
  nobody: () => BadInputError;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<string> {
  if (!isSomebodyThere(terminal)) throw nobody();
  // What readline echoes of a secret goes nowhere, its prompt included.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (isSecret) terminal.stream.write(prompt);
  const asking = isSecret
    ? createInterface({ input: process.stdin, output: nowhere, terminal: true })
    : createInterface({ input: process.stdin, output: terminal.stream });
  // In raw mode Ctrl-C is a key and no signal.
  asking.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await asking.question(isSecret ? '' : prompt, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    if (isSecret) terminal.line();
    asking.close();
  }
}

/** Whether a person could read a question and answer it. */
export function isSomebodyThere(terminal: Terminal): boolean {
  return process.stdin.isTTY === true && terminal.stream.isTTY === true;
}
