import { networkInterfaces } from 'node:os';
import { authorityOf, isWildcard } from '../../coordinator/gateway/describeOutside.js';
import { LOOPBACK } from '../supervisor/freePort.js';

/** How other machines reach a network that runs here. */
export interface OutsideOptions {
  /** Address the coordinator listens on, of this machine, or 0.0.0.0 or :: for all; undefined: on loopback. */
  host: string | undefined;
  /** The address that others use, where it is another one: of a proxy in front, or a name. */
  publicUrl: string | undefined;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[] | undefined;
}

/** The coordinator's address as others use it; undefined where it serves this machine only. */
export function outsideUrlOf(outside: OutsideOptions | undefined, port: number): string | undefined {
  if (outside?.publicUrl !== undefined) return outside.publicUrl;
  if (outside?.host === undefined) return undefined;
  return `http://${authorityOf(isWildcard(outside.host) ? firstAddress() : outside.host, port)}`;
}

/** The same as options of `rushes coordinator`. */
export function outsideArguments(outside: OutsideOptions | undefined): string[] {
  return [
    ...(outside?.host === undefined ? [] : ['--host', outside.host]),
    ...(outside?.publicUrl === undefined ? [] : ['--public-url', outside.publicUrl]),
    ...(outside?.trustedProxies === undefined ? [] : ['--trust-proxy', outside.trustedProxies.join(',')]),
  ];
}

/** One of this machine's addresses that others may use; loopback where it has no other. */
function firstAddress(): string {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  return (addresses.find(({ family }) => family === 'IPv4') ?? addresses[0])?.address ?? LOOPBACK;
}
