import type { IncomingMessage } from 'node:http';
import { foreignRequest } from '../http/foreignRequest.js';
import { blockRoutes } from './routes/blockRoutes.js';
import type { EndpointCall, Routes } from './routes/EndpointCall.js';
import { fileRoutes } from './routes/fileRoutes.js';
import { identityRoutes } from './routes/identityRoutes.js';
import { pinRoutes } from './routes/pinRoutes.js';
import { repoRoutes } from './routes/repoRoutes.js';
import { sendError, sendText } from './sendAnswer.js';

const ROUTES: Routes = { ...identityRoutes, ...fileRoutes, ...blockRoutes, ...pinRoutes, ...repoRoutes };

/** Answers one request, whatever it is and whatever goes wrong. `host` is the address that the endpoint listens on. */
export async function answerRequest(call: Omit<EndpointCall, 'query'> & { host: string }): Promise<void> {
  const { request, response } = call;
  try {
    const refusal = refuse(request, call.host);
    if (refusal !== undefined) return await sendText(request, response, refusal.status, refusal.text);
    const url = new URL(request.url ?? '/', 'http://endpoint');
    const name = url.pathname.startsWith('/api/v0/') ? url.pathname.slice('/api/v0/'.length) : '';
    const route = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
    if (route === undefined) return await sendText(request, response, 404, '404 page not found');
    const result = await route({ ...call, query: url.searchParams });
    if (result !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result));
    }
  } catch (error) {
    await sendError(request, response, error);
  }
}

/**
 * Kubo's guards against web pages: only POST, no page's Origin or Referer, no browser; and only a Host that is this
 * endpoint, against DNS rebinding.
 */
function refuse(request: IncomingMessage, host: string): { status: number; text: string } | undefined {
  const { origin, referer, 'user-agent': userAgent = '' } = request.headers;
  const isPage = origin !== undefined || referer !== undefined || userAgent.startsWith('Mozilla');
  if (isPage || foreignRequest(request, { hosts: [host.toLowerCase()] }) !== undefined)
    return { status: 403, text: '403 - Forbidden' };
  if (request.method !== 'POST') return { status: 405, text: '405 - Method Not Allowed' };
  return undefined;
}
