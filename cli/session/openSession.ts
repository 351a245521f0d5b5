import { join, resolve } from 'node:path';
import { connectArtist } from '../../artist/connectArtist.js';
import { fundAccount } from '../../adapters/chain/fundAccount.js';
import { RushesError } from '../../protocol/errors.js';
import type { CommandContext } from '../options/CommandContext.js';
import type { Session } from './Session.js';
import { isNetworkRunning } from '../supervisor/holdNetworkFolder.js';
import { networkPaths } from '../network/networkPaths.js';
import { readNetwork } from './readNetwork.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';

/** Test tokens an artist of a local network is kept at. */
const POCKET_MONEY_WEI = 1_000_000n * 10n ** 18n;

/** Where `rushes up` keeps its network unless told otherwise. */
export function localNetworkFolder(home: string): string {
  return join(home, 'local');
}

/**
 * The network a command is meant for: the one named by --network or RUSHES_URL, else the one that `rushes up` runs on
 * this machine. Undefined when neither is there. Opens it as the artist with the given key; on a network of this machine
 * that is the network's own artist, who is kept in test money.
 */
export async function openSession({
  source,
  data,
  keyFile,
  context,
}: {
  source: string | undefined;
  /** --data; it comes before RUSHES_URL. Undefined: where `rushes up` keeps its network. */
  data: string | undefined;
  keyFile: string | undefined;
  context: CommandContext;
}): Promise<Session | undefined> {
  const { env, signal } = context;
  const named = source ?? (data === undefined ? env.networkUrl : undefined);
  const folder = resolve(data ?? localNetworkFolder(env.home));
  const paths = networkPaths(folder);
  const own = named === undefined;
  if (own && !(await isNetworkRunning(folder))) return undefined;
  const network = await readNetwork(named ?? paths.description, signal);
  const key = await readOrMakeKey(
    keyFile ?? (own ? join(paths.keys, 'artist.key') : join(env.home, 'keys', 'artist.key')),
  );
  const session = await connectArtist({ network, key, signal });
  const { account } = session.chain;
  if (network.testMoney) await fundAccount({ network, account, tokenWei: POCKET_MONEY_WEI, signal });
  return { ...session, local: undefined };
}

/** The same, for commands that make no sense without a network. */
export async function requireSession(options: Parameters<typeof openSession>[0]): Promise<Session> {
  const session = await openSession(options);
  if (session !== undefined) return session;
  const folder = resolve(options.data ?? localNetworkFolder(options.context.env.home));
  throw new RushesError({
    code: 'no-network',
    message: `no network runs in ${folder}`,
    facts: { folder },
    advice: 'start one with `rushes up`, or name one with --network.',
  });
}
