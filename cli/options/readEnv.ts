import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Everything the command takes from its environment, read once. */
export interface Env {
  /** RUSHES_HOME, default ~/.rushes: where keys and the local network live. Absolute. */
  home: string;
  /** RUSHES_CACHE, default RUSHES_HOME/cache: compiled kernels, which may be thrown away. Absolute. */
  cache: string;
  /** RUSHES_URL: the network `--network` names otherwise. */
  networkUrl: string | undefined;
  /** RUSHES_IPFS_API_URL: a Kubo RPC endpoint to use in place of the one that comes with a network. */
  ipfsApiUrl: string | undefined;
  /** RUSHES_DATABASE_URL: a PostgreSQL to use in place of the embedded one. */
  databaseUrl: string | undefined;
  /** RUSHES_REFUSED: a file of CIDs and accounts that a coordinator has nothing to do with. Absolute. */
  refusedFile: string | undefined;
  /** RUSHES_PASSPHRASE: of encrypted keys, in the place of asking. */
  passphrase: string | undefined;
  /** RUSHES_PASSPHRASE_FILE: a file that only its user can read, with the passphrase in its first line. Absolute. */
  passphraseFile: string | undefined;
  /** RUSHES_DEBUG: show stack traces. */
  debug: boolean;
  /** NO_COLOR (no-color.org): no escape sequences for colour. */
  noColor: boolean;
  /** TERM=dumb or CI: no moving bars. */
  dumb: boolean;
}

/** Reads the environment. Set but empty counts as absent. */
export function readEnv(variables: NodeJS.ProcessEnv): Env {
  const value = (name: string): string | undefined => variables[name] || undefined;
  const home = resolve(value('RUSHES_HOME') ?? join(homedir(), '.rushes'));
  const path = (name: string): string | undefined => {
    const given = value(name);
    return given === undefined ? undefined : resolve(given);
  };
  return {
    home,
    cache: resolve(value('RUSHES_CACHE') ?? join(home, 'cache')),
    networkUrl: value('RUSHES_URL'),
    ipfsApiUrl: value('RUSHES_IPFS_API_URL'),
    databaseUrl: value('RUSHES_DATABASE_URL'),
    passphrase: value('RUSHES_PASSPHRASE'),
    passphraseFile: path('RUSHES_PASSPHRASE_FILE'),
    refusedFile: path('RUSHES_REFUSED'),
    debug: value('RUSHES_DEBUG') !== undefined,
    noColor: value('NO_COLOR') !== undefined,
    dumb: value('TERM') === 'dumb' || value('CI') !== undefined,
  };
}
