import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockFolder } from '../BlockFolder.js';
import type { EndpointLimits } from '../EndpointLimits.js';
import type { PinJournal } from '../PinJournal.js';

/** One request to the endpoint and what it is answered from. */
export interface EndpointCall {
  query: URLSearchParams;
  request: IncomingMessage;
  response: ServerResponse;
  blocks: BlockFolder;
  pins: PinJournal;
  limits: EndpointLimits;
}

/**
 * Routes by their path below /api/v0/. One returns what is to be sent as JSON, or undefined when it has answered
 * itself.
 */
export type Routes = Record<string, (call: EndpointCall) => Promise<unknown>>;
