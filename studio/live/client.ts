import { createCoordinatorClient } from '../../adapters/http/coordinatorClient.js';

/** Where the page was loaded from, which may lie below a prefix. */
export const COORDINATOR_URL = new URL('.', location.href.replace(/#.*$/, '')).href;

/** Speaks to the coordinator that served the page. */
export const client = createCoordinatorClient({ url: COORDINATOR_URL });
