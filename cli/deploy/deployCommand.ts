import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Wallet } from '@ethersproject/wallet';
import { DEPLOYABLES } from '../../adapters/chain/contractCode.js';
import { createRpc } from '../../adapters/chain/createRpc.js';
import { createSender } from '../../adapters/chain/createSender.js';
import { deployContracts, soundRecord } from '../../adapters/chain/deployContracts.js';
import { formatCoins } from '../../adapters/chain/formatCoins.js';
import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { priceDeployment, refusePoorDeployer } from '../../adapters/chain/priceDeployment.js';
import { refuseRealMoney } from '../../adapters/chain/refuseRealMoney.js';
import { parseAddress } from '../../protocol/ids.js';
import type { DeployedNetwork } from '../../protocol/network.js';
import { writeJson } from '../files/writeJson.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';
import { passphraseOf } from '../keys/passphraseOf.js';
import type { CommandContext } from '../options/CommandContext.js';
import { parseUrl } from '../options/parseUrl.js';
import { keepRecord, recordPath, refuseExisting } from './keepRecord.js';

/** Runs `rushes deploy`. */
export async function deployCommand({
  rpc: rpcUrl,
  key: keyFile,
  token: tokenText,
  name,
  out,
  context,
}: {
  rpc: string;
  key: string;
  token?: string;
  name?: string;
  out: string;
  context: CommandContext;
}): Promise<void> {
  const { terminal, signal } = context;
  const rpc = createRpc(parseUrl('--rpc', rpcUrl, ['http:', 'https:']));
  const token = tokenText === undefined ? undefined : parseAddress(tokenText, '--token');
  const path = resolve(out);
  await refuseExisting(path);
  const wallet = new Wallet(await readOrMakeKey(keyFile, { passphrase: passphraseOf(context) }));
  const deployer = parseAddress(wallet.address);
  const policy = LOCAL_POLICY;

  // What is there of an earlier run, and what the rest will cost.
  const chainId = Number(await rpc.send<string>('eth_chainId', [], { signal, deadlineMs: 10_000 }));
  if (token !== undefined) await refuseRealMoney({ rpc, token, signal });
  const keeper = await keepRecord({ path: recordPath(path), chainId, deployer, token });
  const record = await soundRecord({ rpc, record: keeper.record, policy, token, signal });
  for (const [contract, { address }] of Object.entries(record.made))
    terminal.line(`${contract} is there from an earlier run: ${address}`);
  const missing = DEPLOYABLES.filter(
    (one) => record.made[one] === undefined && !(one === 'TestToken' && token !== undefined),
  );
  const price = await priceDeployment({ rpc, account: deployer, policy, missing, signal });
  terminal.line(
    `deploying on chain ${chainId} takes about ${price.gas} gas, ${formatCoins(price.expectedWei)} coins at its present fees, at most ${formatCoins(price.mostWei)}; ${deployer} has ${formatCoins(price.balanceWei, 'down')}`,
  );
  refusePoorDeployer({ account: deployer, price });

  const deployed = await deployContracts({
    rpc,
    sender: createSender({ rpc, wallet, chainId, deadlineMs: 10 * 60_000 }),
    chainId,
    policy,
    token,
    record,
    onRecord: (now) => keeper.write(now),
    onMade: (contract, address, blockNumber) => terminal.line(`${contract} is at ${address}, block ${blockNumber}`),
    signal,
  }).catch((error: unknown) => {
    if (keeper.isBegun())
      terminal.line(
        terminal.yellow(`not finished: the same command goes on with what is there (${recordPath(out)} remembers it)`),
      );
    throw error;
  });
  const description: DeployedNetwork = { protocolVersion: 1, name: name ?? `chain-${chainId}`, ...deployed };
  await writeJson(path, description);
  await rm(recordPath(path), { force: true });
  terminal.line(terminal.green(`wrote ${out}; the network pays in test money. Next: \`rushes up --network ${out}\``));
  terminal.result({ network: description, path, deployer, price });
}
