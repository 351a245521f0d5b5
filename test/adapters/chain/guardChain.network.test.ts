import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRpc } from '../../../adapters/chain/createRpc.js';
import { fundGas } from '../../../adapters/chain/fundGas.js';
import { GAS_MONEY_WEI } from '../../../adapters/chain/gasMoney.js';
import { type LocalChain, startAnvil } from '../../../adapters/chain/startAnvil.js';
import type { Address } from '../../../protocol/ids.js';
import { skip } from '../../support/skip.js';

const SOMEBODY = `0x${'ab'.repeat(20)}` as Address;

/** One of each family of methods that anvil has and a public node has not. */
const FOR_ADMINISTRATORS: [string, unknown[]][] = [
  ['anvil_setBalance', [SOMEBODY, '0x1']],
  ['anvil_reset', [{ forking: { jsonRpcUrl: 'http://127.0.0.1:1' } }]],
  ['anvil_dumpState', []],
  ['anvil_loadState', ['0x']],
  ['anvil_impersonateAccount', [SOMEBODY]],
  ['anvil_setRpcUrl', ['http://127.0.0.1:1']],
  ['hardhat_setBalance', [SOMEBODY, '0x1']],
  ['evm_mine', []],
  ['evm_increaseTime', [3600]],
  ['evm_snapshot', []],
  ['debug_traceTransaction', ['0x00']],
  ['trace_block', ['latest']],
  ['txpool_content', []],
  ['ots_getApiLevel', []],
  ['erigon_getHeaderByNumber', ['0x0']],
  ['personal_sign', ['0x00', SOMEBODY]],
  ['eth_sign', [SOMEBODY, '0x00']],
  ['eth_signTransaction', [{ from: SOMEBODY }]],
  ['eth_sendTransaction', [{ from: SOMEBODY, to: SOMEBODY, value: '0x0' }]],
  ['eth_sendUnsignedTransaction', [{ from: SOMEBODY, to: SOMEBODY, value: '0x0' }]],
  ['eth_newFilter', [{}]],
  ['eth_subscribe', ['newHeads']],
  ['toString', []],
  ['__proto__', []],
];

describe('the guard of a local chain', function () {
  this.timeout(60_000);
  let folder: string;
  let chain: LocalChain;
  const lines: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-guard-'));
    chain = await startAnvil({ dataDir: join(folder, 'chain'), onLog: (line) => lines.push(line) });
  });
  after(async () => {
    await chain.close();
    await rm(folder, { recursive: true, force: true });
  });

  const reading = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] };

  /** A POST of JSON as a program sends it, but for what is given. */
  function ask(options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  }): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
    return new Promise((resolve, reject) => {
      const asking = request(
        chain.rpcUrl,
        { method: options.method ?? 'POST', headers: { 'content-type': 'application/json', ...options.headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
          response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
        },
      );
      asking.on('error', reject);
      asking.end(options.method === 'GET' ? undefined : (options.body ?? JSON.stringify(reading)));
    });
  }

  it('passes on what a public node answers, and ids as they are', async () => {
    for (const id of [1, 'a "name"', null]) {
      const { status, text } = await ask({ body: JSON.stringify({ ...reading, id }) });
      assert.equal(status, 200);
      assert.deepEqual(JSON.parse(text), { jsonrpc: '2.0', id, result: '0x7a69' });
    }
    const rpc = createRpc(chain.rpcUrl);
    await assert.rejects(rpc.send('eth_call', [{ to: SOMEBODY, data: 'nonsense' }, 'latest']), { code: 'rpc-error' });
  });

  it('passes on no method that administers the chain, signs for others or keeps anything', async () => {
    const rpc = createRpc(chain.rpcUrl);
    await fundGas({ rpcUrl: chain.rpcUrl, account: SOMEBODY });
    for (const [method, params] of FOR_ADMINISTRATORS)
      await assert.rejects(
        rpc.send(method, params),
        (error: { code: string; facts: { rpcCode: number }; message: string }) =>
          error.code === 'rpc-error' &&
          error.facts.rpcCode === -32_601 &&
          error.message.endsWith(`the local chain passes on no ${method}`),
        method,
      );
    assert.equal(BigInt(await rpc.send<string>('eth_getBalance', [SOMEBODY, 'latest'])), GAS_MONEY_WEI);
  });

  it('gives gas money, and never takes any away', async () => {
    const rich = `0x${'cd'.repeat(20)}` as Address;
    await chain.administer('anvil_setBalance', [rich, `0x${(2n * GAS_MONEY_WEI).toString(16)}`]);
    await fundGas({ rpcUrl: chain.rpcUrl, account: rich });
    assert.equal(BigInt(await chain.administer<string>('eth_getBalance', [rich, 'latest'])), 2n * GAS_MONEY_WEI);
    for (const params of [[], ['0x12'], [null], {}, ['latest']])
      await assert.rejects(createRpc(chain.rpcUrl).send('rushes_fundGas', params as unknown[]), { code: 'rpc-error' });
  });

  it('answers each request of a batch by itself, and no batch that is too long', async () => {
    const batch = [
      reading,
      { ...reading, id: 2, method: 'anvil_setBalance' },
      { jsonrpc: '2.0', method: 'eth_chainId' },
    ];
    const answers = JSON.parse((await ask({ body: JSON.stringify(batch) })).text) as {
      id: number;
      result?: string;
      error?: { code: number };
    }[];
    assert.deepEqual(
      answers.map(({ id, result, error }) => [id, result ?? error?.code]),
      [
        [1, '0x7a69'],
        [2, -32_601],
      ],
    );
    for (const bad of ['[]', JSON.stringify(Array(101).fill(reading)), '{', '7', '[7]', 'null', '{"id":{}}'])
      assert.match((await ask({ body: bad })).text, /"error":\{"code":-32(600|700)/, bad);
  });

  it("answers no page's request: foreign Host, Origin, site, method or content type", async () => {
    const { port } = new URL(chain.rpcUrl);
    for (const headers of [
      { host: `rebound.example:${port}` },
      { host: 'rebound.example' },
      { host: '127.0.0.1:1' },
      { host: '127.0.0.1' },
      { host: `127.0.0.1.rebound.example:${port}` },
      { host: `localhost:${port}@rebound.example` },
      { host: `user@127.0.0.1:${port}` },
      { origin: 'http://page.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${Number(port) + 1}` },
      { origin: `http://localhost:${port}` },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' },
    ] as Record<string, string>[]) {
      const { status, headers: answered, text } = await ask({ headers });
      assert.equal(status, 403, JSON.stringify(headers));
      assert.match(text, /requests of other origins/);
      assert.equal(answered['access-control-allow-origin'], undefined);
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])
      assert.equal((await ask({ headers: { 'content-type': type } })).status, 415, type);
    for (const method of ['GET', 'PUT', 'OPTIONS', 'DELETE']) assert.equal((await ask({ method })).status, 405, method);
    const upgrade = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
    assert.equal((await ask({ method: 'GET', headers: { ...upgrade, 'sec-websocket-version': '13' } })).status, 405);
    for (const headers of [{ host: `localhost:${port}` }, { host: `[::1]:${port}` }, { origin: chain.rpcUrl }])
      assert.equal((await ask({ headers: headers as Record<string, string> })).status, 200, JSON.stringify(headers));
  });

  it('reads no body that is too long, and goes on while clients are slow', async () => {
    const { hostname, port } = new URL(chain.rpcUrl);
    const slow = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        socket.write(`POST / HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n`);
        return socket;
      }),
    );
    const long = JSON.stringify({ ...reading, params: ['x'.repeat(2_100_000)] });
    const { status } = await ask({ body: long }).catch(() => ({ status: 413 }));
    assert.equal(status, 413);
    const chunked = await ask({ body: long, headers: { 'transfer-encoding': 'chunked' } }).catch(() => ({
      status: 413,
    }));
    assert.equal(chunked.status, 413);
    assert.equal((await ask({})).status, 200);
    await Promise.all(slow.map((socket) => (socket.closed ? undefined : once(socket.resume(), 'close'))));
  });

  it("leaves anvil's own port to nobody", async function () {
    const own = /Listening on (\S+):(\d+)/.exec(lines.join('\n'));
    assert.ok(own !== null, lines.join('\n'));
    if (lines.some((line) => line.startsWith('this system cannot close')))
      skip(this, "this system cannot close anvil's own port");
    for (const address of [own[1]!, '127.0.0.1', 'localhost', '[::1]', '[::ffff:127.255.255.255]', '0.0.0.0'])
      await assert.rejects(fetch(`http://${address}:${own[2]}`, { method: 'POST' }), `${address} answers`);
    assert.equal((await stat(join(folder, 'chain'))).mode & 0o777, 0o700);
    assert.ok((await readdir(join(folder, 'chain'))).includes('anvil.ipc'));
  });

  it('has its socket in a folder whose path is too long for one', async function () {
    if (process.platform !== 'linux') skip(this, 'only Linux reaches a socket by a path that is too long');
    const deep = join(folder, 'a'.repeat(60), 'b'.repeat(60));
    const other = await startAnvil({ dataDir: deep });
    try {
      assert.equal(await createRpc(other.rpcUrl).send('eth_chainId', []), '0x7a69');
    } finally {
      await other.close();
    }
  });
});
