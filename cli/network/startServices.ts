import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildSpec } from '../supervisor/ChildSpec.js';
import type { Supervisor } from '../supervisor/startSupervisor.js';
import { checkGivenChain, checkGivenIpfs } from './checkComponents.js';
import type { FaucetChildOptions } from './FaucetChildOptions.js';
import { type GivenComponents, givenIpfsUrl } from './GivenComponents.js';
import type { networkPaths } from './networkPaths.js';

/** Stages of the shutdown: what leans on others stops first. */
export const STAGE = { service: 0, coordinator: 1, daemon: 2 } as const;

/** Deadlines are generous: two cores that also render, or a slow disk, must not fail a start. */
export const READY_MS = { service: 60_000, daemon: 120_000 } as const;
export const STOP_MS = { service: 15_000, daemon: 8_000 } as const;

export const moduleAt = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A part of the network that runs in a process of its own, from a module beside this one. */
export function service(name: string, module: string, given: unknown): ChildSpec {
  return {
    name,
    modulePath: moduleAt(module),
    args: [JSON.stringify(given)],
    readyMs: READY_MS.service,
    stopMs: STOP_MS.service,
    stage: STAGE.service,
  };
}

interface ServiceOptions {
  supervisor: Supervisor;
  given: GivenComponents;
  folder: string;
  port: number;
  signal: AbortSignal;
}

/** The address of the network's chain: the one that was given, looked at, or one that is started. */
export async function startChain({ supervisor, given: { network }, signal, ...own }: ServiceOptions): Promise<string> {
  if (network === undefined)
    return (await supervisor.start(service('chain', './chain.child.js', own))).facts().rpcUrl as string;
  await checkGivenChain(network, signal);
  return network.rpcUrl;
}

/** The same of its IPFS endpoint. */
export async function startIpfs({ supervisor, given, signal, ...own }: ServiceOptions): Promise<string> {
  const apiUrl = givenIpfsUrl(given);
  if (apiUrl === undefined)
    return (await supervisor.start(service('ipfs', './ipfs.child.js', own))).facts().apiUrl as string;
  await checkGivenIpfs(apiUrl, signal);
  return apiUrl;
}

/** The faucet of a network, with a key of its own. */
export function faucetSpec(
  paths: ReturnType<typeof networkPaths>,
  { port, fundsItself }: Pick<FaucetChildOptions, 'port' | 'fundsItself'>,
): ChildSpec {
  const given: FaucetChildOptions = {
    descriptionFile: paths.ownDescription,
    keyFile: join(paths.keys, 'faucet.key'),
    folder: paths.faucet,
    port,
    fundsItself,
  };
  return { ...service('faucet', './faucet.child.js', given), readyMs: READY_MS.daemon, stage: STAGE.daemon };
}
