import { LOSS_SENTENCES } from '../../protocol/lossesOf.js';
import { formatDuration } from '../terminal/formatDuration.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { formatTable } from '../terminal/formatTable.js';
import type { Terminal } from '../terminal/Terminal.js';
import type { Report } from './buildReport.js';

/** The end of a job for people: who rendered, who audited, what it cost, where the time went, who cheated. */
export function showReport({ terminal, report, out }: { terminal: Terminal; report: Report; out: string }): void {
  const money = report.network.testMoney ? 'test money' : 'tokens';
  const named = (party: { name: string | null; address: string }): string =>
    party.name === null ? party.address : `${party.name} ${short(party.address)}`;
  const print = (lines: string[]): void =>
    lines.forEach((line, index) => terminal.line(index === 0 ? terminal.bold(line) : line));
  const orDash = (value: number | null, format: (value: number) => string): string =>
    value === null ? '-' : format(value);

  terminal.line();
  print(
    formatTable(
      [
        { heading: 'worker' },
        { heading: 'chunks', right: true },
        { heading: `pay (${money})`, right: true },
        { heading: 'slashed', right: true },
        { heading: 'processor', right: true },
        { heading: 'busy', right: true },
      ],
      report.workers.map((worker) => [
        named(worker),
        String(worker.chunks),
        formatMoney(BigInt(worker.paidWei), 6),
        worker.slashedWei === '0' ? '-' : formatMoney(BigInt(worker.slashedWei)),
        orDash(processorMs(worker), formatDuration),
        orDash(worker.busyShare, (share) => `${Math.round(share * 100)} %`),
      ]),
    ),
  );
  terminal.line();
  print(
    formatTable(
      [
        { heading: 'verifier' },
        { heading: 'audits', right: true },
        { heading: `fees (${money})`, right: true },
        { heading: 'processor', right: true },
      ],
      report.verifiers.map((verifier) => [
        named(verifier),
        String(verifier.audits),
        formatMoney(BigInt(verifier.paidWei), 6),
        orDash(processorMs(verifier), formatDuration),
      ]),
    ),
  );
  terminal.line();
  print(
    formatTable(
      [{ heading: 'phase' }, { heading: 'time', right: true }],
      phases(report.timings).map(([name, ms]) => [name, formatDuration(ms)]),
    ),
  );
  terminal.line();
  terminal.line(`gas       ${report.gas.total} in all, ${report.gas.perChunk} per chunk`);
  terminal.line(
    `money     ${formatMoney(BigInt(report.artist.spentWei), 6)} of ${money} spent, ${formatMoney(BigInt(report.artist.withdrawnWei), 6)} came back`,
  );
  if (report.engine.raysTotal > 0)
    terminal.line(
      `engine    ${(report.engine.raysTotal / 1e6).toFixed(1)} million rays, ${(report.engine.raysPerCpuSecond / 1e6).toFixed(2)} million per cpu-second`,
    );
  if (report.checked.leaves > 0)
    terminal.line(
      `checked   ${report.checked.pixels} pixel sums in ${report.checked.leaves} leaves, each by two verifiers; all were equal to the bit`,
    );

  if (report.bound.wrongShare < 1)
    terminal.line(
      `proven    with ${report.bound.confidence * 100} % confidence, no more than ${(report.bound.wrongShare * 100).toPrecision(2)} % of the job could be wrong`,
    );

  for (const { name, engineRestarts } of [...report.workers, ...report.verifiers]) {
    if (engineRestarts !== null && engineRestarts > 0)
      terminal.line(
        terminal.yellow(
          `${name ?? 'one of the parties'}: its render engine failed and was started anew${engineRestarts === 1 ? '' : `, ${engineRestarts} times`}; what was under way was rendered again`,
        ),
      );
  }

  // Convictions follow with their evidence.
  for (const { name, account, role, leaseId, cause } of report.losses) {
    if (cause === 'commitMissed' || cause === 'revealMissed')
      terminal.line(
        terminal.yellow(`${name ?? `${role} ${account}`} ${LOSS_SENTENCES[cause]}, and lost stake (lease ${leaseId})`),
      );
  }

  for (const conviction of report.convictions) {
    const worst = conviction.tests.reduce<(typeof conviction.tests)[number] | undefined>(
      (most, test) =>
        most === undefined ||
        test.measured / Math.max(test.threshold, 1e-12) > most.measured / Math.max(most.threshold, 1e-12)
          ? test
          : most,
      undefined,
    );
    const name = report.workers.find((worker) => worker.address === conviction.worker)?.name;
    terminal.line();
    terminal.line(
      terminal.red(
        `${name ?? 'a worker'} ${conviction.worker} ${conviction.cause === 'valuesWrong' ? 'cheated' : LOSS_SENTENCES[conviction.cause]}: convicted on chain, ${formatMoney(BigInt(conviction.slashedWei))} of ${money} slashed (lease ${conviction.leaseId}, chunks ${conviction.chunks.join(', ')})`,
      ),
    );
    if (worst !== undefined)
      terminal.line(
        `  test ${worst.test}${worst.chunkIndex === null ? '' : ` on chunk ${worst.chunkIndex}`}: ${worst.detail} (measured ${worst.measured}, allowed ${worst.threshold})`,
      );
    for (const picture of conviction.pictures)
      terminal.line(`  evidence ${picture} (what it published beside what it should have been)`);
    terminal.line('  its chunks were rendered again by another worker');
  }

  terminal.line();
  const { frames } = report;
  terminal.line(
    `${terminal.green(`${frames.length} ${frames.length === 1 ? 'frame' : 'frames'}`)} in ${out}/: ${frames.length === 1 ? frames[0]!.path : `${frames[0]!.path} ... ${frames.at(-1)!.path}`}${report.animation === null ? '' : `, ${report.animation}`}`,
  );
  terminal.line(`report    ${out}/report.json`);
  terminal.line(`proof     ${report.certificate}`);
}

/** Processor time of rendering and of preparing frames for it. */
function processorMs({ cpuMs, prepareCpuMs }: { cpuMs: number | null; prepareCpuMs: number | null }): number | null {
  return cpuMs === null ? null : cpuMs + (prepareCpuMs ?? 0);
}

/** The marks of a job as the spans between them, in order. */
function phases(timings: Record<string, number | null>): [string, number][] {
  const marks: [string, number | null | undefined][] = [
    ['network and scene', timings.networkMs],
    ['upload, escrow', timings.submittedMs],
    ['first picture (since start)', timings.firstPictureMs],
    ['rendering', timings.renderedMs],
    ['last audits and pay', timings.paidMs],
    ['last frames', timings.collectedMs],
    ['report', timings.totalMs],
  ];
  const rows: [string, number][] = [];
  let beforeMs = 0;
  for (const [name, atMs] of marks) {
    if (typeof atMs !== 'number') continue;
    if (name.startsWith('first picture')) {
      rows.push([name, atMs]);
      continue;
    }
    rows.push([name, Math.max(0, atMs - beforeMs)]);
    beforeMs = Math.max(beforeMs, atMs);
  }
  return [...rows, ['all', timings.totalMs ?? beforeMs]];
}

function short(address: string): string {
  return `${address.slice(0, 6)}..${address.slice(-4)}`;
}
