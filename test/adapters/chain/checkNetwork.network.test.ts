import assert from 'node:assert/strict';
import { checkNetwork } from '../../../adapters/chain/checkNetwork.js';
import { startNetwork, type TestNetwork } from './startNetwork.js';

describe('the check of a network that a stranger described', function () {
  this.timeout(60_000);
  let net: TestNetwork;
  const check = (more: Partial<TestNetwork['network']>): Promise<void> =>
    checkNetwork({ network: { ...net.network, ...more }, nowMs: Date.now(), serverMs: undefined });

  before(async () => {
    net = await startNetwork();
  });
  after(() => net?.close());

  it('looks at the code of the token, whatever the description says of it', async () => {
    for (const testMoney of [true, false]) await check({ testMoney });
    await net.chain.administer('anvil_setCode', [net.network.token, '0x60006000f3']);
    for (const testMoney of [true, false]) await assert.rejects(check({ testMoney }), { code: 'real-money' });
  });
});
