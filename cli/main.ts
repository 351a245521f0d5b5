import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addCancelCommand } from './cancel/addCancelCommand.js';
import { addCheckCommand } from './check/addCheckCommand.js';
import type { CommandContext } from './options/CommandContext.js';
import { addCoordinatorCommand } from './coordinator/addCoordinatorCommand.js';
import { addDoctorCommand } from './doctor/addDoctorCommand.js';
import { addRenderCommand } from './render/addRenderCommand.js';
import { addStatusCommand } from './status/addStatusCommand.js';
import { addUpCommand } from './up/addUpCommand.js';
import { addVerifierCommand } from './verifier/addVerifierCommand.js';
import { addWorkerCommand } from './worker/addWorkerCommand.js';
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

function buildProgram(context: CommandContext): Command {
  const program = new Command('rushes')
    .description('Renders three.js scenes on machines nobody vouches for, and pays only for what was checked.')
    .version(readVersion(), '-V, --version')
    .showSuggestionAfterError()
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      // Errors are reported once, by `report`.
      writeErr: (text) => (text.startsWith('error:') ? undefined : process.stderr.write(text)),
    })
    .addHelpText(
      'after',
      `
Examples:
  rushes render scene.glb                            a picture or an animation, on a network of this machine
  rushes render scene.glb --env sky.hdr --size 1280x720 --samples 128
  rushes render scene.glb --local                    this machine's engine alone: the same pixels
  rushes up                                          a whole network that stays; render in another terminal
  rushes check scene.glb                             what is missing or cannot be drawn, before anything is paid
  rushes doctor                                      what works on this machine

Environment:
  RUSHES_URL            the network to use, like --network
  RUSHES_HOME           where keys and the local network live (default ~/.rushes)
  RUSHES_DATABASE_URL   a PostgreSQL for the coordinator in place of the embedded one
  RUSHES_DEBUG          show stack traces
  NO_COLOR              no colours

Exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted.`,
    );
  for (const add of [
    addRenderCommand,
    addCheckCommand,
    addUpCommand,
    addStatusCommand,
    addCancelCommand,
    addDoctorCommand,
    addCoordinatorCommand,
    addWorkerCommand,
    addVerifierCommand,
  ])
    add(program, context);
  return program;
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

function readVersion(): string {
  // Two folders up from dist/cli/.
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;
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
