import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Names that mean this machine, whatever a resolver says. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Why a request is not answered because of where it comes from; undefined when it may be. A web page of another origin
 * may neither read nor act:
 *
 * - Host must name this server: a page whose own name was rebound to this machine names itself. Loopback names and
 *   `hosts` come with the port that the server listens on; `names` are those of a proxy or a router in front, with any
 *   port. What arrives over another interface than loopback may name an address in figures, which no page can rebind.
 * - Origin is absent (programs send none) or this server itself.
 * - Sec-Fetch-Site, which browsers add and pages cannot forge, may not tell of another site. Opening an address in the
 *   browser is no request of the page that linked it.
 */
export function foreignRequest(
  request: IncomingMessage,
  {
    hosts = [],
    names = [],
  }: {
    /** Names of this server besides the loopback ones, lower case. */
    hosts?: readonly string[];
    /** Names under which others reach it, lower case. */
    names?: readonly string[];
  } = {},
): string | undefined {
  const { headers, socket } = request;
  const host = (headers.host ?? '').toLowerCase();
  const [, name, port = '80'] = /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(?::([0-9]{1,5}))?$/.exec(host) ?? [];
  if (name === undefined) return 'it names no host';
  const isOwn = [...LOOPBACK_NAMES, ...hosts].includes(name) && Number(port) === socket.localPort;
  const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  if (!isOwn && !names.includes(name) && !(isAddress && !isLoopback(socket.localAddress)))
    return `its Host is ${quote(host)}`;
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return `its Origin is ${quote(origin)}`;
  const site = headers['sec-fetch-site'];
  const isOpened = headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isOpened)
    return `a browser sent it for a page that is ${quote(String(site))}`;
  return undefined;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:(?:::ffff:)?127\.|::1$)/.test(address);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
