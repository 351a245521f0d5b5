import { isIP, isIPv6 } from 'node:net';
import type { NetworkDescription } from '../../protocol/network.js';
import { outsideNetwork } from '../../protocol/outsideNetwork.js';

/** How a coordinator is reached by other machines. */
export interface Outside {
  /**
   * The address it listens on, where other machines are to reach it; undefined: they are not, it listens on loopback.
   */
  host: string | undefined;
  /** The address that others use, where it is another one: of a proxy in front, or a name of this machine. */
  publicUrl: string | undefined;
}

/**
 * The network as an asker is told it: with the addresses that the asker itself can use. Where the coordinator listens
 * on every address and nothing says which of them others use, it is the one that the asker used: its Host, which was
 * checked to be an address in figures or a loopback name (foreignRequest). Who forges it fools nobody but himself.
 */
export function describeOutside(
  network: NetworkDescription,
  { host, publicUrl }: Outside,
  asked: { host: string; port: number },
): NetworkDescription {
  if (publicUrl !== undefined) return outsideNetwork(network, publicUrl);
  if (host === undefined) return network;
  return outsideNetwork(network, `http://${isWildcard(host) ? asked.host : authorityOf(host, asked.port)}`);
}

/**
 * Origins under which a coordinator is asked: what a signature for it may name. A name or an address of something in
 * front of it is among them only as its public URL: anybody could claim to be that.
 */
export function audiencesOf({ publicUrl }: Outside, socket: { localAddress?: string; localPort?: number }): string[] {
  const { localAddress = '127.0.0.1', localPort = 0 } = socket;
  const address = localAddress.replace(/^::ffff:(?=[0-9.]+$)/, '');
  const names = isLoopback(address) ? ['127.0.0.1', 'localhost', '::1'] : [address];
  return [
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]),
    ...names.map((name) => `http://${authorityOf(name, localPort)}`),
  ];
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Whether an address to listen on stands for all of them. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || (isIP(host) === 6 && /^[0:]+$/.test(host));
}

/** Host and port as they stand in a URL. */
export function authorityOf(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
