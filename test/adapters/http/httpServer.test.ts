import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { getEventListeners, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import Type from 'typebox';
import { createCoordinatorClient } from '../../../adapters/http/coordinatorClient.js';
import { createHttpServer, type HttpServer } from '../../../adapters/http/createHttpServer.js';
import { NotFoundError } from '../../../adapters/http/httpError.js';
import { createRateLimit } from '../../../adapters/http/rateLimit.js';
import { readEventStream } from '../../../adapters/http/readEventStream.js';
import { sendEvents, type SentEvent } from '../../../adapters/http/sendEvents.js';
import { BadInputError, type RushesError } from '../../../protocol/errors.js';
import { address } from '../../support/leaseFixtures.js';
import { within } from '../../support/within.js';

describe('HTTP server', () => {
  let server: HttpServer;
  let url: string;
  let streams = 0;
  let openStreams = 0;

  before(async () => {
    server = await createHttpServer({
      title: 'test',
      version: '1',
      description: 'a test',
      log: pino({ level: 'silent' }),
      maxBodyBytes: 1000,
      requestsPerSecond: 1000,
      burst: 1000,
    });
    server.post(
      '/add',
      {
        schema: {
          operationId: 'add',
          body: Type.Object({ a: Type.Integer({ minimum: 0 }), b: Type.Integer() }),
          response: { 200: Type.Object({ sum: Type.Integer() }) },
        },
      },
      (request) => ({ sum: request.body.a + request.body.b }),
    );
    server.get('/fails/:how', { schema: { params: Type.Object({ how: Type.String() }) } }, (request) => {
      if (request.params.how === 'missing') throw new NotFoundError({ what: 'such thing', facts: { thing: 1 } });
      if (request.params.how === 'input') throw new BadInputError({ message: 'that is wrong', advice: 'do it right' });
      throw new Error('a secret of the house');
    });
    server.get('/stream', async (request, reply) => {
      streams++;
      await sendEvents(request, reply, async function* (lastEventId, signal): AsyncGenerator<SentEvent> {
        openStreams++;
        try {
          // Three events per connection, then the connection ends: a reader must come back for the rest.
          const first = Number(lastEventId ?? 0) + 1;
          for (let n = first; n < first + 3 && !signal.aborted; n++)
            yield { id: String(n), event: 'number', data: { n, text: 'line\nline' } };
          if (request.headers['x-stay'] !== undefined)
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        } finally {
          openStreams--;
        }
      });
    });
    server.get('/odd', (_request, reply) =>
      reply
        .header('content-type', 'text/event-stream')
        .send(': hello\r\rid: 1\rdata:a\r\rid: 2\nevent: x\ndata: b\ndata: c\n\nid: 3\r\ndata: d\r\n\r\n'),
    );
    server.get('/endless', (_request, reply) =>
      reply.header('content-type', 'text/event-stream').send(`data: ${'x'.repeat(9 << 20)}`),
    );
    url = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  after(() => server.close());

  it('checks bodies by their schema and limits their size', async () => {
    const post = (body: string, type = 'application/json') =>
      fetch(new URL('/add', url), { method: 'POST', headers: { 'content-type': type }, body });
    assert.deepEqual(await (await post('{"a":1,"b":2}')).json(), { sum: 3 });
    for (const [body, status] of [
      ['{"a":-1,"b":2}', 400],
      ['{"a":1}', 400],
      ['{"a":"1; DROP","b":2}', 400],
      ['not json', 400],
      [JSON.stringify({ a: 1, b: 2, c: 'x'.repeat(2000) }), 413],
    ] as const) {
      const answer = await post(body);
      assert.equal(answer.status, status, body.slice(0, 40));
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      assert.ok(error.code.length > 0 && error.message.length > 0);
    }
    assert.equal((await post('<a/>', 'application/xml')).status, 415);
  });

  it("maps errors in one form and keeps what is nobody's business", async () => {
    const answer = async (path: string) => {
      const response = await fetch(new URL(path, url));
      return {
        status: response.status,
        ...((await response.json()) as { error: { code: string; message: string; facts: unknown; advice?: string } }),
      };
    };
    assert.deepEqual(await answer('/fails/missing'), {
      status: 404,
      error: { code: 'not-found', message: 'there is no such thing', facts: { thing: 1 } },
    });
    assert.deepEqual(await answer('/fails/input'), {
      status: 400,
      error: { code: 'bad-input', message: 'that is wrong', facts: {}, advice: 'do it right' },
    });
    const internal = await answer('/fails/otherwise');
    assert.equal(internal.status, 500);
    assert.ok(!JSON.stringify(internal).includes('secret'));
    assert.equal((await answer('/nowhere')).status, 404);
  });

  it('describes its routes', async () => {
    const document = (await (await fetch(new URL('/openapi.json', url))).json()) as {
      paths: Record<
        string,
        { post?: { requestBody?: { content: Record<string, { schema: { required: string[] } }> } } }
      >;
    };
    assert.deepEqual(document.paths['/add']?.post?.requestBody?.content['application/json']?.schema.required, [
      'a',
      'b',
    ]);
  });

  it('streams events that a reader follows over broken connections, none lost, none twice', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const before = streams;
    for await (const { id, event, data } of readEventStream({ url: `${url}/stream`, signal: stop.signal })) {
      assert.equal(event, 'number');
      assert.deepEqual(JSON.parse(data), { n: Number(id), text: 'line\nline' });
      seen.push(Number(id));
      if (seen.length === 7) stop.abort();
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7]);
    assert.equal(streams - before, 3);
    const refused = readEventStream({ url: `${url}/nowhere`, signal: new AbortController().signal });
    await assert.rejects(refused.next(), (error: RushesError) => error.code === 'http' && error.exitCode === 2);
  });

  it('comes back when a server falls silent', async () => {
    const stop = new AbortController();
    const before = streams;
    for await (const { id } of readEventStream({ url: `${url}/stream`, signal: stop.signal, silenceMs: 100 }))
      if (Number(id) > 0 && streams - before >= 2) stop.abort();
    assert.ok(streams - before >= 2);
  });

  it('reads lines however they end, and refuses an event that never does', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const { id, event, data } of readEventStream({ url: `${url}/odd`, signal: stop.signal })) {
      seen.push(`${id} ${event} ${data}`);
      if (seen.length === 3) stop.abort();
    }
    assert.deepEqual(seen, ['1 message a', '2 x b\nc', '3 message d']);
    const endless = readEventStream({ url: `${url}/endless`, signal: new AbortController().signal });
    await assert.rejects(endless.next(), (error: RushesError) => error.code === 'malformed');
  });

  it('lets go of a stream whose reader is gone', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`GET /stream HTTP/1.1\r\nhost: ${hostname}:${port}\r\nx-stay: 1\r\n\r\n`);
    await once(socket, 'data');
    assert.equal(openStreams, 1);
    socket.destroy();
    for (let i = 0; i < 100 && openStreams > 0; i++) await sleep(20);
    assert.equal(openStreams, 0);
  });

  it('closes at once, streams and all', async () => {
    const own = await createHttpServer({ title: 't', version: '1', description: 'd', log: pino({ level: 'silent' }) });
    own.get(
      '/stream',
      async (request, reply) =>
        await sendEvents(request, reply, async function* (_last, signal): AsyncGenerator<SentEvent> {
          yield { id: '1', event: 'one', data: 1 };
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        }),
    );
    const address = await own.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${address}/stream`);
    await response.body?.getReader().read();
    await within(2000, 'the end of a server with a stream', own.close());
  });

  it('says goodbye in every stream when it ends, over one listener to its signal', async () => {
    const own = await createHttpServer({ title: 't', version: '1', description: 'd', log: pino({ level: 'silent' }) });
    const ending = new AbortController();
    own.get(
      '/stream',
      async (request, reply) =>
        await sendEvents(
          request,
          reply,
          async function* (_last, signal): AsyncGenerator<SentEvent> {
            yield { id: '1', event: 'one', data: 1 };
            if (request.headers['x-stay'] === undefined) return;
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
          },
          { signal: ending.signal, facts: { why: 'over' } },
        ),
    );
    const address = await own.listen({ host: '127.0.0.1', port: 0 });
    const read = async (headers: Record<string, string> = {}): Promise<string> =>
      await (await fetch(`${address}/stream`, { headers })).text();
    const one = 'retry: 1000\n\nid: 1\nevent: one\ndata: 1\n\n';
    assert.equal(await read(), one);
    const bodies: Promise<string>[] = [];
    for (let count = 0; count < 12; count++) {
      const response = await fetch(`${address}/stream`, { headers: { 'x-stay': '1' } });
      bodies.push(response.text());
    }
    assert.equal(getEventListeners(ending.signal, 'abort').length, 1);
    ending.abort();
    const closed = own.close();
    for (const body of await within(5000, 'the ends of all streams', Promise.all(bodies)))
      assert.equal(body, `${one}event: ending\ndata: {"why":"over"}\n\n`);
    await closed;
  });

  it('bounds the rate of one address', () => {
    let nowMs = 0;
    const limit = createRateLimit({ perSecond: 10, burst: 5, nowMs: () => nowMs });
    assert.deepEqual(
      Array.from({ length: 7 }, () => limit.take('192.0.2.1')),
      [true, true, true, true, true, false, false],
    );
    assert.ok(limit.take('192.0.2.2'));
    nowMs = 250;
    assert.deepEqual(
      [1, 2, 3].map(() => limit.take('192.0.2.1')),
      [true, true, false],
    );
  });

  it('answers 429 beyond the rate', async () => {
    const own = await createHttpServer({
      title: 't',
      version: '1',
      description: 'd',
      log: pino({ level: 'silent' }),
      requestsPerSecond: 1,
      burst: 3,
    });
    own.get('/x', () => ({}));
    const address = await own.listen({ host: '127.0.0.1', port: 0 });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await fetch(`${address}/x`)).status);
    assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
    await own.close();
  });
});

describe('coordinator client', () => {
  const worker = address('11');

  async function withServer(
    answer: (path: string) => { status: number; body: string } | 'hang',
    run: (url: string) => Promise<void>,
  ): Promise<void> {
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => {
      const said = answer(request.url ?? '');
      if (said === 'hang') return;
      response.writeHead(said.status, { 'content-type': 'application/json' });
      response.end(said.body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await run(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('reads a suggestion, and nothing', async () => {
    const jobId = `0x${'ab'.repeat(32)}` as const;
    const mask = (1n << 255n) | 5n;
    await withServer(
      () => ({ status: 200, body: JSON.stringify({ jobId, word: 3, mask: mask.toString() }) }),
      async (url) => {
        assert.deepEqual(await createCoordinatorClient({ url }).suggest({ worker, maxChunks: 4 }), {
          jobId,
          word: 3,
          mask,
        });
      },
    );
    await withServer(
      () => ({ status: 204, body: '' }),
      async (url) => {
        assert.equal(await createCoordinatorClient({ url }).suggest({ worker, maxChunks: 4 }), undefined);
      },
    );
  });

  it('believes nothing that is malformed, waits for nobody, and says what was wrong', async () => {
    for (const body of [
      '',
      'x',
      '{}',
      '{"jobId":"0x12","word":0,"mask":"1"}',
      `{"jobId":"0x${'ab'.repeat(32)}","word":0,"mask":"0"}`,
      `{"jobId":"0x${'ab'.repeat(32)}","word":-1,"mask":"1"}`,
      `{"jobId":"0x${'ab'.repeat(32)}","word":0,"mask":"${1n << 256n}"}`,
    ]) {
      await withServer(
        () => ({ status: 200, body }),
        async (url) => {
          await assert.rejects(
            createCoordinatorClient({ url }).suggest({ worker, maxChunks: 4 }),
            (error: RushesError) => ['malformed', 'bad-input'].includes(error.code),
            body,
          );
        },
      );
    }
    await withServer(
      () => ({
        status: 503,
        body: JSON.stringify({ error: { code: 'not-ready', message: 'the coordinator is not ready', facts: {} } }),
      }),
      async (url) => {
        await assert.rejects(
          createCoordinatorClient({ url }).jobs(),
          (error: RushesError) => error.code === 'not-ready' && /not ready/.test(error.message),
        );
      },
    );
    await withServer(
      () => 'hang',
      async (url) => {
        const rejected = assert.rejects(
          createCoordinatorClient({ url }).suggest({ worker, maxChunks: 4 }),
          (error: RushesError) => error.code === 'deadline',
        );
        await within(4000, 'the deadline of a suggestion', rejected);
        const stop = new AbortController();
        setTimeout(() => stop.abort(new Error('enough')), 50);
        await assert.rejects(createCoordinatorClient({ url }).jobs({ signal: stop.signal }), /enough/);
      },
    );
    await assert.rejects(
      createCoordinatorClient({ url: 'http://127.0.0.1:9' }).jobs(),
      (error: RushesError) => error.code === 'coordinator-unreachable',
    );
  });
});
