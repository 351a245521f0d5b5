import { rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isWildcard } from '../../coordinator/gateway/describeOutside.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { makeFolder } from '../files/makeFolder.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { refuseUnknownCheat } from '../options/refuseUnknownCheat.js';
import type { ChildEvent } from '../supervisor/ChildSpec.js';
import { formatDuration } from '../terminal/formatDuration.js';
import { pageOf } from '../session/pageOf.js';
import { formatTable } from '../terminal/formatTable.js';
import { bringUpNetwork } from '../network/bringUpNetwork.js';
import { givenIpfsUrl } from '../network/GivenComponents.js';
import { findComponents } from './findComponents.js';
import { networkPaths } from '../network/networkPaths.js';
import { localNetworkFolder } from '../session/findNetwork.js';

/** What `rushes up` was asked for. */
export interface UpOptions {
  data?: string;
  port?: number;
  /** Address to serve other machines on. */
  host?: string;
  publicUrl?: string;
  /** Proxies whose X-Forwarded-For is believed. */
  trustProxy?: string[];
  /** A network.json or a coordinator's address; default RUSHES_URL, else a chain of its own. */
  network?: string;
  /** A Kubo RPC endpoint; default RUSHES_IPFS_API_URL. */
  ipfs?: string;
  /** A PostgreSQL; default RUSHES_DATABASE_URL. */
  database?: string;
  /** File of CIDs and accounts to have nothing to do with; default RUSHES_REFUSED. */
  refused?: string;
  keepDays?: number;
  /** The node of --ipfs keeps nothing but this network. */
  ownIpfs?: boolean;
  /** Whom to write to, for everybody to read. */
  contact?: string;
  workers: number;
  verifiers: number;
  threads?: number;
  /** Memory that each scene may take, bytes. */
  sceneMemory?: number;
  cheat?: string;
}

/** Runs `rushes up`: brings a network up, says what runs where, and keeps it until it is asked to end. */
export async function upCommand({
  data,
  port,
  host,
  publicUrl,
  trustProxy,
  refused,
  keepDays,
  ownIpfs,
  contact,
  workers,
  verifiers,
  threads,
  sceneMemory,
  cheat,
  network: source,
  ipfs,
  database,
  given: givenNames,
  context,
}: UpOptions & {
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const { env, terminal, signal } = context;
  refuseUnknownCheat(cheat);
  if (workers === 0) refuseIdleOptions({ command: 'up', given: givenNames, situation: 'noWorkers' });
  const folder = resolve(data ?? localNetworkFolder(env.home));
  const given = await findComponents({ network: source, ipfs, database, env, signal });
  if (givenIpfsUrl(given) === undefined) refuseIdleOptions({ command: 'up', given: givenNames, situation: 'ownIpfs' });
  const startedAtMs = Date.now();
  terminal.line(`bringing up a network in ${folder}`);
  const made = await makeFolder(folder);
  const network = await bringUpNetwork({
    folder,
    workers,
    verifiers,
    threads,
    sceneBytes: sceneMemory,
    cheat,
    port,
    faucet: true,
    outside: { host, publicUrl, trustedProxies: trustProxy },
    contact,
    refusedFile: refused === undefined ? env.refusedFile : resolve(refused),
    keepDays,
    ownsIpfs: ownIpfs === true || givenIpfsUrl(given) === undefined,
    given,
    cacheDir: env.cache,
    signal,
    onEvent: (event) => describe(event),
    onNotice: (notice) => terminal.line(terminal.yellow(notice)),
  }).catch(async (error: unknown) => {
    // Logs of processes that never were are no reason to leave a folder behind.
    await rmdir(networkPaths(folder).logs).catch(() => {});
    await made.removeIfEmpty();
    throw error;
  });

  function describe(event: ChildEvent): void {
    if (event.kind === 'restarting')
      terminal.line(
        terminal.yellow(
          `${event.name} ended (${event.reason}) and is started again in ${formatDuration(event.afterMs)}`,
        ),
      );
    if (event.kind === 'ready')
      terminal.line(terminal.dim(`${event.name} is ready (${formatDuration(event.tookMs)}, process ${event.pid})`));
  }

  try {
    await Promise.race([network.daemonsReady, network.supervisor.failed, aborted(signal)]);
    signal.throwIfAborted();
    const { description, outsideDescription } = network;
    terminal.line();
    terminal.line(
      terminal.green(
        `the network is up after ${formatDuration(Date.now() - startedAtMs)}; it pays in test money, which is worth nothing`,
      ),
    );
    for (const line of formatTable(
      [{ heading: 'what' }, { heading: 'where' }],
      [
        ['coordinator', description.coordinatorUrl ?? '-'],
        ...(outsideDescription === undefined
          ? []
          : [['for other machines', describeOutside(outsideDescription, host)]]),
        ['chain', `${description.rpcUrl} (id ${description.chainId}), contract ${description.contract}`],
        ['IPFS', description.ipfsApiUrl],
        ...(description.faucetUrl === undefined ? [] : [['faucet', description.faucetUrl]]),
        ...(description.contact === undefined ? [] : [['contact', description.contact]]),
        ['network file', networkPaths(folder).description],
        ['logs', networkPaths(folder).logs],
        ...network.parties.map((party) => [party.name, party.address]),
      ],
    ))
      terminal.line(line);
    terminal.line();
    terminal.line(`watch it: ${pageOf(outsideDescription ?? description) ?? '-'}`);
    terminal.line(
      `render in another terminal: rushes render SCENE${data === undefined || description.coordinatorUrl === undefined ? '' : ` --network ${description.coordinatorUrl}`}    end it here: Ctrl-C`,
    );
    await Promise.race([network.supervisor.failed, aborted(signal)]);
    signal.throwIfAborted();
  } finally {
    if (signal.aborted) terminal.line('taking the network down; what it knows stays in its folder');
    await network.close();
  }
}

/** The address that others use, and what else they may use. */
function describeOutside({ coordinatorUrl }: NetworkDescription, host: string | undefined): string {
  const isAny = host !== undefined && isWildcard(host);
  return `${coordinatorUrl ?? ''}${isAny ? ', or any other address of this machine' : ''}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolveNow) =>
    signal.aborted ? resolveNow() : signal.addEventListener('abort', () => resolveNow(), { once: true }),
  );
}
