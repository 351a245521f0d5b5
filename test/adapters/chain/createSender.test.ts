import assert from 'node:assert/strict';
import type { Wallet } from '@ethersproject/wallet';
import { RpcError } from '../../../adapters/chain/chainErrors.js';
import type { Rpc } from '../../../adapters/chain/createRpc.js';
import { createSender } from '../../../adapters/chain/createSender.js';
import { address } from '../../support/leaseFixtures.js';

const GWEI = 1_000_000_000n;

describe('the sender of a key', () => {
  const realNow = performance.now.bind(performance);
  afterEach(() => {
    performance.now = realNow;
  });

  it('raises its offer from what the chain has of it, not from what the account could not pay', async () => {
    let passedMs = 0;
    performance.now = () => realNow() + passedMs;
    // Offers in the order in which they came: the first is taken, for three the account is too poor, the fifth is taken.
    const offers: { bytes: string; feeWei: bigint; tipWei: bigint }[] = [];
    const answers: Record<string, (params: readonly unknown[]) => unknown> = {
      eth_call: () => '0x',
      eth_getBlockByNumber: () => ({ baseFeePerGas: `0x${GWEI.toString(16)}` }),
      eth_maxPriorityFeePerGas: () => `0x${GWEI.toString(16)}`,
      eth_getTransactionCount: () => '0x0',
      eth_sendRawTransaction: ([bytes]) => {
        const isKnown = offers.some((one, at) => one.bytes === bytes && (at === 0 || at > 3));
        if (isKnown) return bytes;
        const offer = JSON.parse(Buffer.from((bytes as string).slice(2), 'hex').toString()) as Record<string, string>;
        const count = offers.push({
          bytes: bytes as string,
          feeWei: BigInt(offer['maxFeePerGas'] as string),
          tipWei: BigInt(offer['maxPriorityFeePerGas'] as string),
        });
        if (count > 1 && count <= 4)
          throw new RpcError({
            ...{ method: 'eth_sendRawTransaction', rpcCode: -32_000, data: undefined },
            reason: 'insufficient funds for gas * price + value',
          });
        return bytes;
      },
      eth_getTransactionReceipt: () => {
        passedMs += 25_000;
        return offers.length < 5 ? null : { blockNumber: '0x1', status: '0x1' };
      },
    };
    const rpc: Rpc = {
      rpcUrl: 'http://127.0.0.1:1',
      send: async <Result>(method: string, params: readonly unknown[]) => answers[method]!(params) as Result,
    };
    const wallet = {
      address: address('a1'),
      signTransaction: async (transaction: object) => `0x${Buffer.from(JSON.stringify(transaction)).toString('hex')}`,
    } as unknown as Wallet;
    const sender = createSender({ rpc, wallet, chainId: 1, deadlineMs: 1e9 });
    await sender.send({ to: address('c1'), data: '0x', method: 'test', gasLimit: 21_000n });
    const [first, ...raised] = offers;
    assert.equal(raised.length, 4);
    for (const { feeWei, tipWei } of raised) {
      assert.equal(feeWei, (first!.feeWei * 3n) / 2n + 1n);
      assert.equal(tipWei, (first!.tipWei * 3n) / 2n + 1n);
    }
  });
});
