import { setMaxListeners } from 'node:events';
import { buildProgram } from './buildProgram.js';
import { type Explanation, explainError } from './errors/explainError.js';
import { type Env, readEnv } from './options/readEnv.js';
import { announceFailure } from './supervisor/announce.js';
import { watchInterrupts } from './supervisor/watchInterrupts.js';
import { openTerminal, type Terminal } from './terminal/Terminal.js';

/**
 * The `rushes` command: parses the arguments, runs one command and ends the process with 0 done, 1 failed, 2 bad input
 * or 130 interrupted. Every error becomes one sentence and an advice here; a stack trace is shown only under
 * RUSHES_DEBUG.
 */
export async function main(argv: string[]): Promise<void> {
  const env = readEnv(process.env);
  const terminal = openTerminal({ json: asksForJson(argv), noColor: env.noColor, dumb: env.dumb });
  // Every fetch and transaction under way listens to the one signal that ends the command.
  setMaxListeners(0);
  const interrupts = watchInterrupts();
  // A reader that went away (`rushes render | head`), or a log file on a full disk, must not take the command down in
  // the middle of a job.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const end = (error: unknown): void => process.exit(report(error, env, terminal));
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);

  let exitCode: number;
  try {
    await buildProgram({ env, terminal, signal: interrupts.signal }).parseAsync(argv, { from: 'user' });
    exitCode = 0;
  } catch (error) {
    // Whatever fails after an interruption fails because of it.
    exitCode = report(interrupts.signal.aborted ? interrupts.signal.reason : error, env, terminal);
    if (env.debug && interrupts.signal.aborted && error !== interrupts.signal.reason)
      process.stderr.write(`${stackOf(error)}\n`);
  }
  await Promise.all([process.stdout, process.stderr].map(flush));
  process.exit(exitCode);
}

/**
 * Says what went wrong, to the person, to the supervisor and under --json to the program that asked; returns the exit
 * code.
 */
function report(error: unknown, { debug }: Env, terminal: Terminal): number {
  const explanation = explainError(error);
  if (explanation.exitCode === 0) return 0;
  announceFailure(explanation);
  if (debug) process.stderr.write(`${stackOf(error)}\n`);
  process.stderr.write(`${formatExplanation(explanation, terminal)}\n`);
  if (terminal.json && !terminal.answered)
    terminal.result({
      error: {
        code: explanation.code,
        message: explanation.message,
        ...(explanation.advice === undefined ? {} : { advice: explanation.advice }),
        facts: explanation.facts,
      },
      exitCode: explanation.exitCode,
    });
  return explanation.exitCode;
}

/** The sentence and the advice on one line; what the message shows below its sentence (a line of a kernel) below them. */
function formatExplanation({ message, advice }: Explanation, terminal: Terminal): string {
  const sentence = (text: string): string => `${text.replace(/[.\s]+$/, '')}.`;
  const [said, ...shown] = message.split('\n');
  const parts = [terminal.red('rushes:'), sentence(said!)];
  if (advice !== undefined) parts.push(sentence(advice.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase())));
  return [parts.join(' '), ...shown].join('\n');
}

function asksForJson(argv: string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

function stackOf(error: unknown): string {
  return error instanceof Error
    ? `${error.stack ?? error.message}${error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`}`
    : String(error);
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}
