import type { Logger } from 'pino';
import { createHttpServer, type HttpServer } from '../../adapters/http/createHttpServer.js';
import type { CoordinatorContext } from './CoordinatorContext.js';
import { getChanges } from './getChanges.js';
import { getHealth } from './getHealth.js';
import { getJob } from './getJob.js';
import { getJobChunks } from './getJobChunks.js';
import { getJobEvents } from './getJobEvents.js';
import { getJobs } from './getJobs.js';
import { getJobWish } from './getJobWish.js';
import { getNetwork } from './getNetwork.js';
import { getWorkers } from './getWorkers.js';
import { postHeartbeat } from './postHeartbeat.js';
import { postSuggestion } from './postSuggestion.js';
import { putJobWish } from './putJobWish.js';

/** Every route of the API; each is a file of its name. */
const ROUTES = [
  getNetwork,
  getJobs,
  getJob,
  getJobChunks,
  getJobEvents,
  getJobWish,
  putJobWish,
  postHeartbeat,
  postSuggestion,
  getWorkers,
  getHealth,
  getChanges,
];

/** A server that has the routes of the API, and listens nowhere yet. */
export async function createApiServer(options: {
  context: CoordinatorContext;
  /** Names under which a proxy or a router in front is reached; lower case. */
  names?: readonly string[];
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  log: Logger;
}): Promise<HttpServer> {
  const { context, ...more } = options;
  const server = await createHttpServer({
    ...more,
    title: 'Rushes coordinator',
    version: '1',
    description:
      'Suggests to workers what to take next and shows progress. Nothing here is an authority: money and truth are on the chain and in IPFS.',
  });
  for (const addRoute of ROUTES) addRoute(server, context);
  return server;
}
