import { Wallet } from '@ethersproject/wallet';
import type { Address, Wei } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { bigintOfHex, tokenInterface } from './abiValues.js';
import { createRpc } from './createRpc.js';
import { createSender } from './createSender.js';

/** What an account has: coins pay for gas, tokens for work and stakes. */
export interface Purse {
  coinsWei: Wei;
  tokensWei: Wei;
}

/** Gives coins and test tokens from one key. Safe for concurrent calls. */
export interface Giver {
  readonly account: Address;
  /**
   * Tops an account up to what is stated, and resolves to what it was given once that is mined. What is on its way to
   * the account already counts as there, so that a call after a crash gives nothing twice.
   */
  topUp(request: { account: Address; signal?: AbortSignal } & Purse): Promise<Purse>;
}

/** One call of the test token's faucet gives at most this. */
const MOST_TOKENS_WEI = 1_000_000n * 10n ** 18n;
/**
 * Gas for handing coins over: 21,000, and what a rollup adds for its data. No estimate: an account with code could make
 * receiving as expensive as it likes.
 */
const GIVING_GAS = 60_000n;

/** What an account has on a network, with what is on its way. Throws ChainUnreachableError. */
export async function readPurse({
  network,
  account,
  signal,
}: {
  network: Pick<NetworkDescription, 'rpcUrl' | 'token'>;
  account: Address;
  signal?: AbortSignal | undefined;
}): Promise<Purse> {
  const rpc = createRpc(network.rpcUrl);
  const data = tokenInterface.encodeFunctionData('balanceOf', [account]);
  const [coins, tokens] = await Promise.all([
    rpc.send<string>('eth_getBalance', [account, 'pending'], { signal }),
    rpc.send<string>('eth_call', [{ to: network.token, data }, 'pending'], { signal }),
  ]);
  return { coinsWei: bigintOfHex(coins), tokensWei: bigintOfHex(tokens) };
}

/** Makes the giver of a key on a network whose token is test money that anybody can make. */
export function createGiver({ network, key }: { network: NetworkDescription; key: string }): Giver {
  const sender = createSender({
    rpc: createRpc(network.rpcUrl),
    wallet: new Wallet(key),
    chainId: network.chainId,
  });

  async function giveCoins(to: Address, amountWei: Wei, signal: AbortSignal | undefined): Promise<void> {
    if (amountWei <= 0n) return;
    await sender.send(
      { to, data: '0x', valueWei: amountWei, gasLimit: GIVING_GAS, method: 'giving coins' },
      { signal },
    );
  }

  async function giveTokens(account: Address, amountWei: Wei, signal: AbortSignal | undefined): Promise<void> {
    for (let leftWei = amountWei; leftWei > 0n; leftWei -= MOST_TOKENS_WEI) {
      const partWei = leftWei < MOST_TOKENS_WEI ? leftWei : MOST_TOKENS_WEI;
      await sender.send(
        { to: network.token, data: tokenInterface.encodeFunctionData('faucet', [account, partWei]), method: 'faucet' },
        { signal },
      );
    }
  }

  return {
    account: sender.account,
    async topUp({ account, coinsWei, tokensWei, signal }) {
      const has = await readPurse({ network, account, signal });
      const missing = {
        coinsWei: coinsWei > has.coinsWei ? coinsWei - has.coinsWei : 0n,
        tokensWei: tokensWei > has.tokensWei ? tokensWei - has.tokensWei : 0n,
      };
      await Promise.all([giveCoins(account, missing.coinsWei, signal), giveTokens(account, missing.tokensWei, signal)]);
      return missing;
    },
  };
}
