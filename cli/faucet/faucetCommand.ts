import { join } from 'node:path';
import { readPurse } from '../../adapters/chain/createGiver.js';
import { askFaucet } from '../../adapters/http/askFaucet.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { RushesError } from '../../protocol/errors.js';
import { type Address, parseAddress } from '../../protocol/ids.js';
import { addressOf } from '../network/networkKeys.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';
import { passphraseOf } from '../keys/passphraseOf.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { describeStart } from '../session/describeStart.js';
import { findNetwork, noNetworkError } from '../session/findNetwork.js';

/** Runs `rushes faucet`. */
export async function faucetCommand({
  network: source,
  data,
  account: stated,
  key: keyFile,
  given,
  context,
}: {
  network?: string;
  data?: string;
  account?: string;
  key?: string;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const { terminal, signal } = context;
  if (source !== undefined) refuseIdleOptions({ command: 'faucet', given, situation: 'named' });
  const account = stated === undefined ? await accountOfKey(keyFile, context) : parseAddress(stated, '--account');
  const found = await findNetwork({ source, data, context });
  if (found === undefined) throw noNetworkError({ data, context });
  const { network } = found;
  if (network.faucetUrl === undefined)
    throw new RushesError({
      code: 'no-faucet',
      message: `network ${network.name} names no faucet`,
      advice: 'have somebody send test money to the account.',
    });
  const gift = await askFaucet({ faucetUrl: network.faucetUrl, account, signal });
  const purse = await readPurse({ network, account, signal });
  terminal.line(
    gift.isNew
      ? describeStart({ account, tokensWei: gift.tokensWei })
      : `${account} has had its start already, or has enough: nothing was given`,
  );
  terminal.line(
    `it has ${formatMoney(purse.tokensWei)} of test money and ${formatMoney(purse.coinsWei, 6)} coins for gas`,
  );
  terminal.result({
    account,
    isNew: gift.isNew,
    tokensWei: purse.tokensWei.toString(),
    coinsWei: purse.coinsWei.toString(),
  });
}

async function accountOfKey(keyFile: string | undefined, context: CommandContext): Promise<Address> {
  const path = keyFile ?? join(context.env.home, 'keys', 'artist.key');
  return addressOf(await readOrMakeKey(path, { passphrase: passphraseOf(context) }));
}
