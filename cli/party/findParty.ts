import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Wallet } from '@ethersproject/wallet';
import { BadInputError } from '../../protocol/errors.js';
import type { Role } from '../../protocol/events.js';
import { type Address, type Bytes32, parseAddress } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';
import { passphraseOf } from '../keys/passphraseOf.js';
import type { CommandContext } from '../options/CommandContext.js';
import { readNetwork, typedSource } from '../session/readNetwork.js';
import { joinedNetwork, listJoinedNetworks } from './joinedNetwork.js';

/** A party of one's own: its network, its key, and where its state is. */
export interface OwnParty {
  network: NetworkDescription;
  keyFile: string;
  key: Bytes32;
  account: Address;
  dataDir: string;
}

/**
 * Finds a party that joined a network before: the network of an address or file, or the one that was joined, and the key
 * that `rushes join` made there, or another. Never makes a key. Throws BadInputError where it is not clear which is
 * meant.
 */
export async function findParty({
  url,
  role,
  keyFile: stated,
  context,
}: {
  url: string | undefined;
  role: Role;
  keyFile: string | undefined;
  context: CommandContext;
}): Promise<OwnParty> {
  const { env, signal } = context;
  const network = await readNetwork(await sourceOf(url ?? env.networkUrl, env.home), signal);
  const joined = joinedNetwork(env.home, network);
  const keyFile = stated ?? joined.keyFile(role);
  if (!existsSync(keyFile))
    throw new BadInputError({
      code: 'bad-key',
      message: `there is no key in ${keyFile}`,
      facts: { path: keyFile },
      advice:
        stated === undefined
          ? `nobody joined network ${network.name} as ${role} from here: see --as and --key.`
          : 'check the path.',
    });
  const key = await readOrMakeKey(keyFile, { passphrase: passphraseOf(context) });
  const account = parseAddress(new Wallet(key).address);
  return {
    network,
    keyFile,
    key,
    account,
    dataDir: stated === undefined ? joined.dataDir(role) : join(env.home, role),
  };
}

/** Where the description of the network is. */
async function sourceOf(url: string | undefined, home: string): Promise<string> {
  if (url !== undefined) return typedSource(url);
  const joined = await listJoinedNetworks(home);
  if (joined.length === 1) return joined[0]!;
  throw new BadInputError({
    code: 'no-network',
    message:
      joined.length === 0
        ? 'no network was joined from here'
        : `${joined.length} networks were joined from here, and it is not said which is meant`,
    facts: { joined },
    advice:
      joined.length === 0
        ? "name one by its coordinator's address, or by a network.json."
        : `name one, for instance ${joined[0]!}.`,
  });
}
