import { pino } from 'pino';
import { carryFaucet } from '../gateway/carryFaucet.js';
import type { CoordinatorContext } from './CoordinatorContext.js';
import { createApiServer } from './createApiServer.js';

/**
 * The OpenAPI document of a coordinator's routes, from the routes themselves. `npm run api` writes it to
 * docs/openapi.json and the types of its client, and a test compares both (test/coordinator/api/apiFiles.test.ts).
 */
export async function describeApi(): Promise<object> {
  // Nobody asks this server: of what its routes answer from, nothing is there.
  const server = await createApiServer({ context: {} as CoordinatorContext, log: pino({ level: 'silent' }) });
  carryFaucet(server, { faucetUrl: 'http://127.0.0.1:9' });
  await server.ready();
  const document = server.swagger();
  await server.close();
  return document;
}
