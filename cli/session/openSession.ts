import { join } from 'node:path';
import { connectArtist } from '../../artist/connectArtist.js';
import { networkPaths } from '../network/networkPaths.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';
import { passphraseOf } from '../keys/passphraseOf.js';
import { findNetwork, type NetworkChoice, noNetworkError } from './findNetwork.js';
import type { Session } from './Session.js';

/** A network, and who acts on it. */
export interface SessionChoice extends NetworkChoice {
  /** --key; undefined: the artist of the network of this machine, elsewhere the one kept in RUSHES_HOME. */
  keyFile: string | undefined;
}

/** Opens the network that a command is meant for, as the artist. Undefined when there is none. */
export async function openSession(choice: SessionChoice): Promise<Session | undefined> {
  const { keyFile, context } = choice;
  const found = await findNetwork(choice);
  if (found === undefined) return undefined;
  const keys = found.folder === undefined ? join(context.env.home, 'keys') : networkPaths(found.folder).keys;
  const key = await readOrMakeKey(keyFile ?? join(keys, 'artist.key'), { passphrase: passphraseOf(context) });
  return { ...(await connectArtist({ network: found.network, key, signal: context.signal })), local: undefined };
}

/** The same, for commands that make no sense without a network. */
export async function requireSession(choice: SessionChoice): Promise<Session> {
  const session = await openSession(choice);
  if (session === undefined) throw noNetworkError(choice);
  return session;
}
