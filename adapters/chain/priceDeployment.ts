import { RushesError } from '../../protocol/errors.js';
import type { Address, Wei } from '../../protocol/ids.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { bigintOfHex } from './abiValues.js';
import { type Deployable, readContractCode } from './contractCode.js';
import type { Rpc } from './createRpc.js';
import { gasWithMargin } from './createSender.js';
import { formatCoins } from './formatCoins.js';
import { readFees } from './readFees.js';

/** What a deployment takes, in the chain's own coin. */
export interface DeploymentPrice {
  /** Gas of everything that is still to be deployed. */
  gas: bigint;
  /** At the fees of the newest block. */
  expectedWei: Wei;
  /** With the margins of gas and fees that the transactions are sent with: what the account has to hold. */
  mostWei: Wei;
  /** What the account holds. */
  balanceWei: Wei;
}

/** Intrinsic gas of a transaction that makes a contract. */
const CREATION_GAS = 53_000n;
const GAS_PER_WORD_OF_CODE = 2n;
const GAS_PER_BYTE_OF_CALLDATA = 16n;
const GAS_PER_BYTE_OF_CODE = 200n;
/** What the contract's constructor does besides: it calls two others and writes storage. */
const CONSTRUCTOR_GAS = 250_000n;
const NOWHERE = `0x${'00'.repeat(19)}01` as Address;

/**
 * What the contracts that are missing cost on a chain now. The contract itself cannot be tried before its libraries are
 * there: its gas is reckoned from its size (geth 1.16: 5,192,384 used, 5,562,000 reckoned).
 */
export async function priceDeployment({
  rpc,
  account,
  policy,
  missing,
  signal,
}: {
  rpc: Rpc;
  account: Address;
  policy: PolicyNumbers;
  missing: readonly Deployable[];
  signal: AbortSignal | undefined;
}): Promise<DeploymentPrice> {
  const code = await readContractCode();
  const estimate = async (name: Deployable): Promise<bigint> => {
    if (name === 'Rushes')
      return gasOfSize(code.creation('Rushes', [NOWHERE, NOWHERE], { PolicyRules: NOWHERE, Roster: NOWHERE }));
    const data = code.creation(name, name === 'Policy' ? [policy] : []);
    return bigintOfHex(await rpc.send<string>('eth_estimateGas', [{ from: account, data }, 'latest'], { signal }));
  };
  const [gases, fees, balance] = await Promise.all([
    Promise.all(missing.map(estimate)),
    readFees(rpc, signal),
    rpc.send<string>('eth_getBalance', [account, 'latest'], { signal }),
  ]);
  const gas = gases.reduce((sum, one) => sum + one, 0n);
  return {
    gas,
    expectedWei: gas * (fees.baseFeePerGas + fees.tipPerGas),
    mostWei: gases.reduce((sum, one) => sum + gasWithMargin(one), 0n) * fees.maxFeePerGas,
    balanceWei: bigintOfHex(balance),
  };
}

/** Throws `no-gas` where the account holds less than the deployment may take. */
export function refusePoorDeployer({
  account,
  price,
}: {
  account: Address;
  price: Pick<DeploymentPrice, 'mostWei' | 'balanceWei'>;
}): void {
  const lacksWei = price.mostWei - price.balanceWei;
  if (lacksWei <= 0n) return;
  throw new RushesError({
    code: 'no-gas',
    message: `deploying takes up to ${formatCoins(price.mostWei)} coins of the chain for gas and ${account} has ${formatCoins(price.balanceWei, 'down')}: it lacks ${formatCoins(lacksWei)}`,
    facts: {
      account,
      mostWei: price.mostWei.toString(),
      balanceWei: price.balanceWei.toString(),
      lacksWei: lacksWei.toString(),
    },
    advice: `send them to ${account} first.`,
  });
}

function gasOfSize(creation: string): bigint {
  const bytes = BigInt((creation.length - 2) / 2);
  return (
    CREATION_GAS +
    bytes * (GAS_PER_BYTE_OF_CALLDATA + GAS_PER_BYTE_OF_CODE) +
    ((bytes + 31n) / 32n) * GAS_PER_WORD_OF_CODE +
    CONSTRUCTOR_GAS
  );
}
