import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { refuseExcess, RPC_BOUNDS } from '../../../adapters/chain/refuseExcess.js';
import { foreignRequest } from '../../../adapters/http/foreignRequest.js';
import { urlBelow } from '../../../adapters/http/urlBelow.js';
import { describeOutside } from '../../../coordinator/gateway/describeOutside.js';
import { carriedQuery, IPFS_CALLS } from '../../../coordinator/gateway/ipfsCalls.js';
import type { Address } from '../../../protocol/ids.js';
import type { NetworkDescription } from '../../../protocol/network.js';

const SOMEWHERE = `0x${'11'.repeat(20)}` as Address;
const NETWORK: NetworkDescription = {
  ...{ protocolVersion: 1, name: 'test', chainId: 31_337, rpcUrl: 'http://127.0.0.1:1', testMoney: true },
  ...{ contract: SOMEWHERE, token: SOMEWHERE, policy: SOMEWHERE, deploymentBlock: 0 },
  ...{ ipfsApiUrl: 'http://127.0.0.1:2', coordinatorUrl: 'http://127.0.0.1:3' },
};

describe('what a stranger may ask of a chain', () => {
  const head = async (): Promise<number> => 50_000;
  const refused = async (method: string, params: unknown): Promise<string | undefined> =>
    (await refuseExcess(method, params, head))?.error?.message;

  it('covers so many blocks of logs, however the range is written', async () => {
    const logs = (filter: object): Promise<string | undefined> => refused('eth_getLogs', [filter]);
    for (const filter of [
      {},
      { fromBlock: '0xc350' },
      { fromBlock: '0x0', toBlock: '0x270f' },
      { fromBlock: 'latest', toBlock: 'latest' },
      { fromBlock: 'earliest', toBlock: 'earliest' },
      { blockHash: `0x${'00'.repeat(32)}` },
      { fromBlock: '0xbb80', toBlock: 'latest' },
    ])
      assert.equal(await logs(filter), undefined, JSON.stringify(filter));
    for (const filter of [
      { fromBlock: '0x0' },
      { fromBlock: 'earliest' },
      { fromBlock: 0, toBlock: 10_000 },
      { fromBlock: '0x0', toBlock: '0x2710' },
      { fromBlock: '0x0', toBlock: 'pending' },
      { fromBlock: '0', toBlock: '0xFFFFFFFFFFFFFFFFFF' },
    ])
      assert.match((await logs(filter)) ?? '', /at most 10000 blocks/, JSON.stringify(filter));
  });

  it('tries calls of so much gas, without overrides', async () => {
    assert.equal(await refused('eth_call', [{ to: SOMEWHERE }, 'latest']), undefined);
    assert.equal(await refused('eth_call', [{ gas: '0x2dc6c0' }, 'latest']), undefined);
    for (const method of ['eth_call', 'eth_estimateGas', 'eth_createAccessList']) {
      assert.match((await refused(method, [{ gas: '0xffffffffff' }, 'latest'])) ?? '', /at most 60000000 gas/);
      assert.match((await refused(method, [{}, 'latest', {}])) ?? '', /without overrides/);
    }
    assert.match((await refused('eth_feeHistory', ['0x401', 'latest', []])) ?? '', /at most 1024/);
    const slots = Array.from({ length: RPC_BOUNDS.proofSlots + 1 }, () => '0x0');
    assert.match((await refused('eth_getProof', [SOMEWHERE, slots, 'latest'])) ?? '', /at most 100/);
    assert.match((await refused('eth_getLogs', { fromBlock: '0x0' })) ?? '', /not a list/);
  });
});

describe('the calls of Kubo that are carried', () => {
  const CID = 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4';
  const carried = (name: string, query: string): string =>
    carriedQuery(IPFS_CALLS[name]!, new URLSearchParams(query)).toString();

  it('are written anew, and read only what is kept here', () => {
    assert.equal(carried('cat', `arg=${CID}&offset=5&length=7`), `arg=${CID}&offset=5&length=7&offline=true`);
    assert.equal(carried('cat', `arg=/ipfs/${CID}/a/b&offline=false`), `arg=${CID}%2Fa%2Fb&offline=true`);
    assert.equal(carried('cat', `arg=${CID}&timeout=5s&progress=true`), `arg=${CID}&offline=true`);
    assert.equal(carried('version', 'stream-channels=true'), '');
  });

  it('store without a pin, whatever the asker says', () => {
    assert.equal(carried('add', 'pin=true&cid-version=1&pin=true'), 'cid-version=1&pin=false');
    assert.equal(carried('block/put', ''), 'pin=false');
    assert.equal(carried('pin/add', `arg=${CID}&recursive=true`), `arg=${CID}&recursive=true&offline=true`);
  });

  it('take no names of IPNS, no files of the node, no further argument, no option that the table lacks', () => {
    for (const [name, query] of [
      ['cat', 'arg=/ipns/example.org'],
      ['cat', 'arg=/etc/passwd'],
      ['cat', 'arg=http://127.0.0.1:1/'],
      ['cat', `arg=${CID}/../${CID}`],
      ['cat', `arg=${CID}&arg=${CID}`],
      ['cat', ''],
      ['version', `arg=${CID}`],
      ['ls', `arg=${CID}&headers=true`],
      ['cat', `arg=${CID}&api=/ip4/127.0.0.1/tcp/1`],
    ] as const)
      assert.throws(() => carried(name, query), { code: 'bad-input' }, `${name}?${query}`);
  });
});

describe('requests of other origins, over an interface that others reach', () => {
  const from = (
    headers: Record<string, string>,
    { localAddress = '192.168.1.5', names = [] as string[] } = {},
  ): string | undefined =>
    foreignRequest(
      { headers, method: 'GET', socket: { localAddress, localPort: 8800 } } as unknown as IncomingMessage,
      {
        names,
      },
    );

  it('may name an address in figures, or a name that the operator gave, and no other name', () => {
    assert.equal(from({ host: '192.168.1.5:8800' }), undefined);
    assert.equal(from({ host: '203.0.113.9' }), undefined, 'behind a router');
    assert.equal(from({ host: '[2001:db8::5]:8800' }), undefined);
    assert.match(from({ host: 'evil.example:8800' }) ?? '', /evil/);
    assert.match(from({ host: '[not:an:address]:8800' }) ?? '', /no host/);
    assert.match(from({ host: '' }) ?? '', /no host/);
    const names = ['render.example.org'];
    assert.equal(from({ host: 'Render.Example.org' }, { names }), undefined);
    assert.equal(from({ host: 'render.example.org:8443' }, { names, localAddress: '127.0.0.1' }), undefined);
    assert.match(from({ host: 'evil.example' }, { names }) ?? '', /evil/);
  });

  it('over loopback name a loopback name with the port, or a name that the operator gave', () => {
    const localAddress = '127.0.0.1';
    assert.equal(from({ host: 'localhost:8800' }, { localAddress }), undefined);
    assert.match(from({ host: '203.0.113.9' }, { localAddress }) ?? '', /203/);
    assert.match(from({ host: '127.0.0.1:1' }, { localAddress }) ?? '', /127/);
  });

  it('have no Origin but this server', () => {
    const host = '192.168.1.5:8800';
    assert.equal(from({ host, origin: 'http://192.168.1.5:8800' }), undefined);
    assert.match(from({ host, origin: 'http://192.168.1.6:8800' }) ?? '', /Origin/);
    assert.match(from({ host, origin: 'null' }) ?? '', /Origin/);
  });
});

describe('addresses of a network', () => {
  const asked = { host: '10.1.2.3:9000', port: 8800 };
  const rpcUrlFor = (host: string | undefined, publicUrl?: string): string =>
    describeOutside(NETWORK, { host, publicUrl }, asked).rpcUrl;

  it('are those that the asker can use', () => {
    assert.deepEqual(describeOutside(NETWORK, { host: undefined, publicUrl: undefined }, asked), NETWORK);
    assert.deepEqual(describeOutside(NETWORK, { host: '10.1.2.3', publicUrl: undefined }, asked), {
      ...NETWORK,
      rpcUrl: 'http://10.1.2.3:8800/rpc',
      ipfsApiUrl: 'http://10.1.2.3:8800/api/v0',
      coordinatorUrl: 'http://10.1.2.3:8800',
    });
    assert.equal(rpcUrlFor('2001:db8::5'), 'http://[2001:db8::5]:8800/rpc');
    for (const wildcard of ['0.0.0.0', '::', '0:0:0:0:0:0:0:0'])
      assert.equal(rpcUrlFor(wildcard), 'http://10.1.2.3:9000/rpc', wildcard);
    assert.equal(rpcUrlFor('0.0.0.0', 'https://a.example/rushes'), 'https://a.example/rushes/rpc');
    assert.equal(rpcUrlFor(undefined, 'https://a.example'), 'https://a.example/rpc');
  });

  it('keep a path that a proxy serves them below', () => {
    assert.equal(urlBelow('https://a.example/rushes', '/v1/network'), 'https://a.example/rushes/v1/network');
    assert.equal(urlBelow('https://a.example/rushes/', '/v1/network'), 'https://a.example/rushes/v1/network');
    assert.equal(urlBelow('http://a.example:88', '/v1/jobs?x=1'), 'http://a.example:88/v1/jobs?x=1');
  });
});
