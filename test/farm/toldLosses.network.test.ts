import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import type { LeaseId } from '../../protocol/ids.js';
import { commitmentOf, type LedgerLease } from '../../protocol/ledger.js';
import type { Loss } from '../../protocol/lossesOf.js';
import { type ProcessNetwork, startProcessNetwork } from '../support/partyProcesses.js';
import { writeTurningSquare } from '../support/turningSquare.js';

// Three parties are stopped for good, each where another deadline passes; the job ends with the others.
const POLICY = {
  ...LOCAL_POLICY,
  maxChunksPerLease: 4,
  leaseSeconds: 25,
  secondsPerUnit: 0,
  sealSeconds: 25,
  openSeconds: 25,
  revealSeconds: 25,
};

describe('parties that miss a deadline and lose stake', function () {
  this.timeout(400_000);
  let network: ProcessNetwork;
  before(async () => {
    network = await startProcessNetwork({ policy: POLICY });
  });
  after(() => network?.close());

  const leases = (): LedgerLease[] => [...network.log.ledger.leases.values()];

  /** Stops a party for good as soon as there is such a lease; its id. */
  async function stopAt(pid: number, what: string, isIt: (lease: LedgerLease) => boolean): Promise<LeaseId> {
    await network.until(what, () => leases().some(isIt), 180_000);
    process.kill(pid, 'SIGSTOP');
    return leases().find(isIt)!.leaseId;
  }

  it('are told by render and by status, each with its cause', async () => {
    const verifiers = await Promise.all(['v1', 'v2', 'v3', 'v4'].map((name) => network.party('verifier', name)));
    await network.until('four verifiers', (ledger) => ledger.verifiers.length === 4);
    const late = await network.party('worker', 'late');
    const out = network.path('out');
    // This network has no faucet to ask.
    const keyFile = network.path('keys/artist');
    await writeFile(keyFile, await network.key('artist'), { mode: 0o600 });
    const render = network.command([
      ...['render', '--yes', await writeTurningSquare(network.path('.')), '--out', out, '--key', keyFile],
      ...['--size', '64x64', '--tile', '32', '--fps', '8', '--samples', '256', '--frames', '0-7'],
    ]);

    const isOf = (worker: string, state: string) => (lease: LedgerLease) =>
      lease.worker === worker && lease.state === state;
    const expired = await stopAt(late.pid, 'a lease', isOf(late.account, 'TAKEN'));
    const silent = await network.party('worker', 'silent');
    const unopened = await stopAt(silent.pid, 'a commitment', isOf(silent.account, 'COMMITTED'));
    const honest = await network.party('worker', 'honest');
    const sealedBy = (verifier: string) => (lease: LedgerLease) =>
      lease.worker === honest.account &&
      commitmentOf(lease)?.audits.some(
        (audit) => audit.verifier === verifier && audit.sealHash !== undefined && audit.reveal === undefined,
      ) === true;
    const isSealed = (lease: LedgerLease): boolean => verifiers.some(({ account }) => sealedBy(account)(lease));
    await network.until('a seal', () => leases().some(isSealed), 180_000);
    const mute = verifiers.find(({ account }) => leases().some(sealedBy(account)))!;
    const unrevealed = await stopAt(mute.pid, 'its seal', sealedBy(mute.account));

    const { exitCode, stdout, stderr } = await render.ended;
    assert.equal(exitCode, 0, stderr);
    const expected = [
      { leaseId: expired, account: late.account, role: 'worker', cause: 'commitMissed' },
      { leaseId: unopened, account: silent.account, role: 'worker', cause: 'openingMissed' },
      { leaseId: unrevealed, account: mute.account, role: 'verifier', cause: 'revealMissed' },
    ];
    const missed = (losses: Loss[]): unknown[] =>
      expected.map(({ leaseId, account }) => {
        const { role, cause } = losses.find((loss) => loss.leaseId === leaseId && loss.account === account) ?? {};
        return { leaseId, account, role, cause };
      });

    // What render says and writes down.
    const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as { losses: Loss[] };
    assert.deepEqual(missed(report.losses), expected);
    const says = (text: string, ...sentences: string[]): void =>
      sentences.forEach((sentence) => assert.ok(text.includes(sentence), `${sentence}\nis not in\n${text}`));
    says(
      stdout,
      `worker ${late.account} did not commit its lease before the deadline, and lost stake (lease ${expired})`,
      `${silent.account} did not open its drawn leaves before the deadline; nobody found its values wrong: convicted on chain`,
      `verifier ${mute.account} sealed its values and did not reveal them before the deadline, and lost stake (lease ${unrevealed})`,
    );
    assert.doesNotMatch(stdout, /cheated/);

    // What status says of the job, and what it gives to programs.
    const { jobId } = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as { jobId: string };
    says(
      (await network.command(['status', jobId]).ended).stdout,
      `lease ${expired}: worker ${late.account} did not commit its lease before the deadline, and lost stake`,
      `lease ${unopened}: worker ${silent.account} did not open its drawn leaves before the deadline; nobody found its values wrong, and lost stake`,
      `lease ${unrevealed}: verifier ${mute.account} sealed its values and did not reveal them before the deadline, and lost stake`,
    );
    const status = JSON.parse((await network.command(['status', jobId, '--json']).ended).stdout) as { losses: Loss[] };
    assert.deepEqual(missed(status.losses), expected);
  });
});
