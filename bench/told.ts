import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openWorkshop, type RunningCommand, type Workshop } from '../test/support/runRushes.js';
import { writeTurningSquare } from '../test/support/turningSquare.js';
import { describeMachine } from './describeMachine.js';
import { writeResult } from './writeResult.js';

// `npm run bench:told`: seconds until a person hears of trouble that no waiting mends: workers and verifiers killed,
// with a coordinator and without; another chain in the place of the job's own.
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, 'no-save': { type: 'boolean', default: false } },
});
const machine = describeMachine(root);
const workshop = await openWorkshop();
const scene = await writeTurningSquare(workshop.folder);
const seconds: Record<string, number[]> = {};
let up = workshop.start(['up', '--workers', '1', '--verifiers', '2']);
let renders = 0;

try {
  for (let run = 0; run < Number(values.runs); run++) await runOnce(workshop);
  const result = Object.fromEntries(
    Object.entries(seconds).map(([what, each]) => [what, { mostSeconds: Math.max(...each), each }]),
  );
  console.log(JSON.stringify({ machine, ...result }, null, 2));
  if (!values['no-save']) console.log(await writeResult({ root, bench: 'told', machine, result }));
} finally {
  await workshop.clear();
}

async function runOnce({ home }: Workshop): Promise<void> {
  const parties = /rushes\.child\.js (worker|verifier) /;
  const none = /no worker is alive[^]*no verifier is alive/;
  await up.said(/the network is up/);

  // Stopped, not killed: the supervisor would start them again.
  let command = await startJob();
  await signalAll(parties, 'SIGSTOP');
  await Promise.all([
    measure('render: nobody alive', () => command.said(none)),
    measure('status: nobody alive', async () => {
      for (;;) if (none.test((await workshop.run(['status'])).stdout)) return;
    }),
  ]);
  await signalAll(parties, 'SIGCONT');
  command.kill('SIGINT');
  await command.ended;

  command = await startJob();
  await signalAll(/rushes\.child\.js coordinator/, 'SIGSTOP');
  await signalAll(parties, 'SIGSTOP');
  await measure('render: nobody alive, coordinator hangs', () => command.said(/no worker takes it up/));
  await signalAll(/rushes\.child\.js coordinator/, 'SIGCONT');
  await signalAll(parties, 'SIGCONT');

  up.kill('SIGINT');
  await up.ended;
  const folder = join(home, 'local');
  const { ports } = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as { ports: { rpc: number } };
  for (const name of ['chain', 'database', 'daemons']) await rm(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'state.json'), JSON.stringify({ ports }));
  up = workshop.start(['up', '--workers', '1', '--verifiers', '2']);
  await chainAnswers(ports.rpc);
  await measure('render: chain replaced', () => command.ended);
}

/** A job that waits for workers for as long as it takes. */
async function startJob(): Promise<RunningCommand> {
  const out = workshop.path(`out-${(renders += 1)}`);
  const work = ['--size', '256x256', '--tile', '32', '--samples', '20000'];
  const command = workshop.start(['render', scene, ...work, '--out', out]);
  await command.said(/job 0x[0-9a-f]{64}/);
  return command;
}

async function measure(what: string, told: () => Promise<unknown>): Promise<void> {
  const startedAtMs = performance.now();
  await told();
  (seconds[what] ??= []).push(Math.round((performance.now() - startedAtMs) / 100) / 10);
}

async function signalAll(pattern: RegExp, signal: NodeJS.Signals): Promise<void> {
  for (const { pid, command } of await workshop.processes()) if (pattern.test(command)) process.kill(pid, signal);
}

async function chainAnswers(port: number): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
  const ask = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}`, ask).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(50);
  }
}
