import { once } from 'node:events';
import { collectGarbage } from '../collectGarbage.js';
import type { Routes } from './EndpointCall.js';

/** The folder as a whole. */
export const repoRoutes: Routes = {
  'repo/gc': async ({ query, response, blocks, pins, limits }) => {
    // Marking says nothing for as long as it takes.
    response.setTimeout(0);
    response.socket?.setTimeout(0);
    const isSilent = query.get('silent') === 'true';
    for await (const cid of collectGarbage({ blocks, pins, keptUnpinnedMs: limits.keptUnpinnedMs })) {
      if (response.destroyed) return;
      if (isSilent) continue;
      if (!response.headersSent)
        response.writeHead(200, { 'content-type': 'application/json', 'x-chunked-output': '1' });
      const line = `${JSON.stringify({ Key: { '/': cid.toString() } })}\n`;
      if (!response.write(line)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end();
  },
};
