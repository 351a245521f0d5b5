import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { NetworkDescription } from '../../protocol/network.js';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

describe('a network that others reach by one port', function () {
  this.timeout(300_000);
  let workshop: Workshop;
  let url: string;
  const parties: RunningCommand[] = [];

  before(async () => {
    workshop = await openWorkshop();
    const up = workshop.start([
      ...['up', '--host', '127.0.0.1', '--workers', '0', '--verifiers', '0'],
      ...['--contact', 'film@example.org'],
    ]);
    url = (await up.said(/for other machines +(http:\S+)/))[1]!;
    await up.said(/end it here/);
  });
  after(() => workshop.clear());

  it('finishes a job of parties that know its URL and nothing else, audited and paid', async () => {
    const description = JSON.parse(await readFile(`${workshop.home}/local/network.json`, 'utf8')) as NetworkDescription;
    const said = (await (await fetch(`${url}/v1/network`)).json()) as NetworkDescription;
    assert.deepEqual(said, description);
    assert.equal(said.contact, 'film@example.org');
    for (const address of [said.rpcUrl, said.ipfsApiUrl, said.coordinatorUrl, said.faucetUrl])
      assert.equal(new URL(address!).origin, url);

    // Each with a home of its own: nothing of the folder of the network is at hand.
    const others = { RUSHES_HOME: workshop.path('others') };
    for (const [name, role] of [
      ['one', 'worker'],
      ['two', 'verifier'],
      ['three', 'verifier'],
      ['four', 'verifier'],
    ] as const) {
      const key = workshop.path(`${name}.key`);
      const funded = await workshop.run(['faucet', '--network', url, '--key', key], others);
      assert.equal(funded.exitCode, 0, funded.stderr);
      const data = workshop.path(name);
      parties.push(workshop.start([role, '--network', url, '--key', key, '--data', data, '--threads', '1'], others));
    }
    const scene = await writeTurningSquare(workshop.folder);
    const work = ['--size', '64x64', '--samples', '16', '--bounces', '4', '--tile', '32', '--frames', '0'];
    const rendered = await workshop.run(
      ['render', '--yes', scene, ...work, '--network', url, '--out', workshop.path('out'), '--json'],
      others,
    );
    assert.equal(rendered.exitCode, 0, `${rendered.stderr}\n${parties.map(({ stdout }) => stdout).join('\n')}`);
    const report = JSON.parse(rendered.stdout) as { chunks: { total: number; paid: number; audited: number } };
    const { total, paid, audited } = report.chunks;
    assert.deepEqual({ total, paid, audited }, { total: 4, paid: 4, audited: 4 });
  });
});
