import { mkdir, rm } from 'node:fs/promises';
import { deployRushes } from '../../adapters/chain/deployRushes.js';
import { authorityOf, isWildcard } from '../../coordinator/gateway/describeOutside.js';
import type { Address, Bytes32 } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { outsideNetwork } from '../../protocol/outsideNetwork.js';
import { loadKernel } from '../../renderer/cpu/loadKernel.js';
import { kernelSource } from '../../renderer/kernels/kernelSource.js';
import { writeJson } from '../files/writeJson.js';
import type { ChildSpec } from '../supervisor/ChildSpec.js';
import { LOOPBACK } from '../supervisor/freePort.js';
import { holdNetworkFolder } from '../supervisor/holdNetworkFolder.js';
import { type RunningChild, startSupervisor, type Supervisor } from '../supervisor/startSupervisor.js';
import type { BringUpOptions } from './BringUpOptions.js';
import { checkGivenDatabase } from './checkComponents.js';
import { choosePorts } from './choosePorts.js';
import { fundParties, fundPartiesElsewhere } from './fundParties.js';
import type { GivenComponents } from './GivenComponents.js';
import { addressOf, readKeys } from './networkKeys.js';
import { networkPaths } from './networkPaths.js';
import { type NetworkState, readState, refuseOtherFolder } from './networkState.js';
import { outsideArguments, outsideUrlOf } from './outsideOptions.js';
import { partyArguments } from './partyArguments.js';
import { faucetSpec, moduleAt, READY_MS, service, STAGE, startChain, startIpfs, STOP_MS } from './startServices.js';

/** A network of this machine. */
export interface LocalNetwork {
  folder: string;
  /** As the processes of this machine reach it. */
  description: NetworkDescription;
  /** As others reach it; undefined where they do not. */
  outsideDescription: NetworkDescription | undefined;
  supervisor: Supervisor;
  /** The artist's key of this network, which owns its test money. */
  artistKey: Bytes32;
  /** Workers and verifiers in the order they were made, by address. */
  parties: { name: string; role: 'worker' | 'verifier'; address: Address; child: () => RunningChild | undefined }[];
  /** Resolves when every daemon is ready; rejects when one is not in time. Jobs can be handed in before. */
  daemonsReady: Promise<void>;
  /** Stops every process and gives the folder back, or removes it. */
  close(options?: { removeFolder: boolean }): Promise<void>;
}

/**
 * Brings up a network in a folder. Resolves when the chain, the contracts, the keys' money and the IPFS endpoint are
 * there, which is when a job can be handed in; the daemons come up meanwhile (`daemonsReady`). On an error, everything
 * started is taken down first.
 */
export async function bringUpNetwork(options: BringUpOptions): Promise<LocalNetwork> {
  const { folder, given, signal } = options;
  const paths = networkPaths(folder);
  await mkdir(folder, { recursive: true });
  const lock = await holdNetworkFolder(folder);
  let coordinator: RunningChild | undefined;
  let usedUrl: string | undefined;
  const kernel = loadKernel({ source: kernelSource(), cacheDir: options.cacheDir });
  kernel.catch(() => {});
  const supervisor = startSupervisor({
    logFolder: paths.logs,
    onEvent(event, facts) {
      options.onEvent?.(event);
      if (event.kind === 'ready' && typeof facts.notice === 'string') options.onNotice?.(facts.notice);
      // A database that was deleted and made anew has another password: the coordinator must be told.
      if (event.kind === 'ready' && event.name === 'database' && coordinator !== undefined && usedUrl !== facts.url) {
        usedUrl = facts.url as string;
        supervisor.restart(coordinator);
      }
    },
  });
  const close: LocalNetwork['close'] = async ({ removeFolder } = { removeFolder: false }) => {
    await supervisor.close();
    await removeDescriptions();
    await (removeFolder ? lock.removeFolder() : lock.release());
  };
  const removeDescriptions = async (): Promise<void> => {
    for (const path of [paths.description, paths.ownDescription]) await rm(path, { force: true });
  };
  // Whoever interrupts the start does not wait for the children to be ready first, and nothing leans on them yet.
  const interrupt = (): void => void supervisor.close({ regardless: true });
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const before = await readState(paths.state);
    refuseOtherFolder({ folder, before, network: given.network });
    const { host = LOOPBACK } = options.outside ?? {};
    const ports = await choosePorts(before?.ports, { port: options.port, host });
    // The description says that the network is up, and daemons wait for it: one of an earlier run must not mislead
    // them.
    await removeDescriptions();
    const keys = await readKeys(paths.keys, options);
    const parties = keys.parties.map(({ name, role, key }) => ({ name, role, address: addressOf(key) }));
    signal.throwIfAborted();
    // Everything starts at once: loading the daemons keeps the processor busy while the chain waits for its blocks.
    const database =
      given.databaseUrl === undefined
        ? supervisor.start(service('database', './database.child.js', { folder: paths.database, port: ports.database }))
        : undefined;
    const services = Promise.all([
      startChain({ supervisor, given, folder: paths.chain, port: ports.rpc, signal }),
      startIpfs({ supervisor, given, folder: paths.ipfs, port: ports.ipfs, signal }),
    ]);
    const children = new Map<string, RunningChild>();
    const runsFaucet = options.faucet && given.network?.faucetUrl === undefined;
    const faucet = runsFaucet
      ? supervisor.start(faucetSpec(paths, { port: ports.faucet, fundsItself: given.network === undefined }))
      : undefined;
    const daemonsReady = Promise.all([startCoordinator(), faucet, ...parties.map(startParty)]).then(() => undefined);
    // Whoever waits hears of it; until then a failure must not end the process.
    for (const promise of [database, services, daemonsReady]) promise?.catch(() => {});

    // Deploy the contracts on a new chain of its own, hand out the test money, and say that the network is there.
    const [rpcUrl, ipfsApiUrl] = await unlessFailed(services, daemonsReady);
    signal.throwIfAborted();
    const contracts =
      given.network ??
      before?.contracts ??
      (await unlessFailed(deploy({ rpcUrl, deployerKey: keys.deployer, signal }), daemonsReady));
    const state: NetworkState = { contracts, ports, ...(given.network === undefined ? {} : { isElsewhere: true }) };
    await writeJson(paths.state, state);
    const description: NetworkDescription = {
      ...contracts,
      rpcUrl,
      ipfsApiUrl,
      coordinatorUrl: `http://${authorityOf(isWildcard(host) ? LOOPBACK : host, ports.coordinator)}`,
      ...(options.contact === undefined ? {} : { contact: options.contact }),
      ...(runsFaucet ? { faucetUrl: `http://${LOOPBACK}:${ports.faucet}/v1/faucet` } : {}),
    };
    const outsideUrl = outsideUrlOf(options.outside, ports.coordinator);
    const outsideDescription = outsideUrl === undefined ? undefined : outsideNetwork(description, outsideUrl);
    const accounts = [addressOf(keys.artist), ...parties.map((party) => party.address)];
    await unlessFailed(checkAndFund({ description, given, faucetKey: keys.faucet, accounts, signal }), daemonsReady);
    signal.throwIfAborted();
    // Compiled once here; every daemon goes on when it finds the description, and finds the kernel in the cache.
    await unlessFailed(kernel, daemonsReady);
    await writeJson(paths.ownDescription, description);
    await writeJson(paths.description, outsideDescription ?? description);

    function daemon(name: string, args: string[], stage: number): ChildSpec {
      return {
        name,
        modulePath: moduleAt('../rushes.child.js'),
        args: [...args, '--network', paths.ownDescription, '--await-network'],
        readyMs: READY_MS.daemon,
        stopMs: STOP_MS.daemon,
        stage,
        // The keys of a network of this machine are plain; a passphrase in this environment is of other keys.
        environment: () => ({ RUSHES_CACHE: options.cacheDir, RUSHES_PASSPHRASE: '', RUSHES_PASSPHRASE_FILE: '' }),
      };
    }

    async function startCoordinator(): Promise<void> {
      const embedded = await database;
      const databaseUrl = (): string => given.databaseUrl ?? (embedded!.facts().url as string);
      coordinator = await supervisor.start({
        ...daemon(
          'coordinator',
          [
            ...['coordinator', '--port', String(ports.coordinator), ...outsideArguments(options.outside)],
            ...(options.isTemporary === true ? ['--temporary'] : []),
            ...(options.refusedFile === undefined ? [] : ['--refused', options.refusedFile]),
            ...(options.keepDays === undefined ? [] : ['--keep-days', String(options.keepDays)]),
            ...(options.ownsIpfs === true ? ['--own-ipfs'] : []),
          ],
          STAGE.coordinator,
        ),
        environment: () => ({ RUSHES_DATABASE_URL: databaseUrl() }),
      });
      usedUrl = databaseUrl();
    }

    async function startParty(
      { name, role }: { name: string; role: 'worker' | 'verifier' },
      index: number,
    ): Promise<void> {
      const args = partyArguments({ name, role, isFirst: index === 0, folder, options });
      children.set(name, await supervisor.start(daemon(name, args, STAGE.daemon)));
    }

    return {
      folder,
      description,
      outsideDescription,
      supervisor,
      artistKey: keys.artist,
      parties: parties.map((party) => ({ ...party, child: () => children.get(party.name) })),
      daemonsReady,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

async function deploy(options: {
  rpcUrl: string;
  deployerKey: Bytes32;
  signal: AbortSignal;
}): Promise<NetworkState['contracts']> {
  const { chainId, contract, token, policy, deploymentBlock, testMoney } = await deployRushes(options);
  return { protocolVersion: 1, name: 'local', chainId, contract, token, policy, deploymentBlock, testMoney };
}

/** Sees that the database that was given is this network's, and that its parties have coins and tokens. */
async function checkAndFund({
  description,
  given,
  ...funding
}: {
  description: NetworkDescription;
  given: GivenComponents;
  faucetKey: Bytes32;
  accounts: Address[];
  signal: AbortSignal;
}): Promise<void> {
  const { databaseUrl, network } = given;
  if (databaseUrl !== undefined)
    await checkGivenDatabase({ databaseUrl, network: description, signal: funding.signal });
  if (network === undefined) await fundParties({ network: description, ...funding });
  else await fundPartiesElsewhere({ network: description, ...funding, faucetUrl: network.faucetUrl });
}

/** The value of `work`, unless `other` fails first. */
function unlessFailed<T>(work: Promise<T>, other: Promise<unknown>): Promise<T> {
  work.catch(() => {});
  return Promise.race([work, other.then(() => new Promise<never>(() => {}))]);
}
