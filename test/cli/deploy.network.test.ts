import assert from 'node:assert/strict';
import { access, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Wallet } from '@ethersproject/wallet';
import { connectChain } from '../../adapters/chain/connectChain.js';
import type { DeploymentRecord } from '../../adapters/chain/deployContracts.js';
import { fundGas } from '../../adapters/chain/fundGas.js';
import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { startAnvil, type LocalChain } from '../../adapters/chain/startAnvil.js';
import { parseAddress } from '../../protocol/ids.js';
import { type DeployedNetwork, parseDeployedNetwork, parseNetworkDescription } from '../../protocol/network.js';
import { random32 } from '../adapters/chain/startNetwork.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';

describe('rushes deploy', function () {
  this.timeout(120_000);
  let workshop: Workshop;
  let chain: LocalChain;

  before(async () => {
    workshop = await openWorkshop();
    chain = await startAnvil({ dataDir: workshop.path('chain') });
  });
  after(async () => {
    await chain?.close();
    await workshop.clear();
  });

  /** A key file of a new account, with gas money unless it is to be poor. */
  async function newKey(name: string, { isPoor = false } = {}): Promise<{ file: string; account: string }> {
    const file = workshop.path(`${name}.key`);
    const key = random32();
    await writeFile(file, key, { mode: 0o600 });
    const account = parseAddress(new Wallet(key).address);
    if (!isPoor) await fundGas({ rpcUrl: chain.rpcUrl, account });
    return { file, account };
  }
  const argsFor = (file: string, out: string, ...more: string[]): string[] => [
    ...['deploy', '--rpc', chain.rpcUrl, '--key', file, '--out', workshop.path(out), ...more],
  ];
  const read = async (out: string): Promise<DeployedNetwork> =>
    parseDeployedNetwork(await readFile(workshop.path(out), 'utf8'));
  const transactionsOf = async (account: string): Promise<number> =>
    Number(await chain.administer<string>('eth_getTransactionCount', [account, 'latest']));
  const recordOf = async (out: string): Promise<DeploymentRecord> =>
    readFile(workshop.path(`${out}.deploying`), 'utf8').then(
      (text) => JSON.parse(text) as DeploymentRecord,
      () => ({ made: {}, sent: {} }),
    );
  const isThere = (out: string): Promise<boolean> =>
    access(workshop.path(out)).then(
      () => true,
      () => false,
    );

  it('deploys everything, and writes a description that others can use', async () => {
    const { file } = await newKey('first');
    const done = await workshop.run(argsFor(file, 'first.json', '--name', 'film', '--json'));
    assert.equal(done.exitCode, 0, done.stderr);
    assert.match(
      done.stderr,
      /takes about \d+ gas, 0\.\d+ coins at its present fees, at most 0\.\d+; 0x[0-9a-f]{40} has/,
    );
    const description = await read('first.json');
    assert.deepEqual((JSON.parse(done.stdout) as { network: unknown }).network, description);
    assert.equal(description.name, 'film');
    assert.equal(description.testMoney, true);
    assert.throws(() => parseNetworkDescription(JSON.stringify(description)), /ipfsApiUrl/);
    // Connecting asks the contract for its token.
    const port = await connectChain({ network: { ...description, ipfsApiUrl: 'http://127.0.0.1:1' }, key: random32() });
    assert.deepEqual(await port.readPolicy(description.policy), LOCAL_POLICY);
    const code = await chain.administer<string>('eth_getCode', [
      description.contract,
      `0x${(description.deploymentBlock - 1).toString(16)}`,
    ]);
    assert.equal(code, '0x', 'no event of the contract can be older');
    assert.equal(await isThere('first.json.deploying'), false);
  });

  it('says what an account lacks before it spends anything', async () => {
    const { file, account } = await newKey('poor', { isPoor: true });
    const done = await workshop.run(argsFor(file, 'poor.json'));
    assert.equal(done.exitCode, 1);
    assert.match(
      done.stderr,
      new RegExp(`takes up to 0\\.\\d+ coins .* ${account} has 0: it lacks 0\\.\\d+\\. Send them to`),
    );
    assert.equal(await isThere('poor.json'), false);
    assert.equal(await isThere('poor.json.deploying'), false);
  });

  it('refuses a token that is not the test token, and takes one that is', async () => {
    const { file, account } = await newKey('tokens');
    const { policy, token } = await read('first.json');
    // A contract of another kind, an account without code.
    for (const other of [policy, account]) {
      const refused = await workshop.run(argsFor(file, 'tokens.json', '--token', other));
      assert.equal(refused.exitCode, 2);
      assert.match(
        refused.stderr,
        new RegExp(`the token at ${other} is not the test token, and until .* test money alone`),
      );
    }
    assert.equal(await transactionsOf(account), 0);
    const done = await workshop.run(argsFor(file, 'tokens.json', '--token', token.toUpperCase().replace('X', 'x')));
    assert.equal(done.exitCode, 0, done.stderr);
    assert.equal((await read('tokens.json')).token, token);
    assert.equal(await transactionsOf(account), 4);
  });

  it('writes over nothing, and goes on with no deployment of another key', async () => {
    const { file, account } = await newKey('second');
    const refused = await workshop.run(argsFor(file, 'first.json'));
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /first\.json is there already/);
    const record = { chainId: 31_337, deployer: `0x${'ab'.repeat(20)}`, token: null, made: {}, sent: {} };
    for (const [text, sentence] of [
      [JSON.stringify(record), /remembers an unfinished deployment of 0xabab\w+ on chain 31337\. Finish it/],
      ['{', /is damaged/],
    ] as const) {
      await writeFile(workshop.path('second.json.deploying'), text);
      const done = await workshop.run(argsFor(file, 'second.json'));
      assert.equal(done.exitCode, 2);
      assert.match(done.stderr, sentence);
    }
    assert.equal(await transactionsOf(account), 0);
  });

  it('goes on after kill -9 and pays for nothing twice, wherever the kill came', async () => {
    for (const [name, isTime] of [
      ['signed', ({ sent }) => sent.Roster !== undefined],
      ['made', ({ made }) => made.Roster !== undefined],
      ['last', ({ sent }) => sent.Rushes !== undefined],
    ] as const satisfies [string, (record: DeploymentRecord) => boolean][]) {
      const { file, account } = await newKey(name);
      const killed = workshop.start(argsFor(file, `${name}.json`));
      while (!isTime(await recordOf(`${name}.json`))) await sleep(2);
      killed.kill('SIGKILL');
      await killed.ended;
      const done = await workshop.run(argsFor(file, `${name}.json`));
      assert.equal(done.exitCode, 0, done.stderr);
      assert.equal(await transactionsOf(account), 5, `killed ${name}`);
      const description = await read(`${name}.json`);
      await connectChain({ network: { ...description, ipfsApiUrl: 'http://127.0.0.1:1' }, key: random32() });
    }
  });

  it('deploys again what the chain lost', async () => {
    const { file } = await newKey('lost');
    const snapshot = await chain.administer<string>('evm_snapshot', []);
    const killed = workshop.start(argsFor(file, 'lost.json'));
    await killed.said(/is at/);
    killed.kill('SIGKILL');
    await killed.ended;
    const record = JSON.parse(await readFile(workshop.path('lost.json.deploying'), 'utf8')) as { made: object };
    assert.ok(Object.keys(record.made).length > 0);
    await chain.administer('evm_revert', [snapshot]);
    const done = await workshop.run(argsFor(file, 'lost.json'));
    assert.equal(done.exitCode, 0, done.stderr);
    const description = await read('lost.json');
    await connectChain({ network: { ...description, ipfsApiUrl: 'http://127.0.0.1:1' }, key: random32() });
  });
});
