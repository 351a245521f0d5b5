import { parseCid } from '../../../protocol/ids.js';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { createObjectStore } from '../../../adapters/ipfs/createObjectStore.js';
import type { RushesError } from '../../../protocol/errors.js';
import { within } from '../../support/within.js';

const RAW_HELLO = parseCid('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e');
const PIECE = Buffer.alloc(64 << 10, 'rushes');

/** Writes as fast as the client reads, until it hangs up. */
async function writeWithoutEnd(response: ServerResponse, compressed: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/plain', ...(compressed ? { 'content-encoding': 'gzip' } : {}) });
  const sink = compressed ? createGzip() : response;
  if (sink !== response) sink.pipe(response);
  const gone = once(response, 'close');
  while (!response.destroyed) if (!sink.write(PIECE)) await Promise.race([once(sink, 'drain'), gone]);
}

/** An endpoint that begins an answer to every call and never ends it. */
async function withEndlessEndpoint(
  compressed: boolean,
  run: (url: string, hungUp: Promise<void>) => Promise<void>,
): Promise<void> {
  let hangUp: () => void;
  const hungUp = new Promise<void>((resolve) => {
    hangUp = resolve;
  });
  const server = createServer((request, response) => {
    request.resume();
    response.once('close', hangUp);
    void writeWithoutEnd(response, compressed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, hungUp);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('an IPFS endpoint that answers without end', () => {
  for (const compressed of [false, true]) {
    it(`is hung up on at the first byte too many${compressed ? ', however small it packs them' : ''}`, async () => {
      await withEndlessEndpoint(compressed, async (url, hungUp) => {
        const store = createObjectStore({ apiUrl: url });
        const held = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external;
        const before = held();
        let most = before;
        const watch = setInterval(() => {
          most = Math.max(most, held());
        }, 2);
        for (const read of [() => store.getBlock(RAW_HELLO), () => store.getFile(RAW_HELLO)]) {
          const rejected = assert.rejects(
            read,
            (error: RushesError) =>
              error.code === 'block-too-large' && error.message.includes(url) && error.message.includes(RAW_HELLO),
          );
          // A block has 30 s, and this must not take them.
          await within(5_000, 'the refusal', rejected);
        }
        clearInterval(watch);
        await within(5_000, 'the end of the connection', hungUp);
        // Two blocks of 2 MiB, what the sockets of both sides hold, and the collector's slack.
        assert.ok(most - before < 32 << 20, `the memory in use grew by ${(most - before) / 2 ** 20} MiB`);
      });
    });
  }
});
