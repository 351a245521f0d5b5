import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpServer, type HttpServer } from '../../../adapters/http/createHttpServer.js';
import { type RequestSigner, signRequests } from '../../../adapters/http/signRequests.js';
import { carryIpfs } from '../../../coordinator/gateway/carryIpfs.js';
import type { Address } from '../../../protocol/ids.js';
import type { NetworkDescription } from '../../../protocol/network.js';
import { NOTHING_REFUSED } from '../../../coordinator/refused/parseRefusedList.js';
import { testLog } from '../../support/smallNetwork.js';

const SOMEWHERE = `0x${'11'.repeat(20)}` as Address;
const NETWORK: NetworkDescription = {
  ...{ protocolVersion: 1, name: 'test', chainId: 31_337, rpcUrl: 'http://127.0.0.1:1', testMoney: true },
  ...{ contract: SOMEWHERE, token: SOMEWHERE, policy: SOMEWHERE, deploymentBlock: 0 },
  ipfsApiUrl: 'http://127.0.0.1:2',
};
const CID = 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4';
const [HERE, THERE] = ['203.0.113.5', '203.0.113.6'] as const;

describe('what is stored over a coordinator', () => {
  let server: HttpServer;
  let url: string;
  /** Ends a pin that is under way. */
  let underWay: (() => void)[];
  let isHeld: boolean;
  let passedSeconds: number;

  const signerOf = (network = NETWORK): RequestSigner =>
    signRequests({ network, key: `0x${randomBytes(32).toString('hex')}` });
  const pin = async (signer: RequestSigner, from: string): Promise<{ status: number; message: string | undefined }> => {
    const answer = await fetch(`${url}/api/v0/pin/add?arg=${CID}`, {
      method: 'POST',
      headers: { authorization: await signer.authorization('ipfs-write', url), 'x-forwarded-for': from },
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, message: ((await answer.json()) as { Message?: string }).Message };
  };
  const untilUnderWay = async (count: number): Promise<void> => {
    for (const end = performance.now() + 10_000; performance.now() < end; await sleep(5))
      if (underWay.length >= count) return;
    assert.fail(`${underWay.length} of ${count} are under way`);
  };

  beforeEach(async () => {
    underWay = [];
    isHeld = false;
    passedSeconds = 0;
    server = await createHttpServer({
      ...{ title: 'test', version: '1', description: 'a test', log: testLog },
      trustedProxies: ['127.0.0.1'],
    });
    carryIpfs(server, {
      network: NETWORK,
      outside: { host: undefined, publicUrl: undefined },
      kubo: { call: () => assert.fail('nothing is passed on'), close: () => Promise.resolve() },
      nowSeconds: () => Math.floor(Date.now() / 1000) + passedSeconds,
      nowMs: () => 1000 * passedSeconds,
      refused: () => NOTHING_REFUSED,
      book: () => assert.fail('nothing is uploaded'),
      pin: async () => {
        if (isHeld) await new Promise<void>((resolve) => underWay.push(resolve));
      },
    });
    url = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => server.close());

  it('is so much at once from one address, however many accounts it has, and takes no place where it is refused', async () => {
    isHeld = true;
    const pins = Array.from({ length: 32 }, () => pin(signerOf(), HERE));
    await untilUnderWay(32);
    const one = signerOf();
    // More than an account may have at once.
    for (let attempt = 0; attempt < 17; attempt++)
      assert.deepEqual(await pin(one, HERE), { status: 429, message: 'too many uploads from this address at once' });
    pins.push(pin(one, THERE));
    await untilUnderWay(33);
    isHeld = false;
    for (const end of underWay) end();
    for (const { status } of await Promise.all(pins)) assert.equal(status, 200);
    assert.equal((await pin(one, HERE)).status, 200, 'places are given back');
  });

  it('is checked no more for an address that keeps failing, but for what was found good before', async () => {
    const [known, unknown] = [signerOf(), signerOf()];
    assert.equal((await pin(known, HERE)).status, 200);
    const forger = signerOf({ ...NETWORK, chainId: 1 });
    for (let attempt = 0; attempt < 30; attempt++) assert.equal((await pin(forger, HERE)).status, 401);
    const refused = { status: 429, message: 'too many requests without a good signature from this address' };
    assert.deepEqual(await pin(forger, HERE), refused);
    assert.deepEqual(await pin(unknown, HERE), refused, 'not even looked at');
    assert.equal((await pin(known, HERE)).status, 200);
    assert.equal((await pin(unknown, THERE)).status, 200);
    assert.equal((await pin(unknown, HERE)).status, 200, 'found good elsewhere');
    // Five tries a second come back.
    passedSeconds = 1;
    for (let attempt = 0; attempt < 5; attempt++) assert.equal((await pin(forger, HERE)).status, 401);
    assert.deepEqual(await pin(forger, HERE), refused);
    assert.equal((await pin(known, HERE)).status, 200);
    // Known or not, what is over is over, and counts as a bad try.
    passedSeconds = 601;
    const late = await pin(known, HERE);
    assert.equal(late.status, 401);
    assert.match(late.message ?? '', /held until/);
  });
});
