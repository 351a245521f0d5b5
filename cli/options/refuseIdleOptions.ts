import type { Command } from 'commander';
import { BadInputError } from '../../protocol/errors.js';

/** What a command finds itself in that leaves some of its options without an effect. */
export type Situation =
  'local' | 'named' | 'running' | 'broughtUp' | 'noWorkers' | 'ownIpfs' | 'unlit' | 'still' | 'radiance';

/** Why an option has no effect there, as the first half of a sentence. */
const BECAUSE: Readonly<Record<Situation, string>> = {
  local: '--local uses no network',
  named: 'the network is the one that --network or RUSHES_URL names',
  running: 'the network that runs on this machine is used and none is brought up',
  broughtUp: 'a network is brought up for this job and has an artist of its own',
  noWorkers: 'there are no workers',
  ownIpfs: 'the network brings an IPFS endpoint of its own',
  unlit: 'the scene has light of its own and no environment',
  still: 'there is one picture and nothing moves',
  radiance: 'OpenEXR keeps radiance as it was rendered',
};

/**
 * Every option of every command, by its name without dashes, and the situations in which it would do nothing; an empty
 * list: it always has an effect. An option that is not here does not exist: a test holds the two together.
 */
export const IDLE_OPTIONS: Readonly<Record<string, Readonly<Record<string, readonly Situation[]>>>> = {
  render: {
    camera: [],
    orbit: [],
    target: [],
    fov: [],
    env: [],
    'env-intensity': ['unlit'],
    background: [],
    clip: [],
    frames: [],
    fps: ['still'],
    size: [],
    samples: [],
    bounces: [],
    seed: [],
    batches: [],
    tile: [],
    tone: [],
    exposure: [],
    out: [],
    'scene-memory': [],
    'accept-unsupported': [],
    local: [],
    json: [],
    network: ['local'],
    key: ['local', 'broughtUp'],
    budget: ['local'],
    deadline: ['local'],
    yes: [],
    again: ['local', 'broughtUp'],
    workers: ['local', 'named', 'running'],
    verifiers: ['local', 'named', 'running'],
    threads: ['named', 'running'],
    cheat: ['local', 'named'],
  },
  quote: {
    camera: [],
    orbit: [],
    target: [],
    fov: [],
    env: [],
    'env-intensity': ['unlit'],
    background: [],
    clip: [],
    frames: [],
    fps: ['still'],
    size: [],
    samples: [],
    bounces: [],
    seed: [],
    batches: [],
    tile: [],
    'scene-memory': [],
    'accept-unsupported': [],
    network: [],
    budget: [],
    deadline: [],
    json: [],
  },
  fetch: {
    format: [],
    tone: ['radiance'],
    exposure: ['radiance'],
    frames: [],
    out: [],
    proof: [],
    json: [],
    network: [],
    data: ['named'],
  },
  check: { env: [], 'scene-memory': [], json: [] },
  up: {
    data: [],
    port: [],
    host: [],
    'public-url': [],
    'trust-proxy': [],
    network: [],
    ipfs: [],
    database: [],
    refused: [],
    'keep-days': [],
    'own-ipfs': ['ownIpfs'],
    contact: [],
    workers: [],
    verifiers: [],
    threads: ['noWorkers'],
    'scene-memory': [],
    cheat: ['noWorkers'],
  },
  status: { network: [], data: ['named'], json: [] },
  cancel: { network: [], data: ['named'], key: [], json: [] },
  jobs: { all: [], network: [], data: ['named'], key: [], json: [] },
  pause: { network: [], data: ['named'], key: [], json: [] },
  resume: { network: [], data: ['named'], key: [], json: [] },
  priority: { network: [], data: ['named'], key: [], json: [] },
  faucet: { network: [], data: ['named'], account: [], key: [], json: [] },
  deploy: { rpc: [], key: [], token: [], name: [], out: [], json: [] },
  doctor: { json: [] },
  coordinator: {
    network: [],
    database: [],
    host: [],
    'public-url': [],
    'trust-proxy': [],
    refused: [],
    'keep-days': [],
    'own-ipfs': [],
    port: [],
    'await-network': [],
    temporary: [],
  },
  worker: {
    network: [],
    key: [],
    data: [],
    threads: [],
    'scene-memory': [],
    nice: [],
    cheat: [],
    'max-stake': [],
    until: [],
    idle: [],
    json: [],
    'await-network': [],
  },
  verifier: {
    network: [],
    key: [],
    data: [],
    threads: [],
    'scene-memory': [],
    nice: [],
    'max-stake': [],
    until: [],
    idle: [],
    json: [],
    'await-network': [],
  },
  earnings: { as: [], key: [], csv: [], json: [] },
  key: {},
  service: {},
  leave: { as: [], key: [], json: [] },
  join: { as: [], threads: [], yes: [], 'max-stake': [], until: [], idle: [], json: [] },
};

/** Names of the options that a person gave, without dashes. */
export function givenOptions(command: Command): ReadonlySet<string> {
  return new Set(
    command.options
      .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
      .map((option) => option.name()),
  );
}

/** Throws BadInputError for the first option that was given and has no effect: nothing is ignored in silence. */
export function refuseIdleOptions({
  command,
  given,
  situation,
}: {
  command: string;
  given: ReadonlySet<string>;
  situation: Situation;
}): void {
  const idle = [...given].find((name) => IDLE_OPTIONS[command]?.[name]?.includes(situation) === true);
  if (idle === undefined) return;
  throw new BadInputError({
    code: 'bad-usage',
    message: `${BECAUSE[situation]}, so --${idle} has no effect`,
    facts: { option: idle },
    advice: `leave --${idle} out.`,
  });
}
