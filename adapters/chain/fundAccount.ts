import { Wallet } from '@ethersproject/wallet';
import { randomBytes } from 'node:crypto';
import { type Address, type Wei, parseAddress } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { BadInputError } from '../../protocol/errors.js';
import { bigintOfHex, tokenInterface } from './abiValues.js';
import { createRpc } from './createRpc.js';
import { createSender } from './createSender.js';
import { FUND_GAS_METHOD } from './gasMoney.js';

/** One call of the token's faucet gives at most this. */
const FAUCET_LIMIT_WEI = 1_000_000n * 10n ** 18n;

/** Gives an account of a local chain coins to pay gas with. It has at least 1,000,000 after. */
export async function fundGas(options: { rpcUrl: string; account: Address; signal?: AbortSignal }): Promise<void> {
  await createRpc(options.rpcUrl).send(FUND_GAS_METHOD, [options.account], { signal: options.signal });
}

/**
 * Gives an account of a local test-money network gas money and test tokens: tops its token balance up to `tokenWei`
 * (default 1,000,000 tokens). Throws BadInputError for a network whose money is real.
 */
export async function fundAccount(options: {
  network: NetworkDescription;
  account: Address;
  tokenWei?: Wei;
  signal?: AbortSignal;
}): Promise<void> {
  const { network, account, signal } = options;
  if (!network.testMoney)
    throw new BadInputError({
      message: `network ${network.name} has real money: nobody gives it away`,
      advice: 'Send tokens and gas money to the account yourself.',
    });
  const rpc = createRpc(network.rpcUrl);
  await fundGas({ rpcUrl: network.rpcUrl, account, ...(signal === undefined ? {} : { signal }) });
  const balance = await rpc.send<string>(
    'eth_call',
    [{ to: network.token, data: tokenInterface.encodeFunctionData('balanceOf', [account]) }, 'latest'],
    { signal },
  );
  let missingWei = (options.tokenWei ?? FAUCET_LIMIT_WEI) - bigintOfHex(balance);
  if (missingWei <= 0n) return;

  // A key of its own asks the faucet, so that nobody's nonce is in the way.
  const wallet = new Wallet(randomBytes(32));
  await fundGas({
    rpcUrl: network.rpcUrl,
    account: parseAddress(wallet.address),
    ...(signal === undefined ? {} : { signal }),
  });
  const sender = createSender({ rpc, wallet, chainId: network.chainId });
  for (; missingWei > 0n; missingWei -= FAUCET_LIMIT_WEI) {
    const amountWei = missingWei < FAUCET_LIMIT_WEI ? missingWei : FAUCET_LIMIT_WEI;
    await sender.send(
      { to: network.token, data: tokenInterface.encodeFunctionData('faucet', [account, amountWei]), method: 'faucet' },
      { signal },
    );
  }
}
