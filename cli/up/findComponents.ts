import type { GivenComponents } from '../network/GivenComponents.js';
import { parseUrl } from '../options/parseUrl.js';
import type { Env } from '../options/readEnv.js';
import { readDeployedNetwork } from '../session/readNetwork.js';

/**
 * What a person gave of the parts of a network, by option or variable. Throws BadInputError for an address that is none
 * and for a description that cannot be read.
 */
export async function findComponents({
  network: source,
  ipfs,
  database,
  env,
  signal,
}: {
  network: string | undefined;
  ipfs: string | undefined;
  database: string | undefined;
  env: Env;
  signal: AbortSignal;
}): Promise<GivenComponents> {
  const named = source ?? env.networkUrl;
  const [ipfsName, ipfsApiUrl] = ipfs === undefined ? ['RUSHES_IPFS_API_URL', env.ipfsApiUrl] : ['--ipfs', ipfs];
  const [databaseName, databaseUrl] =
    database === undefined ? ['RUSHES_DATABASE_URL', env.databaseUrl] : ['--database', database];
  return {
    network: named === undefined ? undefined : await readDeployedNetwork(named, signal),
    ipfsApiUrl: ipfsApiUrl === undefined ? undefined : parseUrl(ipfsName, ipfsApiUrl, ['http:', 'https:']),
    databaseUrl:
      databaseUrl === undefined ? undefined : parseUrl(databaseName, databaseUrl, ['postgres:', 'postgresql:']),
  };
}
