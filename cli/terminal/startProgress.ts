import cliProgress from 'cli-progress';
import { formatDuration } from './formatDuration.js';
import type { Terminal } from './Terminal.js';

/** A thing that goes from 0 to `total`. */
export interface ProgressRow {
  label: string;
  total: number;
}

/** Bars on a terminal; elsewhere a plain line now and then. */
export interface Progress {
  /**
   * How far each row is, in the order given at the start, and the time left in words; undefined: by the mean speed so
   * far.
   */
  update(done: number[], left?: string): void;
  /** Takes the bars off the screen; lines printed while they moved stay. Idempotent. */
  stop(): void;
}

/** Plain lines come at most this often, and whenever everything is done. */
const PLAIN_LINE_MS = 5000;

/** Starts showing progress of rows that move together. `unit` names what is counted: 'chunks'. */
export function startProgress({
  terminal,
  rows,
  unit,
}: {
  terminal: Terminal;
  rows: ProgressRow[];
  unit: string;
}): Progress {
  return terminal.interactive ? startBars({ terminal, rows, unit }) : startLines({ terminal, rows, unit });
}

function startBars({ terminal, rows, unit }: { terminal: Terminal; rows: ProgressRow[]; unit: string }): Progress {
  const width = Math.max(...rows.map((row) => row.label.length));
  const bars = new cliProgress.MultiBar({
    format: `  {label} {bar} {value}/{total} ${unit}  {left}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: Math.max(10, Math.min(40, terminal.columns - width - 40)),
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    stream: terminal.stream,
    fps: 5,
    emptyOnZero: true,
    forceRedraw: true,
    gracefulExit: false,
  });
  const shown = rows.map((row) => ({
    clock: startClock(row.total),
    bar: bars.create(row.total, 0, { label: row.label.padEnd(width), left: '' }),
  }));
  terminal.capture((text) => bars.log(text));
  let stopped = false;
  return {
    update: (done, left) =>
      shown.forEach(({ bar, clock }, index) => {
        // What is told of all stands beside the last row.
        const own = left === undefined ? clock(done[index] ?? 0) : index === shown.length - 1 ? left : '';
        bar.update(done[index] ?? 0, { left: own });
      }),
    stop() {
      if (stopped) return;
      stopped = true;
      bars.update();
      bars.stop();
      terminal.capture(undefined);
    },
  };
}

function startLines({ terminal, rows, unit }: { terminal: Terminal; rows: ProgressRow[]; unit: string }): Progress {
  const clock = startClock(rows.at(-1)!.total);
  let shownAtMs = 0;
  let shown = '';
  return {
    update(done, told) {
      const left = told ?? clock(done.at(-1) ?? 0);
      const text = `${rows.map((row, index) => `${row.label} ${done[index] ?? 0}/${row.total}`).join(', ')} ${unit}`;
      const finished = rows.every((row, index) => done[index] === row.total);
      if (text === shown || (!finished && Date.now() - shownAtMs < PLAIN_LINE_MS)) return;
      shown = text;
      shownAtMs = Date.now();
      terminal.line(left === '' || finished ? text : `${text}, ${left}`);
    },
    stop() {},
  };
}

/** Time left by the mean speed since the first step; empty until there is one, and when all is done. */
function startClock(total: number): (done: number) => string {
  let first: { done: number; atMs: number } | undefined;
  return (done) => {
    if (done === 0 || done >= total) return '';
    first ??= { done: 0, atMs: Date.now() - 1 };
    if (first.done === 0) {
      first = { done, atMs: Date.now() };
      return '';
    }
    const steps = done - first.done;
    return steps <= 0 ? '' : `about ${formatDuration(((Date.now() - first.atMs) / steps) * (total - done))} left`;
  };
}
