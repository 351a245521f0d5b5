import { InvariantError } from '../../protocol/errors.js';
import { type Address, type Bytes32, parseAddress } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { type Deployable, readContractCode } from './contractCode.js';
import { holdsCodeOf } from './holdsCodeOf.js';
import type { Rpc } from './createRpc.js';
import type { Sender } from './createSender.js';
import { refuseRealMoney } from './refuseRealMoney.js';
import { readPolicy } from './readPolicy.js';
import { awaitReceipt, type RpcReceipt } from './receipts.js';

/** The chain's part of a network description. */
export type Deployment = Pick<
  NetworkDescription,
  'chainId' | 'rpcUrl' | 'contract' | 'token' | 'policy' | 'deploymentBlock' | 'testMoney'
>;

/** What became of the contracts so far, for whoever has to go on after a crash. */
export interface DeploymentRecord {
  /** Contracts that were made, each with its block. */
  made: Partial<Record<Deployable, { address: Address; blockNumber: number }>>;
  /** Transactions that were about to be sent, all of those that took one another's place. */
  sent: Partial<Record<Deployable, Bytes32[]>>;
}

/** Longest wait for a transaction of a run before. */
const LEFT_OVER_MS = 60_000;

/**
 * Puts policy, libraries, the contract and, unless a token is given, the test token on any EVM chain. What one does not
 * need of the other is sent at once. The deployer has no right over anything after.
 *
 * Goes on from `record`, after checking that the chain holds what it says, and keeps it: `onRecord` is told before
 * every transaction is sent and after every one that is mined. Throws BadInputError `real-money` for a token that is
 * not the test token.
 */
export async function deployContracts(options: {
  rpc: Rpc;
  sender: Sender;
  chainId: number;
  policy: PolicyNumbers;
  /** A token that is there; undefined deploys the test token. */
  token?: Address | undefined;
  record?: DeploymentRecord | undefined;
  onRecord?: (record: DeploymentRecord) => Promise<void>;
  onMade?: (name: Deployable, address: Address, blockNumber: number) => void;
  signal?: AbortSignal | undefined;
}): Promise<Deployment> {
  const { rpc, sender, policy, signal } = options;
  const code = await readContractCode();
  if (options.token !== undefined) await refuseRealMoney({ rpc, token: options.token, signal });
  const record = await soundRecord(options);
  const keep = (): Promise<void> => options.onRecord?.(record) ?? Promise.resolve();

  async function make(name: Deployable, creation: string): Promise<{ address: Address; blockNumber: number }> {
    const known = record.made[name];
    if (known !== undefined) return known;
    const receipt =
      (await leftOver({ rpc, hashes: record.sent[name] ?? [], what: `deploying ${name}`, signal })) ??
      (await sender.send(
        { data: creation, method: `deploying ${name}` },
        {
          signal,
          async onSigned(hash) {
            record.sent[name] = [...(record.sent[name] ?? []), hash as Bytes32];
            await keep();
          },
        },
      ));
    if (receipt.contractAddress === null)
      throw new InvariantError({ what: `contract made by ${receipt.transactionHash}`, expected: name, actual: 'none' });
    const made = { address: parseAddress(receipt.contractAddress), blockNumber: Number(receipt.blockNumber) };
    record.made[name] = made;
    delete record.sent[name];
    await keep();
    options.onMade?.(name, made.address, made.blockNumber);
    return made;
  }

  const [rules, roster, ownPolicy, token] = await Promise.all([
    make('PolicyRules', code.creation('PolicyRules')),
    make('Roster', code.creation('Roster')),
    make('Policy', code.creation('Policy', [policy])),
    options.token === undefined ? make('TestToken', code.creation('TestToken')) : { address: options.token },
  ]);
  const rushes = await make(
    'Rushes',
    code.creation('Rushes', [token.address, ownPolicy.address], {
      PolicyRules: rules.address,
      Roster: roster.address,
    }),
  );
  return {
    chainId: options.chainId,
    rpcUrl: rpc.rpcUrl,
    contract: rushes.address,
    token: token.address,
    policy: ownPolicy.address,
    deploymentBlock: rushes.blockNumber,
    testMoney: true,
  };
}

/** What of a record the chain still holds as it says: a reorganisation may have taken some of it away. */
export async function soundRecord({
  rpc,
  record = { made: {}, sent: {} },
  policy,
  token,
  signal,
}: {
  rpc: Rpc;
  record?: DeploymentRecord | undefined;
  policy: PolicyNumbers;
  token?: Address | undefined;
  signal?: AbortSignal | undefined;
}): Promise<DeploymentRecord> {
  const code = await readContractCode();
  const made: DeploymentRecord['made'] = {};
  const keepIf = async (name: Deployable, creation: string, holds?: (address: Address) => Promise<boolean>) => {
    const one = record.made[name];
    if (one === undefined || !(await holdsCodeOf({ rpc, address: one.address, creation, signal }))) return;
    if ((await holds?.(one.address)) !== false) made[name] = one;
  };
  await Promise.all([
    keepIf('PolicyRules', code.creation('PolicyRules')),
    keepIf('Roster', code.creation('Roster')),
    keepIf('TestToken', code.creation('TestToken')),
    keepIf('Policy', code.creation('Policy', [policy]), async (address) =>
      isSamePolicy(await readPolicy({ rpc, policy: address, signal }), policy),
    ),
  ]);
  const usedToken = token ?? made.TestToken?.address;
  if (
    made.PolicyRules !== undefined &&
    made.Roster !== undefined &&
    made.Policy !== undefined &&
    usedToken !== undefined
  )
    await keepIf(
      'Rushes',
      code.creation('Rushes', [usedToken, made.Policy.address], {
        PolicyRules: made.PolicyRules.address,
        Roster: made.Roster.address,
      }),
    );
  // A contract that leans on one that is not there any more is of no use, whatever became of its transaction.
  const { Rushes: sentRushes, ...sent } = record.sent;
  const isWhole = made.PolicyRules !== undefined && made.Roster !== undefined && made.Policy !== undefined;
  return { made, sent: isWhole && sentRushes !== undefined ? { ...sent, Rushes: sentRushes } : sent };
}

function isSamePolicy(a: PolicyNumbers, b: PolicyNumbers): boolean {
  return (Object.keys(b) as (keyof PolicyNumbers)[]).every((name) => a[name] === b[name]);
}

/**
 * The receipt of a transaction that an earlier run sent; undefined where the chain knows none of them, or it failed.
 */
async function leftOver({
  rpc,
  hashes,
  what,
  signal,
}: {
  rpc: Rpc;
  hashes: readonly string[];
  what: string;
  signal: AbortSignal | undefined;
}): Promise<RpcReceipt | undefined> {
  const known = await Promise.all(
    hashes.map(
      async (hash) => [hash, await rpc.send<unknown>('eth_getTransactionByHash', [hash], { signal })] as const,
    ),
  );
  const living = known.filter(([, transaction]) => transaction !== null).map(([hash]) => hash);
  if (living.length === 0) return undefined;
  const receipt = await awaitReceipt({ rpc, hash: () => living, what, deadlineMs: LEFT_OVER_MS, signal });
  return Number(receipt.status) === 1 ? receipt : undefined;
}
