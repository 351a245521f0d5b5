import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEndpoint, type Endpoint } from '../../adapters/ipfs/createEndpoint.js';
import { type LocalChain, startAnvil } from '../../adapters/chain/startAnvil.js';
import { type Coordinator, startCoordinator } from '../../coordinator/startCoordinator.js';
import type { Address } from '../../protocol/ids.js';
import { findChromium, type ForeignPage, openForeignPage, type Target } from '../support/foreignPage.js';
import { testLog } from '../support/smallNetwork.js';
import { skip } from '../support/skip.js';

const SOMEBODY = `0x${'ab'.repeat(20)}` as Address;

describe('a web page of another origin, in Chromium', function () {
  this.timeout(120_000);
  let folder: string;
  let chain: LocalChain;
  let ipfs: Endpoint;
  let coordinator: Coordinator;
  let page: ForeignPage;

  before(async function () {
    const chromium = findChromium();
    if (chromium === undefined) skip(this, 'no Chromium is installed');
    folder = await mkdtemp(join(tmpdir(), 'rushes-pages-'));
    chain = await startAnvil({ dataDir: join(folder, 'chain') });
    ipfs = await createEndpoint({ folder: join(folder, 'ipfs') });
    const nobody = `0x${'00'.repeat(20)}` as Address;
    coordinator = await startCoordinator({
      network: {
        ...{ protocolVersion: 1, name: 'test', chainId: 31_337, rpcUrl: chain.rpcUrl, testMoney: true },
        ...{ contract: nobody, token: nobody, policy: nobody, deploymentBlock: 0 },
        ipfsApiUrl: `http://127.0.0.1:${ipfs.port}`,
      },
      // It serves without one, what is the same for everybody.
      databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing',
      log: testLog,
    });
    page = await openForeignPage(chromium);
  });
  after(async () => {
    await page?.close();
    await coordinator?.close();
    await ipfs?.close();
    await chain?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const rpc = (url: string, method: string, params: unknown[]): Target => ({
    url,
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  async function assertNothing(target: Target): Promise<void> {
    assert.deepEqual(await page.attack(target), {}, 'another origin');
    assert.deepEqual(await page.attackRebound(target), {}, 'a rebound name');
  }

  it('would reach what answers everybody', async () => {
    const bodies: string[] = [];
    const open = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
      request.on('end', () => {
        const everybody = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
        response.writeHead(200, everybody).end('welcome');
      });
    });
    await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve));
    const target = { url: `http://127.0.0.1:${(open.address() as AddressInfo).port}/`, body: '{"open":1}' };
    try {
      const ways = ['fetch JSON', 'fetch text', 'fetch without a type', 'fetch GET'];
      for (const spoils of [await page.attack(target), await page.attackRebound(target)])
        assert.deepEqual(spoils, Object.fromEntries(ways.map((way) => [way, 'welcome'])));
      // Three by fetch, three by fetch without reading, a beacon, and a form's.
      assert.ok(bodies.filter((body) => body.startsWith('{"open":1')).length >= 2 * 8, bodies.join('\n'));
    } finally {
      open.closeAllConnections();
      open.close();
    }
  });

  it('reads nothing of the chain, and does nothing to it', async () => {
    const balance = (): Promise<string> => chain.administer('eth_getBalance', [SOMEBODY, 'latest']);
    await assertNothing(rpc(chain.rpcUrl, 'eth_chainId', []));
    await assertNothing(rpc(chain.rpcUrl, 'anvil_setBalance', [SOMEBODY, '0x7b']));
    await assertNothing(rpc(chain.rpcUrl, 'rushes_fundGas', [SOMEBODY]));
    assert.equal(await balance(), '0x0');
  });

  it('reads nothing of the IPFS endpoint, and stores nothing there', async () => {
    const at = `http://127.0.0.1:${ipfs.port}/api/v0`;
    await assertNothing({ url: `${at}/id`, body: '{}' });
    await assertNothing({ url: `${at}/add?pin=true`, body: '{"planted":1}' });
    await assertNothing({ url: `${at}/block/put`, body: '{"planted":1}' });
    const listed = await fetch(`${at}/pin/ls`, { method: 'POST' });
    assert.deepEqual(await listed.json(), { Keys: {} });
  });

  it('reads nothing of the coordinator', async () => {
    for (const path of ['/v1/network', '/openapi.json', '/v1/jobs']) {
      const url = `${coordinator.url}${path}`;
      await assertNothing({ url, body: '{}' });
      assert.notEqual((await fetch(url)).status, 403, 'programs are answered');
    }
  });
});
