import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { watchChain } from '../../artist/watchChain.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { type RunningCommand, type Workshop, openWorkshop } from '../support/runRushes.js';
import { randomNumbers } from '../support/randomNumbers.js';
import { writeTurningSquare } from '../support/turningSquare.js';

// A whole network, a job, and half a minute in which its processes are killed, stopped for a while and killed all at
// once, in an order that a seed decides. Whatever happens, the job is finished, no honest party loses any of its stake,
// no process stays, and nobody is told that something inside went wrong.
//   npm run test:one -- test/farm/faults.long.test.ts            RUSHES_SEED=7 RUSHES_RUNS=1 repeats run 7

const FIRST_SEED = Number(process.env['RUSHES_SEED'] ?? 1);
const RUNS = Number(process.env['RUSHES_RUNS'] ?? 20);

/** Milliseconds of a run in which faults happen. */
const TROUBLE_MS = 30_000;

const PROCESSES: Record<string, RegExp> = {
  'worker-1': /rushes\.child\.js worker .*worker-1/,
  'worker-2': /rushes\.child\.js worker .*worker-2/,
  'verifier-1': /rushes\.child\.js verifier .*verifier-1/,
  'verifier-2': /rushes\.child\.js verifier .*verifier-2/,
  'verifier-3': /rushes\.child\.js verifier .*verifier-3/,
  coordinator: /rushes\.child\.js coordinator/,
  database: /database\.child\.js/,
  ipfs: /ipfs\.child\.js/,
  chain: /chain\.child\.js/,
};

interface Run {
  workshop: Workshop;
  /** A whole number from 0 up to, and without, another. */
  below: (limit: number) => number;
  up: RunningCommand;
  render: RunningCommand;
  renderArgs: string[];
  told: string[];
  happened: string[];
}

/** Does one thing that happens to machines. */
async function strike(run: Run): Promise<void> {
  const { workshop, below } = run;
  const dice = below(20);
  if (dice === 0) return await killEverything(run);
  if (dice === 1) return await killRender(run);
  const name = Object.keys(PROCESSES)[below(Object.keys(PROCESSES).length)]!;
  const victim = (await workshop.processes()).find(({ command }) => PROCESSES[name]!.test(command));
  if (victim === undefined) return;
  if (dice < 12) {
    run.happened.push(`kill -9 ${name}`);
    send(victim.pid, 'SIGKILL');
    return;
  }
  const stoppedMs = 1000 * (1 + below(20));
  run.happened.push(`${name} sleeps ${stoppedMs} ms`);
  if (!send(victim.pid, 'SIGSTOP')) return;
  // It sleeps while other things happen.
  void sleep(stoppedMs).then(() => send(victim.pid, 'SIGCONT'));
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** As when the power goes: every process at once, the commands too. Then a person types both again. */
async function killEverything(run: Run): Promise<void> {
  run.happened.push('the power goes');
  for (const { pid } of await run.workshop.processes()) send(pid, 'SIGKILL');
  await Promise.all([endOf(run, run.up), endOf(run, run.render)]);
  assert.deepEqual(await run.workshop.leftBehind(), []);
  run.up = run.workshop.start(['up']);
  await run.up.said(/the network is up/);
  run.render = run.workshop.start(run.renderArgs);
}

async function killRender(run: Run): Promise<void> {
  run.happened.push('kill -9 render');
  run.render.kill('SIGKILL');
  await endOf(run, run.render);
  run.render = run.workshop.start(run.renderArgs);
}

async function endOf(run: Run, command: RunningCommand): Promise<void> {
  const { stdout, stderr } = await command.ended;
  run.told.push(stdout, stderr);
}

/** Names of the accounts that lost any stake, with how much. */
async function lostStakes(network: NetworkDescription): Promise<string[]> {
  const watch = watchChain({ network, signal: AbortSignal.timeout(60_000) });
  try {
    await watch.changed();
    while (watch.log.head === undefined) await watch.changed();
    return [...watch.log.ledger.accounts.entries()]
      .filter(([, account]) => account.slashedWei > 0n || account.convictions > 0)
      .map(([address, account]) => `${address} lost ${account.slashedWei} wei, ${account.convictions} convictions`);
  } finally {
    await watch.stop();
  }
}

describe('a network in trouble', function () {
  this.timeout(600_000);

  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    it(`finishes its job and takes nobody's stake, seed ${seed}`, async () => {
      const workshop = await openWorkshop();
      const random = randomNumbers(seed);
      const below = (limit: number): number => Math.floor(limit * random());
      const happened: string[] = [];
      try {
        const scene = await writeTurningSquare(workshop.folder);
        const up = workshop.start(['up']);
        await up.said(/the network is up/);
        const quality = ['--size', '96x64', '--tile', '32', '--samples', '1500', '--frames', '0-3', '--fps', '4'];
        const renderArgs = ['render', '--yes', scene, ...quality, '--out', workshop.path('out')];
        const run: Run = { workshop, below, up, render: workshop.start(renderArgs), renderArgs, told: [], happened };
        await run.render.said(/job 0x[0-9a-f]{64}/);

        const untilMs = Date.now() + TROUBLE_MS;
        while (Date.now() < untilMs) {
          await sleep(300 + below(3000));
          await strike(run);
        }

        const { exitCode, stderr } = await run.render.ended;
        await endOf(run, run.render);
        assert.equal(exitCode, 0, stderr);
        const report = JSON.parse(await readFile(workshop.path('out/report.json'), 'utf8')) as {
          chunks: { total: number; paid: number };
        };
        assert.equal(report.chunks.paid, report.chunks.total);
        const network = JSON.parse(await readFile(`${workshop.home}/local/network.json`, 'utf8')) as NetworkDescription;
        assert.deepEqual(await lostStakes(network), []);

        run.up.kill('SIGINT');
        await endOf(run, run.up);
        assert.deepEqual(await workshop.leftBehind(), []);
        for (const text of run.told) assert.doesNotMatch(text, /something inside went wrong|undefined|\n\s+at /);
      } catch (error) {
        throw new Error(`seed ${seed}: ${happened.join('; ')}`, { cause: error });
      } finally {
        console.log(`      seed ${seed}: ${happened.join('; ')}`);
        await workshop.clear();
      }
    });
  }
});
