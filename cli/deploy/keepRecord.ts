import { access, readFile } from 'node:fs/promises';
import type { DeploymentRecord } from '../../adapters/chain/deployContracts.js';
import { BadInputError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import { writeJson } from '../files/writeJson.js';

/** The file in which a deployment remembers what it did, until it is whole. */
export interface RecordKeeper {
  /** What an earlier run left; undefined where none did. */
  record: DeploymentRecord | undefined;
  write(record: DeploymentRecord): Promise<void>;
  /** Whether there is something to go on with. */
  isBegun(): boolean;
}

interface RecordFile extends DeploymentRecord {
  chainId: number;
  deployer: Address;
  token: Address | null;
}

/** Beside the file that the deployment will write. */
export function recordPath(out: string): string {
  return `${out}.deploying`;
}

/** Throws BadInputError where the file to write is there: it may be the only description of a network. */
export async function refuseExisting(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new BadInputError({
    code: 'file-exists',
    message: `${path} is there already, and may be all that is known of a network`,
    facts: { path },
    advice: 'name another file with --out, or move that one away.',
  });
}

/** Opens the record of a deployment. Throws BadInputError for one that another key, chain or token began. */
export async function keepRecord({
  path,
  chainId,
  deployer,
  token,
}: {
  path: string;
  chainId: number;
  deployer: Address;
  token: Address | undefined;
}): Promise<RecordKeeper> {
  const about = { chainId, deployer, token: token ?? null };
  const before = await readRecord(path);
  if (
    before !== undefined &&
    (Object.keys(about) as (keyof typeof about)[]).some((name) => before[name] !== about[name])
  )
    throw new BadInputError({
      code: 'file-exists',
      message: `${path} remembers an unfinished deployment of ${before.deployer} on chain ${before.chainId}${before.token === null ? '' : ` with token ${before.token}`}`,
      facts: { path, chainId: before.chainId, deployer: before.deployer, token: before.token },
      advice: 'finish it with the same --rpc, --key and --token, or remove the file.',
    });
  let isBegun = before !== undefined;
  // Contracts are deployed side by side, and the file has the state after the last of them.
  let writing: Promise<unknown> = Promise.resolve();
  return {
    record: before === undefined ? undefined : { made: before.made, sent: before.sent },
    isBegun: () => isBegun,
    async write(record) {
      isBegun = true;
      const file: RecordFile = structuredClone({ ...about, ...record });
      writing = writing.then(() => writeJson(path, file));
      await writing;
    },
  };
}

async function readRecord(path: string): Promise<RecordFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as RecordFile;
  } catch (cause) {
    throw new BadInputError({
      code: 'file-exists',
      message: `${path} should remember an unfinished deployment and is damaged`,
      facts: { path },
      advice: 'remove it; what was deployed of it stays on the chain, unused.',
      cause,
    });
  }
}
