import { type Dispatcher, Pool } from 'undici';

/** Connections to the node; more requests wait for their turn. */
const CONNECTIONS = 256;
const NODE_ANSWERS_MS = 120_000;

/** A Kubo RPC endpoint as the gateway speaks to it. */
export interface Kubo {
  /** Makes one call; its answer's body must be read or destroyed. */
  call(
    name: string,
    query: URLSearchParams,
    options?: {
      body?: AsyncIterable<Uint8Array>;
      contentType?: string;
      signal?: AbortSignal;
      /** Waits for its answer for as long as it takes. */
      isPatient?: boolean;
    },
  ): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/** Speaks to the endpoint at a base URL, as ipfs-http-client understands it: /api/v0 where it has no path. */
export function connectKubo(apiUrl: string): Kubo {
  const url = new URL(apiUrl);
  const base = url.pathname === '/' ? '/api/v0' : url.pathname.replace(/\/+$/, '');
  const pool = new Pool(url.origin, {
    connections: CONNECTIONS,
    headersTimeout: NODE_ANSWERS_MS,
    bodyTimeout: NODE_ANSWERS_MS,
  });
  return {
    call: async (name, query, { body, contentType, signal, isPatient } = {}) =>
      await pool.request({
        method: 'POST',
        path: `${base}/${name}?${query.toString()}`,
        ...(body === undefined ? {} : { body: body as never }),
        ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
        ...(signal === undefined ? {} : { signal }),
        ...(isPatient === true ? { headersTimeout: 0, bodyTimeout: 0 } : {}),
      }),
    close: () => pool.destroy(),
  };
}
