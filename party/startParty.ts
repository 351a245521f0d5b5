import { join } from 'node:path';
import type { Logger } from 'pino';
import { connectChain } from '../adapters/chain/connectChain.js';
import { followEvents } from '../adapters/chain/followEvents.js';
import { signRequests } from '../adapters/http/signRequests.js';
import { createObjectStore } from '../adapters/ipfs/createObjectStore.js';
import { type Bytes32, parseBytes32 } from '../protocol/ids.js';
import type { NetworkDescription } from '../protocol/network.js';
import type { ChainPort, FollowEvents, ObjectStore } from '../protocol/ports.js';
import { createCpuEngine } from '../renderer/cpu/createCpuEngine.js';
import { type SteadyEngine, createSteadyEngine } from './createSteadyEngine.js';

/** How to run a party, whatever its role. */
export interface PartyOptions {
  network: NetworkDescription;
  /** Private key, 32 bytes of hex. */
  key: string;
  /** Folder that things wait in until their lease has ended. */
  dataDir: string;
  /** Render threads, at least 1. */
  threads: number;
  /** Folder for compiled kernels; undefined compiles at every start. */
  cacheDir?: string;
  signal: AbortSignal;
  log: Logger;
}

/** What every role runs on. */
export interface PartyGround {
  chain: ChainPort;
  follow: FollowEvents;
  store: ObjectStore;
  engine: SteadyEngine;
  /** The account's private key. */
  key: Bytes32;
  signal: AbortSignal;
  log: Logger;
}

/**
 * Starts a role with its render threads: `open` opens what it keeps on the disk, in a folder of its own for contract
 * and account, and `run` runs it; when it stops, so do the threads. Rejects when the chain is not the network's or the
 * folder cannot be written.
 */
export async function startParty<Kept, Running extends { close(): Promise<void>; closed: Promise<void> }>(options: {
  party: PartyOptions;
  open: (folder: string) => Promise<Kept>;
  run: (ground: PartyGround, kept: Kept) => Running;
}): Promise<Running> {
  const { network, threads, cacheDir, signal, log, ...party } = options.party;
  const key = parseBytes32(party.key.startsWith('0x') ? party.key : `0x${party.key}`, 'private key');
  const chain = await connectChain({ network, key, signal });
  const kept = await options.open(join(party.dataDir, network.contract, chain.account));
  const engine = await createSteadyEngine({
    create: () => createCpuEngine({ threads, ...(cacheDir === undefined ? {} : { cacheDir }) }),
  });
  const follow: FollowEvents = (of) =>
    followEvents({
      network,
      ...of,
      onTrouble: (error) => log.warn({ error: error.message }, 'the chain does not answer'),
    });
  const store = createObjectStore({ apiUrl: network.ipfsApiUrl, signer: signRequests({ network, key }) });
  const running = options.run({ chain, follow, store, engine, key, signal, log }, kept);
  const closed = running.closed.finally(() => engine.close());
  closed.catch(() => undefined);
  return {
    ...running,
    closed,
    async close() {
      await running.close();
      await closed.catch(() => undefined);
    },
  };
}
