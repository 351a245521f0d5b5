import type { Logger } from 'pino';
import { createObjectStore } from '../adapters/ipfs/createObjectStore.js';
import { BadInputError, RushesError } from '../protocol/errors.js';
import type { NetworkDescription } from '../protocol/network.js';
import type { CoordinatorContext } from './api/CoordinatorContext.js';
import { createApiServer } from './api/createApiServer.js';
import { followChain } from './followChain.js';
import { carryChain } from './gateway/carryChain.js';
import { carryFaucet } from './gateway/carryFaucet.js';
import { carryIpfs } from './gateway/carryIpfs.js';
import { connectKubo } from './gateway/connectKubo.js';
import { pinsOf } from './gateway/pinsOf.js';
import { collectGarbage } from './garbage/collectGarbage.js';
import { watchRefusedList } from './refused/watchRefusedList.js';
import { forgetUploads } from './uploads/forgetUploads.js';
import { keepUploads } from './uploads/keepUploads.js';
import { UPLOAD_BOUNDS, type UploadBounds } from './uploads/UploadBounds.js';
import { serveStudio } from './studio/serveStudio.js';

/**
 * Long enough for a worker's transaction to be mined and read (blocks of a second), short enough that a worker that
 * died costs little.
 */
const HOLD_MS = 6000;
const FORGET_MS = 30_000;
const KEEP_DAYS = 30;

/** A running coordinator. */
export interface Coordinator {
  /** http://HOST:PORT */
  url: string;
  close(): Promise<void>;
  /**
   * Settles when it has ended; rejects with RushesError `migration` or `other-network` where the database is of
   * another.
   */
  closed: Promise<void>;
}

/**
 * Starts a coordinator: follows the chain into a PostgreSQL, reads manifests from IPFS, suggests to workers what to
 * take, serves progress. It answers at once, with 503 until the chain was read to its head, and again while its
 * database is away; it holds no key and nothing of value. On the same port it carries the network's chain and IPFS for
 * machines that reach neither. Any number of coordinators may work on one database. Throws
 * when the port is in use; ends when `signal` aborts or `close` is called.
 */
export async function startCoordinator(options: {
  network: NetworkDescription;
  databaseUrl: string;
  /**
   * Where other machines are to reach it: an address of this one, or 0.0.0.0 or :: for all of them. Default: nowhere,
   * it listens on 127.0.0.1.
   */
  host?: string;
  /** The URL that others use, where it is another: of a proxy in front, or with a name of this machine. */
  publicUrl?: string;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  /** Default 0: a free one. */
  port?: number;
  /** The network ends with this coordinator, for good: who watches is told so. */
  isTemporary?: boolean;
  signal?: AbortSignal;
  log: Logger;
  /** Milliseconds for which a suggestion keeps others away, default 6000. */
  holdMs?: number;
  /** Milliseconds between looks at the chain's head, default 300. */
  pollMs?: number;
  /** How much others may store over it. */
  uploadBounds?: UploadBounds;
  /** Unix seconds, default the machine's clock. */
  nowSeconds?: () => number;
  /** Milliseconds between looks after what was stored over it, default 30,000. */
  forgetMs?: number;
  /** What a job names is kept for so many days after its end, default 30. */
  keepDays?: number;
  /**
   * The IPFS node keeps nothing but this network's: what nothing names any more is let go of, whoever pinned it, and
   * its space freed.
   */
  ownsIpfs?: boolean;
  /** File with the CIDs and accounts that are neither suggested nor served. */
  refusedFile?: string;
}): Promise<Coordinator> {
  const { network, log } = options;
  const host = options.host ?? '127.0.0.1';
  const ending = new AbortController();
  const refused = await watchRefusedList({ path: options.refusedFile, signal: ending.signal, log });
  const following = followChain({
    network,
    databaseUrl: options.databaseUrl,
    objects: createObjectStore({ apiUrl: network.ipfsApiUrl }),
    signal: ending.signal,
    log,
    ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
  });
  const context: CoordinatorContext = {
    network,
    outside: { host: options.host, publicUrl: options.publicUrl },
    following,
    holdMs: options.holdMs ?? HOLD_MS,
    refused,
    ending: { signal: ending.signal, facts: { isTemporary: options.isTemporary === true } },
  };
  const server = await createApiServer({
    context,
    ...(options.publicUrl === undefined ? {} : { names: [nameOf(options.publicUrl)] }),
    ...(options.trustedProxies === undefined ? {} : { trustedProxies: options.trustedProxies }),
    log,
  });
  await serveStudio(server);
  carryChain(server, network);
  const kubo = connectKubo(network.ipfsApiUrl);
  server.addHook('onClose', () => kubo.close());
  const nowSeconds = options.nowSeconds ?? ((): number => Math.floor(Date.now() / 1000));
  const keepSeconds = (options.keepDays ?? KEEP_DAYS) * 86_400;
  const uploads = keepUploads({
    context,
    kubo,
    pins: pinsOf(kubo),
    bounds: options.uploadBounds ?? UPLOAD_BOUNDS,
    nowSeconds,
    keepSeconds,
  });
  carryIpfs(server, { network, outside: context.outside, kubo, nowSeconds, refused, ...uploads });
  const lookAfter = {
    ...{ following, kubo, nowSeconds, keepSeconds, signal: ending.signal, log },
    lookMs: options.forgetMs ?? FORGET_MS,
  };
  const forgetting = forgetUploads(lookAfter);
  const collecting = options.ownsIpfs === true ? collectGarbage(lookAfter) : undefined;
  if (network.faucetUrl !== undefined) carryFaucet(server, { faucetUrl: network.faucetUrl });

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      ending.abort();
      await server.close();
      await forgetting;
      await collecting;
      await following.closed.catch(() => undefined);
    })();
    return closing;
  };
  const closed = following.closed.finally(() => close());
  // Told to whoever waits for it; it is nobody's unhandled rejection.
  closed.catch(() => undefined);
  const onAbort = (): void => void close();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  try {
    const url = await server.listen({ host, port: options.port ?? 0 });
    // It ended while its port was being opened, and what was not open yet could not be closed.
    if (closing !== undefined) server.server.close();
    log.info({ url }, 'coordinator listening');
    return { url, close, closed };
  } catch (error) {
    await close();
    throw explainListening(error, { host, port: options.port ?? 0 });
  }
}

/** What keeps a server from listening, in words. */
function explainListening(error: unknown, facts: { host: string; port: number }): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new RushesError({
      code: 'port-in-use',
      message: `port ${facts.port} on ${facts.host} is in use by another program`,
      facts,
      advice: 'Choose another port, or 0 for a free one.',
      cause: error,
    });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new BadInputError({
      message: `${facts.host} is no address of this machine`,
      facts,
      advice: 'Listen on one of its addresses, or on 0.0.0.0 or :: for all of them.',
      cause: error,
    });
  return error;
}

/** The name in a URL, as a Host header has it. */
function nameOf(url: string): string {
  return new URL(url).hostname.toLowerCase();
}
