import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAccount } from '../../adapters/chain/readAccount.js';
import { parseAddress } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { startLyingCoordinator } from '../support/lyingCoordinator.js';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

interface Joined {
  account: string;
  role: string | null;
  endedBy: string;
  openLeases: number[];
  done: number;
  earnedWei: string;
  stakeWei: string;
  slashedWei: string;
}

describe('rushes join', function () {
  this.timeout(240_000);
  let workshop: Workshop;
  let network: NetworkDescription;
  let url: string;
  let scene: string;
  /** The environment of a stranger, with a home of its own. */
  const stranger = (name: string) => ({ RUSHES_HOME: workshop.path(name) });
  const joinAs = (name: string, ...more: string[]): RunningCommand =>
    workshop.start(['join', url, '--threads', '1', ...more], stranger(name));
  const accountOf = async (command: RunningCommand) =>
    parseAddress((await command.said(/(?:worker|verifier) (0x[0-9a-f]{40}) on network local/))[1]);
  const until = async (what: string, holds: () => Promise<boolean>, deadlineMs = 60_000) => {
    for (const endMs = Date.now() + deadlineMs; !(await holds());) {
      assert.ok(Date.now() < endMs, `${what} within ${deadlineMs} ms`);
      await sleep(100);
    }
  };
  const render = (samples: number, out: string) =>
    workshop.start([
      'render',
      '--yes',
      scene,
      '--size',
      '64x64',
      '--tile',
      '16',
      '--fps',
      '4',
      '--samples',
      String(samples),
      '--out',
      workshop.path(out),
    ]);

  before(async () => {
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
    const up = workshop.start(['up', '--workers', '0', '--verifiers', '2']);
    url = (await up.said(/coordinator +(http:\S+)/))[1]!;
    await up.said(/the network is up/);
    network = JSON.parse(await readFile(workshop.path('home/local/network.json'), 'utf8')) as NetworkDescription;
  });
  after(() => workshop?.clear());

  it('goes from an address to pay with one command; Ctrl-C once ends after the leases that are under way', async () => {
    const job = render(400, 'joined');
    await job.said(/job 0x[0-9a-f]{64}/);
    const worker = joinAs('alice', '--yes', '--json');
    await worker.said(/the faucet gave 0x[0-9a-f]{40} 10000 of test money/);
    await worker.said(/it stakes 400 of test money, which is worth nothing, and never puts in more than 400 in all/);
    await worker.said(/a conviction costs 400 of it \(100 %\)/);
    const account = await accountOf(worker);
    await until('a lease is taken', async () => (await readAccount({ network, account })).openLeases > 0);
    // A lease that is on the chain is in its ledger a moment later; it ends after it either way.
    await sleep(700);
    worker.kill('SIGINT');
    await worker.said(
      /ending(?: after leases? [\d, ]+, which (?:is|are)|, once nothing is) under way; Ctrl-C again ends at once/,
    );
    const { exitCode, stdout, stderr } = await worker.ended;
    assert.equal(exitCode, 130, stderr);
    const said = JSON.parse(stdout) as Joined;
    assert.deepEqual([said.account, said.role, said.endedBy], [account, 'worker', 'interrupted']);
    assert.deepEqual(said.openLeases, []);
    assert.ok(said.done >= 1 && BigInt(said.earnedWei) > 0n, stdout);
    assert.deepEqual([said.stakeWei, said.slashedWei], [(400n * 10n ** 18n).toString(), '0']);
    const { openLeases, owedWei } = await readAccount({ network, account });
    assert.deepEqual([openLeases, owedWei], [0, 0n]);

    // What it left is done by the next, who finds everything as the first did.
    const next = joinAs('bob', '--yes');
    await accountOf(next);
    assert.equal((await job.ended).exitCode, 0);
    next.kill('SIGTERM');
    assert.equal((await next.ended).exitCode, 130);
  });

  it('keeps key, state and description below RUSHES_HOME, the key for its user alone', async () => {
    const networks = workshop.path('alice/networks');
    assert.deepEqual(await readdir(networks), [`local-${network.contract}`]);
    const folder = join(networks, `local-${network.contract}`);
    assert.deepEqual((await readdir(folder)).sort(), ['keys', 'network.json', 'worker']);
    assert.equal((await stat(join(folder, 'keys', 'worker.key'))).mode & 0o777, 0o600);
    assert.equal(
      (JSON.parse(await readFile(join(folder, 'network.json'), 'utf8')) as NetworkDescription).contract,
      network.contract,
    );
  });

  it('comes back with the same key, asks no faucet, and is refused a second time beside itself', async () => {
    const worker = joinAs('alice', '--json');
    await worker.said(/it is registered already, with 400 at stake/);
    await accountOf(worker);
    const second = await joinAs('alice').ended;
    assert.equal(second.exitCode, 1);
    assert.match(
      second.stderr,
      new RegExp(
        `^rushes: account 0x[0-9a-f]{40} is at work on this machine already, in process ${worker.pid}\\. Stop it with .*\\n$`,
      ),
    );
    assert.doesNotMatch(worker.stderr, /faucet/);
    worker.kill('SIGINT');
    assert.equal((await worker.ended).exitCode, 130);
  });

  it('as verifier stakes the least, says what silence costs, and ends by itself after a minute without work', async () => {
    const verifier = joinAs('carol', '--as', 'verifier', '--yes', '--idle', '1', '--json');
    await verifier.said(/it stakes 100 of test money/);
    await verifier.said(/sealing values and not revealing them within 3 min 00 s costs 20 of it \(20 %\), each time/);
    const { exitCode, stdout, stderr } = await verifier.ended;
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /there was nothing to do: ending, once/);
    assert.deepEqual(
      [(JSON.parse(stdout) as Joined).endedBy, (JSON.parse(stdout) as Joined).role],
      ['idle', 'verifier'],
    );
  });

  it('killed while it registers, goes on with the same account the next time', async () => {
    for (const afterMs of [0, 700, 1400]) {
      const worker = joinAs('dave', '--yes');
      await worker.said(/a lease that is not rendered in time|it is registered already/);
      await sleep(afterMs);
      worker.kill('SIGKILL');
      await worker.ended;
    }
    const worker = joinAs('dave', '--yes');
    const account = await accountOf(worker);
    await until('it is registered', async () => (await readAccount({ network, account })).role === 'worker');
    assert.equal((await readAccount({ network, account })).stakeWei, 400n * 10n ** 18n);
    worker.kill('SIGINT');
    await worker.ended;
  });

  it('asks before it stakes, and refuses where nobody is there to ask', async () => {
    const { exitCode, stdout, stderr } = await joinAs('erin').ended;
    assert.equal(exitCode, 2);
    assert.match(stdout, /it stakes 400/);
    assert.equal(
      stderr,
      'rushes: nobody is there to be asked whether to stake 400 and join as worker. Give --yes to agree beforehand, or run it in a terminal.\n',
    );
    const account = parseAddress(/worker (0x[0-9a-f]{40}), its key/.exec(stdout)![1]);
    assert.equal((await readAccount({ network, account })).role, undefined);
  });

  it('never stakes above --max-stake, and refuses a limit below the least', async () => {
    const low = await joinAs('erin', '--yes', '--max-stake', '99.5').ended;
    assert.equal(low.exitCode, 2);
    assert.match(
      low.stderr,
      /^rushes: the network asks a worker for a stake of at least 100, and at most 99\.5 may be staked\./,
    );
    const worker = joinAs('erin', '--yes', '--max-stake', '150');
    const account = await accountOf(worker);
    await until('it is registered', async () => (await readAccount({ network, account })).role === 'worker');
    assert.equal((await readAccount({ network, account })).stakeWei, 150n * 10n ** 18n);
    worker.kill('SIGINT');
    await worker.ended;
  });

  describe('refuses in one sentence, before a key is made,', () => {
    const CASES: {
      name: string;
      described: () => NetworkDescription | string;
      aheadMs?: number;
      says: RegExp;
      exitCode: number;
    }[] = [
      {
        name: 'money that is worth something',
        described: () => ({ ...network, testMoney: false }),
        says: /^rushes: the token at 0x[0-9a-f]{40} is not the test token, and until the protocol is safe with real money/,
        exitCode: 2,
      },
      {
        name: 'another chain',
        described: () => ({ ...network, chainId: 1 }),
        says: /^rushes: http:\S+ is not the network's chain: its chain id is 31337, the network file says 1\./,
        exitCode: 2,
      },
      {
        name: 'a contract that is not there',
        described: () => ({ ...network, contract: parseAddress(`0x${'12'.repeat(20)}`) }),
        says: /^rushes: what is at 0x(12){20} on chain 31337 is not the Rushes contract of this version\./,
        exitCode: 2,
      },
      {
        name: 'a contract that is another',
        described: () => ({ ...network, contract: network.token }),
        says: /is not the Rushes contract of this version\./,
        exitCode: 2,
      },
      {
        name: "a token that is not the contract's",
        described: () => ({ ...network, token: network.policy }),
        says: /the token of the contract at 0x[0-9a-f]{40} is 0x[0-9a-f]{40}, the network file says 0x[0-9a-f]{40}\./,
        exitCode: 2,
      },
      {
        name: "a policy that is not the contract's",
        described: () => ({ ...network, policy: network.token }),
        says: /the policy of the contract at 0x[0-9a-f]{40} is 0x[0-9a-f]{40}, the network file says/,
        exitCode: 2,
      },
      {
        name: 'a clock that is behind',
        described: () => network,
        aheadMs: 7 * 60_000,
        says: /^rushes: this machine's clock is 7 minutes behind the network's\. Set the clock/,
        exitCode: 1,
      },
      {
        name: 'a clock that is ahead',
        described: () => network,
        aheadMs: -7 * 60_000,
        says: /^rushes: this machine's clock is 7 minutes ahead of the network's\./,
        exitCode: 1,
      },
      {
        name: 'a node that does not have the contract yet',
        described: () => ({ ...network, deploymentBlock: 1_000_000_000 }),
        says: /^rushes: the chain's node at \S+ is behind: its newest block is \d+, and the contract was deployed in 1000000000\./,
        exitCode: 1,
      },
      {
        name: 'an answer that is no network',
        described: () => '<html>',
        says: /^rushes: network description /,
        exitCode: 1,
      },
    ];
    for (const { name, described, aheadMs, says, exitCode } of CASES)
      it(name, async () => {
        const liar = await startLyingCoordinator({
          network: described(),
          ...(aheadMs === undefined ? {} : { aheadMs }),
        });
        try {
          const ended = await workshop.run(['join', liar.url, '--yes'], stranger('mallory'));
          assert.match(ended.stderr, says);
          assert.equal(ended.stderr.trimEnd().split('\n').length, 1, ended.stderr);
          assert.equal(ended.exitCode, exitCode);
          await assert.rejects(stat(workshop.path('mallory/networks')), { code: 'ENOENT' });
        } finally {
          await liar.close();
        }
      });

    it('an address where nothing is, and one where something else is', async () => {
      const nothing = await workshop.run(['join', '127.0.0.1:9', '--yes'], stranger('mallory'));
      assert.equal(nothing.exitCode, 1);
      assert.match(nothing.stderr, /^rushes: no coordinator answers at http:\/\/127\.0\.0\.1:9\./);
      const other = createServer((_request, response) => response.writeHead(404).end());
      other.listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const ended = await workshop.run(['join', `http://127.0.0.1:${port}`, '--yes'], stranger('mallory'));
      other.close();
      assert.equal(ended.exitCode, 1);
      assert.match(ended.stderr, /answered 404\. Is this the address of a Rushes coordinator\?\.?\n$/);
    });
  });

  it('says when the faucet is away, and stakes nothing', async () => {
    const liar = await startLyingCoordinator({ network: { ...network, faucetUrl: 'http://127.0.0.1:9/v1/faucet' } });
    try {
      const { exitCode, stderr } = await workshop.run(['join', liar.url, '--yes'], stranger('frank'));
      assert.equal(exitCode, 1);
      assert.match(stderr, /^rushes: no faucet answers at http:\/\/127\.0\.0\.1:9\/v1\/faucet: \S.*\. Try again later/);
    } finally {
      await liar.close();
    }
  });
});
