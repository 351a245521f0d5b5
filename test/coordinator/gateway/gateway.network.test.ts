import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRpc } from '../../../adapters/chain/createRpc.js';
import { FUND_GAS_METHOD } from '../../../adapters/chain/gasMoney.js';
import { ASKER_HEADER } from '../../../adapters/http/askFaucet.js';
import { signRequests } from '../../../adapters/http/signRequests.js';
import { type LocalChain, startAnvil } from '../../../adapters/chain/startAnvil.js';
import { createEndpoint, type Endpoint } from '../../../adapters/ipfs/createEndpoint.js';
import { createObjectStore } from '../../../adapters/ipfs/createObjectStore.js';
import { type Coordinator, startCoordinator } from '../../../coordinator/startCoordinator.js';
import type { Address, Cid } from '../../../protocol/ids.js';
import type { NetworkDescription } from '../../../protocol/network.js';
import { testLog } from '../../support/smallNetwork.js';

const NOBODY = `0x${'00'.repeat(20)}` as Address;

interface RpcReply {
  id: number;
  result?: unknown;
  error?: { code: number; message: string };
}

describe('the one port of a coordinator', function () {
  this.timeout(60_000);
  let folder: string;
  let chain: LocalChain;
  let ipfs: Endpoint;
  let coordinator: Coordinator;
  let network: NetworkDescription;
  let stored: Cid;
  const content = Buffer.from('what an artist published');

  const start = (more: Partial<Parameters<typeof startCoordinator>[0]> = {}): Promise<Coordinator> =>
    startCoordinator({
      network,
      // What is carried needs none.
      databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing',
      host: '127.0.0.1',
      log: testLog,
      ...more,
    });
  const post = async (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    await fetch(`${coordinator.url}${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    });
  const ask = async (body: unknown): Promise<RpcReply> => (await (await post('/rpc', body)).json()) as RpcReply;
  const call = (method: string, params: unknown[] = [], id = 1): object => ({ jsonrpc: '2.0', id, method, params });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-gateway-'));
    chain = await startAnvil({ dataDir: join(folder, 'chain') });
    ipfs = await createEndpoint({ folder: join(folder, 'ipfs') });
    network = {
      ...{ protocolVersion: 1, name: 'test', chainId: 31_337, rpcUrl: chain.rpcUrl, testMoney: true },
      ...{ contract: NOBODY, token: NOBODY, policy: NOBODY, deploymentBlock: 0 },
      ipfsApiUrl: `http://127.0.0.1:${ipfs.port}`,
    };
    stored = await createObjectStore({ apiUrl: network.ipfsApiUrl }).putFile(content);
    coordinator = await start();
  });
  after(async () => {
    await coordinator?.close();
    await ipfs?.close();
    await chain?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('is what the network is described by, to others', async () => {
    const described = (await (await fetch(`${coordinator.url}/v1/network`)).json()) as NetworkDescription;
    assert.equal(described.rpcUrl, `${coordinator.url}/rpc`);
    assert.equal(described.ipfsApiUrl, `${coordinator.url}/api/v0`);
    assert.equal(described.coordinatorUrl, coordinator.url);
    assert.equal(await createRpc(described.rpcUrl).send('eth_chainId', []), '0x7a69');
    const file = await createObjectStore({ apiUrl: described.ipfsApiUrl }).getFile(stored);
    assert.deepEqual(Buffer.from(file), content);
  });

  it('names the public URL where there is one, answers to its name, and is reached through a path prefix', async () => {
    // A proxy that serves a coordinator below a path, and hands its own Host on.
    let behind = '';
    const proxy = createServer((request, response) => {
      void (async () => {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        const answer = await fetch(`${behind}${request.url!.slice('/rushes'.length)}`, {
          method: request.method!,
          headers: { 'content-type': request.headers['content-type'] ?? 'text/plain' },
          ...(request.method === 'POST' ? { body: Buffer.concat(pieces) } : {}),
        });
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
        response.end(Buffer.from(await answer.arrayBuffer()));
      })();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const publicUrl = `http://localhost:${(proxy.address() as AddressInfo).port}/rushes`;
    const below = await start({ publicUrl });
    behind = below.url;
    try {
      const described = (await (await fetch(`${publicUrl}/v1/network`)).json()) as NetworkDescription;
      assert.equal(described.coordinatorUrl, publicUrl);
      assert.equal(await createRpc(described.rpcUrl).send('eth_chainId', []), '0x7a69');
      const store = createObjectStore({ apiUrl: described.ipfsApiUrl });
      assert.deepEqual(Buffer.from(await store.getFile(stored)), content);
    } finally {
      await below.close();
      proxy.closeAllConnections();
      proxy.close();
    }
    const named = await start({ publicUrl: 'https://render.example.org' });
    try {
      const statusFor = async (host: string): Promise<string> =>
        await sendRaw(named.url, `GET /v1/network HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.match(await statusFor('render.example.org'), /^HTTP\/1\.1 200/);
      assert.match(await statusFor('evil.example'), /^HTTP\/1\.1 403/);
    } finally {
      await named.close();
    }
  });

  it('carries reads and signed transactions of the chain, and nothing else', async () => {
    assert.equal((await ask(call('eth_chainId'))).result, '0x7a69');
    assert.match((await ask(call('eth_sendRawTransaction', ['0x00']))).error!.message, /./);
    for (const method of [
      FUND_GAS_METHOD,
      'anvil_setBalance',
      'anvil_dumpState',
      'evm_mine',
      'hardhat_reset',
      'debug_traceTransaction',
      'personal_sign',
      'eth_sendTransaction',
      'eth_sign',
      'eth_newFilter',
      'eth_subscribe',
      'txpool_content',
      'admin_peers',
      'ETH_chainId',
      'eth_chainId ',
      '__proto__',
      'constructor',
    ]) {
      const { error } = await ask(call(method, [NOBODY, '0x1']));
      assert.equal(error?.code, -32_601, method);
    }
    const batch = (await ask([
      call('eth_chainId', [], 7),
      call('anvil_mine', [], 8),
      { jsonrpc: '2.0', method: 'eth_chainId' },
    ])) as unknown as RpcReply[];
    assert.deepEqual(
      batch.map(({ id, result, error }) => [id, result ?? error?.code]),
      [
        [7, '0x7a69'],
        [8, -32_601],
      ],
    );
    assert.match(
      (await ask(call('eth_getLogs', [{ fromBlock: '0x0', toBlock: '0xffffff' }]))).error!.message,
      /blocks/,
    );
    assert.match(
      ((await ask(Array.from({ length: 101 }, () => call('eth_chainId')))) as RpcReply).error!.message,
      /batch/,
    );
  });

  it('reads bodies of JSON only, of so many bytes', async () => {
    assert.equal((await post('/rpc', 'a=b', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await post('/rpc', `["${'x'.repeat(3 << 20)}"]`)).status, 413);
    assert.equal((await post('/rpc', '{not json')).status, 400);
    assert.equal((await fetch(`${coordinator.url}/rpc`)).status, 404);
  });

  it('carries reads of IPFS, and nothing else', async () => {
    const reads: [string, number][] = [
      ['version', 200],
      ['id', 200],
      [`cat?arg=${stored}`, 200],
      [`cat?arg=/ipfs/${stored}`, 200],
      [`block/get?arg=${stored}`, 200],
      [`block/stat?arg=${stored}`, 200],
      [`ls?arg=${stored}`, 200],
      // The endpoint has no such call: its own answer.
      [`dag/get?arg=${stored}`, 404],
      [`dag/export?arg=${stored}`, 404],
    ];
    for (const [path, status] of reads) assert.equal((await post(`/api/v0/${path}`)).status, status, path);
    assert.equal(await (await post(`/api/v0/cat?arg=${stored}&offset=5&length=2`)).text(), 'an');
    for (const path of [
      `pin/rm?arg=${stored}`,
      'pin/ls',
      `pin/update?arg=${stored}`,
      `block/rm?arg=${stored}`,
      'repo/gc',
      'repo/stat',
      'files/write?arg=/x',
      'files/ls',
      'name/publish',
      'name/resolve?arg=example.org',
      'swarm/connect?arg=/ip4/127.0.0.1/tcp/1',
      'config/show',
      'config?arg=Identity.PrivKey',
      'key/export?arg=self',
      'shutdown',
      'log/tail',
      'mount',
      'get?arg=' + stored,
      '../../v1/network',
      'cat/../shutdown',
      'cat%2f..%2fshutdown',
      'CAT?arg=' + stored,
      '',
    ]) {
      const answer = await post(`/api/v0/${path}`);
      assert.ok([403, 404].includes(answer.status), `${path} ${answer.status}`);
    }
    const refused = await post(`/api/v0/pin/rm?arg=${stored}`);
    assert.deepEqual(await refused.json(), {
      Message: 'pin/rm is not passed on to the IPFS node of this network',
      Code: 0,
      Type: 'error',
    });
    assert.equal((await fetch(`${coordinator.url}/api/v0/id`)).status, 405);
  });

  it('stores nothing for who does not sign, and unpins for nobody', async () => {
    const bytes = new TextEncoder().encode('a block of a worker');
    const ipfsApiUrl = `${coordinator.url}/api/v0`;
    const key = `0x${'42'.repeat(32)}`;
    const operators = createObjectStore({ apiUrl: network.ipfsApiUrl });
    const cid = await operators.putBlock(bytes);
    await createObjectStore({ apiUrl: ipfsApiUrl, signer: signRequests({ network, key }) }).unpin(cid);
    const pins = await fetch(`${network.ipfsApiUrl}/api/v0/pin/ls`, { method: 'POST' });
    assert.ok(Object.keys(((await pins.json()) as { Keys: object }).Keys).includes(cid));

    const elsewhere = { ...network, chainId: 1 };
    for (const store of [
      createObjectStore({ apiUrl: ipfsApiUrl }),
      createObjectStore({ apiUrl: ipfsApiUrl, signer: signRequests({ network: elsewhere, key }) }),
    ]) {
      for (const refused of [store.putBlock(bytes), store.putFile(bytes), store.pin(cid)])
        await assert.rejects(refused, (error: { code: string; message: string }) => {
          assert.equal(error.code, 'ipfs-refused');
          assert.match(error.message, /failed to (store|pin).*: the request is not signed by an account: ./);
          return true;
        });
    }
  });

  it('reads no private service through itself', async () => {
    const asked: string[] = [];
    const secret = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('secret');
    });
    await new Promise<void>((resolve) => secret.listen(0, '127.0.0.1', resolve));
    const { port } = secret.address() as AddressInfo;
    try {
      const host = new URL(coordinator.url).host;
      const lines = [
        `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: ${host}`,
        `POST http://127.0.0.1:${port}/api/v0/id HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0`,
        `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: ${host}`,
        `POST //127.0.0.1:${port}/api/v0/id HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0`,
        `POST /api/v0/cat?arg=http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0`,
        // Two lengths that disagree, and both ways of giving one: what smuggled requests are made of.
        `POST /api/v0/id HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nContent-Length: 40`,
        `POST /rpc HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked`,
      ];
      for (const line of lines) {
        const answer = await sendRaw(
          coordinator.url,
          `${line}\r\nConnection: close\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n`,
        );
        assert.doesNotMatch(answer, /secret/, line);
      }
      assert.deepEqual(asked, []);
    } finally {
      secret.close();
    }
  });

  it('tells the faucet who asks: the address that came, or the one that a trusted proxy names', async () => {
    const faucet = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ asker: request.headers[ASKER_HEADER], path: request.url }));
    });
    await new Promise<void>((resolve) => faucet.listen(0, '127.0.0.1', resolve));
    const faucetUrl = `http://127.0.0.1:${(faucet.address() as AddressInfo).port}/v1/faucet`;
    const said = async (more: Partial<Parameters<typeof startCoordinator>[0]>): Promise<unknown> => {
      const one = await start({ network: { ...network, faucetUrl }, ...more });
      try {
        const described = (await (await fetch(`${one.url}/v1/network`)).json()) as NetworkDescription;
        assert.equal(described.faucetUrl, `${one.url}/v1/faucet`);
        const answer = await fetch(described.faucetUrl, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            [ASKER_HEADER]: '198.51.100.1',
            'x-forwarded-for': '198.51.100.2, 203.0.113.9',
          },
          body: JSON.stringify({ account: NOBODY }),
        });
        return await answer.json();
      } finally {
        await one.close();
      }
    };
    try {
      assert.deepEqual(await said({}), { asker: '127.0.0.1', path: '/v1/faucet' });
      assert.deepEqual(await said({ trustedProxies: ['10.0.0.0/8'] }), { asker: '127.0.0.1', path: '/v1/faucet' });
      assert.deepEqual(await said({ trustedProxies: ['127.0.0.1'] }), { asker: '203.0.113.9', path: '/v1/faucet' });
    } finally {
      faucet.closeAllConnections();
      faucet.close();
    }
  });

  it('says where other machines reach nothing, and never the address behind it', async () => {
    const gone = await start({
      network: { ...network, rpcUrl: 'http://127.0.0.1:1/v3/a-secret-key', ipfsApiUrl: 'http://127.0.0.1:1' },
    });
    try {
      for (const [path, body] of [
        ['/rpc', JSON.stringify(call('eth_chainId'))],
        ['/api/v0/id', ''],
        ['/v1/network', undefined],
      ] as const) {
        const answer = await fetch(`${gone.url}${path}`, {
          ...(body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
        });
        assert.equal(answer.status, body === undefined ? 200 : 502);
        assert.doesNotMatch(await answer.text(), /secret|127\.0\.0\.1:1\b/);
      }
      await assert.rejects(createRpc(`${gone.url}/rpc`).send('eth_chainId', [], { deadlineMs: 300 }), {
        code: 'chain-unreachable',
      });
    } finally {
      await gone.close();
    }
  });
});

/** Sends bytes as they are, and gives what comes back until the connection ends. */
async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setTimeout(3000, () => socket.destroy());
  socket.end(text);
  let answer = '';
  try {
    for await (const piece of socket) answer += String(piece);
  } catch {
    // Hung up on: what came until then counts.
  }
  return answer;
}
