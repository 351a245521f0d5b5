import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { Wallet } from '@ethersproject/wallet';
import { connectChain } from '../../adapters/chain/connectChain.js';
import { readPurse } from '../../adapters/chain/createGiver.js';
import { askFaucet } from '../../adapters/http/askFaucet.js';
import { freePort } from '../../cli/supervisor/freePort.js';
import { startFaucet, type RunningFaucet } from '../../faucet/startFaucet.js';
import { parseAddress } from '../../protocol/ids.js';
import { random32, startNetwork, type TestNetwork } from '../adapters/chain/startNetwork.js';
import { skip } from '../support/skip.js';

const log = pino({ level: process.env['RUSHES_TEST_LOG'] ?? 'silent' }, pino.destination(2));
/** What this process has open. */
async function openFiles(): Promise<string[]> {
  const numbers = await readdir('/proc/self/fd');
  return await Promise.all(numbers.map((number) => readlink(`/proc/self/fd/${number}`).catch(() => '')));
}
const stranger = () => parseAddress(new Wallet(random32()).address);

describe('the faucet of a chain', function () {
  this.timeout(60_000);
  let net: TestNetwork;
  let folder: string;
  let faucet: RunningFaucet | undefined;
  const key = random32();

  const start = async (more: { fundsItself?: boolean; key?: string } = {}): Promise<string> => {
    faucet = await startFaucet({ network: net.network, key, folder, fundsItself: true, log, ...more });
    return faucet.url;
  };
  const ask = (url: string, account: string, asker?: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(asker === undefined ? {} : { 'x-rushes-asker': asker }) },
      body: JSON.stringify({ account }),
    });

  before(async () => {
    net = await startNetwork();
  });
  after(() => net?.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-test-faucet-'));
  });
  afterEach(async () => {
    await faucet?.close();
    faucet = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  it('gives coins for gas and tokens, with which an account registers', async () => {
    const faucetUrl = await start();
    const chain = await connectChain({ network: net.network, key: random32() });
    const { account } = chain;
    const gift = await askFaucet({ faucetUrl, account });
    const purse = await readPurse({ network: net.network, account });
    assert.equal(gift.isNew, true);
    assert.deepEqual(purse, { coinsWei: gift.coinsWei, tokensWei: 10_000n * 10n ** 18n });
    assert.ok(gift.coinsWei > 10n ** 18n);
    await chain.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 400n * 10n ** 18n });
  });

  it('gives many at once theirs, each once', async () => {
    const faucetUrl = await start();
    const accounts = Array.from({ length: 10 }, stranger);
    const gifts = await Promise.all([...accounts, ...accounts].map((account) => askFaucet({ faucetUrl, account })));
    for (const [n, account] of accounts.entries())
      assert.deepEqual(await readPurse({ network: net.network, account }), {
        coinsWei: gifts[n]!.coinsWei,
        tokensWei: gifts[n]!.tokensWei,
      });
  });

  it('remembers across a restart, and holds its folder alone', async () => {
    const faucetUrl = await start();
    const account = stranger();
    await askFaucet({ faucetUrl, account });
    await assert.rejects(startFaucet({ network: net.network, key, folder, fundsItself: true, log }), {
      code: 'folder-in-use',
    });
    await faucet?.close();
    const again = await start();
    assert.equal((await askFaucet({ faucetUrl: again, account })).isNew, false);
  });

  it('that cannot start leaves nothing open: no port, no book, no lock', async function () {
    if (process.platform !== 'linux') return skip(this, 'the files that a process has open are read from /proc');
    const taken = createServer();
    const chainWithoutPrices = createServer((request, response) => {
      void (async () => {
        const body = await text(request);
        const { id, method } = JSON.parse(body) as { id: number; method: string };
        response.end(
          method === 'eth_gasPrice'
            ? JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_603, message: 'no prices today' } })
            : await (
                await fetch(net.network.rpcUrl, {
                  method: 'POST',
                  headers: { 'content-type': 'application/json' },
                  body,
                })
              ).text(),
        );
      })().catch(() => response.destroy());
    });
    const portOf = async (server: Server): Promise<number> => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    };
    const [takenPort, rpcPort, port] = [await portOf(taken), await portOf(chainWithoutPrices), await freePort()];
    try {
      for (const { why, ...more } of [
        { why: /no prices today/, port, network: { ...net.network, rpcUrl: `http://127.0.0.1:${rpcPort}` } },
        { why: /EADDRINUSE/, port: takenPort, network: net.network },
      ]) {
        await assert.rejects(startFaucet({ key, folder, fundsItself: true, log, ...more }), why);
        await assert.rejects(fetch(`http://127.0.0.1:${port}/v1/faucet`), /fetch failed/);
        assert.deepEqual(
          (await openFiles()).filter((path) => path.startsWith(folder)),
          [],
        );
      }
    } finally {
      for (const server of [taken, chainWithoutPrices]) {
        server.close();
        server.closeAllConnections();
      }
    }
    await start();
  });

  it('counts by the address that the coordinator names', async () => {
    const url = await start();
    for (let n = 0; n < 10; n++) assert.equal((await ask(url, stranger(), '2001:db8::1')).status, 200);
    const refused = await ask(url, stranger(), '2001:db8::ffff');
    assert.equal(refused.status, 429);
    const { error } = (await refused.json()) as { error: { code: string; message: string } };
    assert.equal(error.code, 'faucet-limit');
    assert.match(error.message, /10 new accounts from 2001:db8:0:0::\/64 within a day/);
    assert.equal((await ask(url, stranger(), '2001:db8:0:1::1')).status, 200);
  });

  it('without coins of its own says that it is empty, and whom to ask', async () => {
    const url = await start({ fundsItself: false, key: random32() });
    const account = stranger();
    await assert.rejects(askFaucet({ faucetUrl: url, account }), (error: { code: string; message: string }) => {
      assert.equal(error.code, 'faucet-empty');
      assert.match(error.message, /^the faucet is empty: its account 0x[0-9a-f]{40} has 0 wei/);
      return true;
    });
    const state = (await (await fetch(url)).json()) as { isEmpty: boolean; coinsLeftWei: string };
    assert.deepEqual([state.isEmpty, state.coinsLeftWei], [true, '0']);
  });

  it('is nothing for nonsense', async () => {
    const url = await start();
    for (const account of ['', '0x12', `0x${'g'.repeat(40)}`, `0x${'1'.repeat(41)}`])
      assert.equal((await ask(url, account)).status, 400, account);
    assert.equal((await fetch(url, { method: 'POST', body: 'account=0x12' })).status, 400);
  });

  it('that is down is one sentence, and money that is worth something has none', async () => {
    const url = await start();
    await faucet?.close();
    faucet = undefined;
    await assert.rejects(
      askFaucet({ faucetUrl: url, account: stranger() }),
      (error: { code: string; message: string }) => {
        assert.equal(error.code, 'faucet-unreachable');
        assert.match(error.message, /^no faucet answers at http:\/\/127\.0\.0\.1:\d+\/v1\/faucet: ECONNREFUSED$/);
        return true;
      },
    );
    await assert.rejects(
      startFaucet({ network: { ...net.network, testMoney: false }, key, folder, fundsItself: true, log }),
      { code: 'bad-input' },
    );
  });
});
