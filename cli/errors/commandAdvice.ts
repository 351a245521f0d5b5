import type { ErrorCode } from '../../protocol/errorCodes.js';
import type { RushesError } from '../../protocol/errors.js';

/**
 * What helps, as an option or a command of this program, where an error comes from a part that knows of neither. What is
 * not here, and where a row has no answer, the error's own advice is said.
 */
const ADVICE: Partial<Record<ErrorCode, (error: RushesError) => string | undefined>> = {
  'bad-job': () =>
    'a job id is 0x and 64 hexadecimal digits, of which the first few are enough; `rushes status` lists them.',
  budget: () => 'raise --budget, or render less.',
  'chain-unreachable': ({ facts }) =>
    facts['lastedMs'] === undefined
      ? undefined
      : 'start the network again and run the same command: it goes on with the job it began.',
  'deadline-too-near': ({ facts }) =>
    `give --deadline ${String(facts['leastMinutes'])} or more; nothing honest waits that long.`,
  'engine-failed': () =>
    'It is started anew for the next attempt; if it fails again and again, check memory with `rushes doctor`.',
  'job-closed': () => 'run the same command again for a new job.',
  'job-late': () => 'run the same command again with a later --deadline; what was not earned came back.',
  'network-replaced': () => 'run the same command again for a new job on the network that is there now.',
  'no-budget': () => 'run the same command again with a higher --budget.',
  'no-camera': ({ facts }) =>
    isEmpty(facts['cameras']) ? 'it has none at all: leave --camera out to have it framed, or use --orbit.' : undefined,
  'no-clip': ({ facts }) => (isEmpty(facts['clips']) ? 'it has no animation at all: leave --clip out.' : undefined),
  'no-environment': ({ facts }) => {
    // The file that --env names: its own advice says what to name.
    if (facts['file'] !== undefined) return undefined;
    return facts['environment'] === undefined
      ? 'give one with --env, or another --background.'
      : "put it into the scene's folder, or give another with --env.";
  },
  'no-frames': () => 'ask for frames that it has with --frames.',
  'no-gas': ({ facts }) => `send them to ${String(facts['account'])} and run the same command again.`,
  'no-money': () => 'send it tokens, give a lower --budget, or render less.',
  'other-network': () =>
    'name another database with --database or RUSHES_DATABASE_URL, or drop this one if that network is over: a database is rebuilt from the chain.',
  'real-money': () => 'use a network that pays in test money; `rushes deploy` without --token makes one.',
  'scene-memory': ({ facts }) => {
    const { neededBytes } = facts;
    return typeof neededBytes === 'number'
      ? `Make it smaller, or allow more memory with --scene-memory ${Math.ceil(neededBytes / 2 ** 30)}GiB.`
      : 'Make the scene smaller, or allow more memory with --scene-memory.';
  },
  'too-large': ({ facts }) => (facts['units'] === undefined ? undefined : 'use a smaller --tile or fewer --samples.'),
  'stake-limit': () => 'give a higher --max-stake, or stay away.',
  'too-many-batches': () => 'leave --batches out.',
};

/** What the command advises about an error in the place of the error's own advice; undefined where that stands. */
export function commandAdvice(error: RushesError): string | undefined {
  return ADVICE[error.code]?.(error);
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
