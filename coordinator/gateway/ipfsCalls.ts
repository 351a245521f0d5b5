import { CID } from 'multiformats/cid';
import { BadInputError } from '../../protocol/errors.js';

/** How one call of Kubo's RPC is carried. */
interface CarriedCall {
  /** Who may make it: anybody, or an account that signs for it. */
  for: 'anybody' | 'account';
  /** CIDs or paths it takes; `arg` in the query. */
  args: 'none' | 'one';
  /** Options that are passed on. */
  options: readonly string[];
  /** Options that are always set, whatever the asker says. */
  always: Readonly<Record<string, string>>;
}

/** Nothing is fetched from other IPFS nodes for a stranger: what this network's node keeps is what there is. */
const KEPT_HERE = { offline: 'true' } as const;
/** What is stored is pinned by who counts it, once it is whole: not by the asker. */
const NOT_YET_PINNED = { pin: 'false' } as const;
const read = (args: CarriedCall['args'], ...options: string[]): CarriedCall => ({
  for: 'anybody',
  args,
  options,
  always: args === 'none' ? {} : KEPT_HERE,
});
const store = (...options: string[]): CarriedCall => ({
  for: 'account',
  args: 'none',
  options,
  always: NOT_YET_PINNED,
});

/**
 * Every call of Kubo's RPC that is carried. The rest is not: it would remove, list or publish what others keep, reach
 * other machines, or administer the node.
 */
export const IPFS_CALLS: Readonly<Record<string, CarriedCall>> = {
  id: read('none'),
  version: read('none'),
  cat: read('one', 'offset', 'length'),
  'block/get': read('one'),
  'block/stat': read('one'),
  'dag/get': read('one', 'output-codec'),
  'dag/export': read('one'),
  ls: read('one', 'resolve-type', 'size'),
  add: store('cid-version', 'raw-leaves', 'chunker', 'hash', 'wrap-with-directory'),
  'block/put': store('cid-codec', 'format', 'mhtype', 'version'),
  'pin/add': { for: 'account', args: 'one', options: ['recursive'], always: KEPT_HERE },
};

/** Options of clients that change nothing in an answer. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'encoding',
  'preload',
  'progress',
  'stream',
  'stream-channels',
  'timeout',
]);
const MAX_PATH_LENGTH = 1_024;

/**
 * The query that is passed on for a call: nothing of the asker's but what the table names, written anew. Throws
 * BadInputError for what is no CID (names of IPNS would be looked up elsewhere) and for options that are not passed on.
 */
export function carriedQuery(call: CarriedCall, asked: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams();
  const args = asked.getAll('arg');
  const count = call.args === 'none' ? 0 : 1;
  if (args.length < count) throw new BadInputError({ message: 'argument "ipfs-path" is required' });
  if (args.length > count) throw new BadInputError({ message: `at most ${count} arguments are taken here` });
  for (const arg of args) query.append('arg', carriedPath(arg));
  for (const [name, value] of asked) {
    if (name === 'arg' || WITHOUT_EFFECT.has(name) || name in call.always) continue;
    if (call.options.includes(name)) query.append(name, value.slice(0, 100));
    else if (value !== '' && value !== 'false')
      throw new BadInputError({ message: `the option ${name.slice(0, 60)} is not passed on here` });
  }
  for (const [name, value] of Object.entries(call.always)) query.set(name, value);
  return query;
}

function carriedPath(text: string): string {
  const path = text.replace(/^\/?ipfs\//, '');
  const [cid = '', ...steps] = path.split('/');
  if (path.length > MAX_PATH_LENGTH || steps.includes('..'))
    throw new BadInputError({ message: 'invalid path: it is too long or leaves its root' });
  try {
    return [CID.parse(cid).toString(), ...steps].join('/');
  } catch (cause) {
    throw new BadInputError({ message: `invalid path "${text.slice(0, 100)}": not a CID`, cause });
  }
}
