import { createGiver, readPurse } from '../../adapters/chain/createGiver.js';
import { createRpc } from '../../adapters/chain/createRpc.js';
import { formatCoins } from '../../adapters/chain/formatCoins.js';
import { fundGas } from '../../adapters/chain/fundGas.js';
import { readFees } from '../../adapters/chain/readFees.js';
import { reckonedGasPrice } from '../../adapters/chain/reckonedGasPrice.js';
import { askFaucet } from '../../adapters/http/askFaucet.js';
import { RushesError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';

/** What each party of one's own is kept at: coins for more gas than it will use, and tokens for stakes and jobs. */
const OWN_PURSE = { coinsWei: 5_000n * 10n ** 18n, tokensWei: 1_000_000n * 10n ** 18n };
/** Gas that a party on a chain of somebody else is kept at: some 150 leases (contracts/gas/Rushes.json). */
const PARTY_GAS = 100_000_000n;
/** Gas of the transactions that give a party both. */
const GIVING_GAS = 200_000n;

interface Funding {
  network: NetworkDescription;
  faucetKey: string;
  accounts: readonly Address[];
  signal: AbortSignal;
}

/**
 * Tops up the operator's own accounts on a local chain, with the faucet's key and as the faucet does it, without its
 * bounds. Nobody else may use the key meanwhile: the faucet starts when the network's description is there.
 */
export async function fundParties({ network, faucetKey, accounts, signal }: Funding): Promise<void> {
  const giver = createGiver({ network, key: faucetKey });
  await fundGas({ rpcUrl: network.rpcUrl, account: giver.account, signal });
  await Promise.all(accounts.map((account) => giver.topUp({ account, ...OWN_PURSE, signal })));
}

/**
 * The same on a chain of somebody else, which gives coins to nobody: the faucet of the network is asked where it has
 * one, otherwise the coins come from the account of the faucet that is run here. Accounts with enough are left alone.
 * Throws `no-gas`, which says what that account lacks.
 */
export async function fundPartiesElsewhere({
  network,
  faucetUrl,
  faucetKey,
  accounts,
  signal,
}: Funding & {
  /** The faucet that somebody else runs for the network. */
  faucetUrl: string | undefined;
}): Promise<void> {
  const purses = await Promise.all(
    accounts.map(async (account) => ({ account, has: await readPurse({ network, account, signal }) })),
  );
  if (faucetUrl !== undefined) {
    for (const { account, has } of purses)
      if (has.coinsWei === 0n || has.tokensWei === 0n) await askFaucet({ faucetUrl, account, signal });
    return;
  }
  const { maxFeePerGas } = await readFees(createRpc(network.rpcUrl), signal);
  const pricePerGas = reckonedGasPrice(maxFeePerGas);
  const purse = { coinsWei: PARTY_GAS * pricePerGas, tokensWei: OWN_PURSE.tokensWei };
  const poor = purses.filter(({ has }) => has.coinsWei < purse.coinsWei / 4n || has.tokensWei < purse.tokensWei / 4n);
  if (poor.length === 0) return;
  const giver = createGiver({ network, key: faucetKey });
  const wantedWei = poor.reduce(
    (sum, { has }) => sum + (purse.coinsWei > has.coinsWei ? purse.coinsWei - has.coinsWei : 0n),
    BigInt(poor.length) * GIVING_GAS * pricePerGas,
  );
  const { coinsWei: heldWei } = await readPurse({ network, account: giver.account, signal });
  if (heldWei < wantedWei)
    throw new PoorFaucetError({ account: giver.account, parties: poor.length, heldWei, wantedWei });
  await Promise.all(poor.map(({ account }) => giver.topUp({ account, ...purse, signal })));
}

/** The account that pays the gas of the operator's own parties holds too little. */
export class PoorFaucetError extends RushesError {
  constructor(options: { account: Address; parties: number; heldWei: bigint; wantedWei: bigint }) {
    const lacksWei = options.wantedWei - options.heldWei;
    super({
      code: 'no-gas',
      message: `the accounts of this machine (${options.parties}) need ${formatCoins(options.wantedWei)} coins of the chain for gas, and their faucet ${options.account} has ${formatCoins(options.heldWei, 'down')}: it lacks ${formatCoins(lacksWei)}`,
      facts: {
        account: options.account,
        parties: options.parties,
        heldWei: options.heldWei.toString(),
        wantedWei: options.wantedWei.toString(),
        lacksWei: lacksWei.toString(),
      },
      advice: `send them to ${options.account}, or put the key of an account that has them into keys/faucet.key of the network's folder, and start again.`,
    });
  }
}
