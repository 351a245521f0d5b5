import { CommanderError } from 'commander';
import type { ErrorCode } from '../../protocol/errorCodes.js';
import { RushesError } from '../../protocol/errors.js';
import { commandAdvice } from './commandAdvice.js';
import { InterruptedError } from './InterruptedError.js';

/** What a person is told about an error. */
export interface Explanation {
  /** Stable identifier. */
  code: ErrorCode;
  /** One sentence: what happened, where. */
  message: string;
  /** What to do about it. */
  advice: string | undefined;
  facts: Record<string, unknown>;
  /** 0 done, 1 failed, 2 bad input, 130 interrupted. */
  exitCode: 0 | 1 | 2 | 130;
}

/** System errors worth their own advice, by errno code. */
const SYSTEM = {
  ENOSPC: {
    message: (path) => `the disk is full${path}`,
    advice: 'free some space, or choose another folder with --out (frames) or --data (network).',
  },
  EDQUOT: {
    message: (path) => `the disk quota is used up${path}`,
    advice: 'free some space, or choose another folder with --out (frames) or --data (network).',
  },
  EADDRINUSE: {
    message: (path) => `the port is in use${path}`,
    advice: 'choose another with --port, or leave --port out for a free one.',
  },
  EACCES: { message: (path) => `no permission${path}`, advice: 'choose a folder that this user may write to.' },
  EPERM: { message: (path) => `not permitted${path}`, advice: 'choose a folder that this user may write to.' },
  EROFS: {
    message: (path) => `the file system is read-only${path}`,
    advice: 'choose a folder on another file system.',
  },
  ENOENT: { message: (path) => `no such file or folder${path}`, advice: 'check the path.' },
  ENOTDIR: { message: (path) => `a part of the path is a file, not a folder${path}`, advice: 'choose another folder.' },
  EMFILE: { message: () => 'too many open files', advice: 'raise the limit with `ulimit -n 4096` and try again.' },
  ENOMEM: { message: () => 'not enough memory', advice: 'try fewer --threads or --workers.' },
  ECONNREFUSED: {
    message: (path) => `nothing answers${path}`,
    advice: 'is the network up? `rushes up` starts one on this machine.',
  },
} satisfies Record<string, { message: (path: string) => string; advice: string }>;

type SystemCode = keyof typeof SYSTEM;

/** The one place where an error becomes a sentence, an advice and an exit code. */
export function explainError(error: unknown): Explanation {
  const interrupted = chain(error).find((link) => link instanceof InterruptedError);
  if (interrupted instanceof InterruptedError)
    return {
      code: interrupted.code,
      message: interrupted.message,
      advice: undefined,
      facts: interrupted.facts,
      exitCode: 130,
    };
  if (error instanceof CommanderError) return explainUsage(error);
  // A full disk hides under many layers (PostgreSQL, the IPFS endpoint, a picture encoder); wherever it shows, it is
  // what must be said.
  const full = chain(error).find(isDiskFull);
  if (full !== undefined) return explainSystem('ENOSPC', full);
  if (error instanceof RushesError)
    return {
      code: error.code,
      message: error.message,
      advice: commandAdvice(error) ?? error.advice,
      facts: error.facts,
      exitCode: error.exitCode,
    };
  const system = chain(error).find(
    (link) =>
      typeof link === 'object' &&
      link !== null &&
      'code' in link &&
      typeof link.code === 'string' &&
      link.code in SYSTEM,
  );
  if (system !== undefined) return explainSystem((system as { code: SystemCode }).code, system);
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'unexpected',
    message: `something inside rushes went wrong: ${firstLine(message)}`,
    advice: 'run the same command with RUSHES_DEBUG=1 to see where, and please report it.',
    facts: {},
    exitCode: 1,
  };
}

function explainUsage(error: CommanderError): Explanation {
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version' || error.code === 'commander.help')
    return { code: 'help', message: '', advice: undefined, facts: {}, exitCode: 0 };
  return {
    code: 'bad-usage',
    message: error.message
      .replace(/^error: /, '')
      .replace(/\s+/g, ' ')
      .trim(),
    advice: 'see `rushes --help`, or `rushes COMMAND --help`.',
    facts: {},
    exitCode: 2,
  };
}

function explainSystem(code: SystemCode, error: unknown): Explanation {
  const { path, address, port } = error as { path?: string; address?: string; port?: number };
  const where = path !== undefined ? `: ${path}` : port !== undefined ? `: ${address ?? '127.0.0.1'}:${port}` : '';
  const known: { message: (path: string) => string; advice: string } = SYSTEM[code];
  return {
    code: code.toLowerCase() as Lowercase<SystemCode>,
    message: known.message(where),
    advice: known.advice,
    facts: { ...(path === undefined ? {} : { path }), ...(port === undefined ? {} : { port }) },
    exitCode: 1,
  };
}

function isDiskFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === 'ENOSPC' || (typeof message === 'string' && /ENOSPC|no space left on device/i.test(message));
}

/** An error and everything that caused it, outermost first; the errors an AggregateError holds count as causes. */
function chain(error: unknown): unknown[] {
  const links: unknown[] = [];
  const visit = (link: unknown): void => {
    if (link === undefined || link === null || links.includes(link)) return;
    links.push(link);
    if (link instanceof AggregateError) link.errors.forEach(visit);
    if (typeof link === 'object' && 'cause' in link) visit(link.cause);
  };
  visit(error);
  return links;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!.trim();
}
