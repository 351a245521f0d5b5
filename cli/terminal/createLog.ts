import { type Logger, pino } from 'pino';
import type { Terminal } from './Terminal.js';

/** The log of a daemon, on stderr: JSON lines for machines, one short line each for a person who watches a terminal. */
export function createLog({ name, terminal, debug }: { name: string; terminal: Terminal; debug: boolean }): Logger {
  const options = { name, level: debug ? 'debug' : 'info', base: { name }, timestamp: pino.stdTimeFunctions.isoTime };
  if (!process.stderr.isTTY) return pino(options, process.stderr);
  const colors: Record<number, (text: string) => string> = {
    30: terminal.dim,
    40: terminal.yellow,
    50: terminal.red,
    60: terminal.red,
  };
  return pino(options, {
    write(line: string) {
      const { level, time, msg, ...facts } = JSON.parse(line) as { level: number; time: string; msg?: string } & Record<
        string,
        unknown
      >;
      const rest = Object.entries(facts)
        .filter(([key]) => key !== 'name')
        .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
        .join(' ');
      process.stderr.write(
        `${terminal.dim(time.slice(11, 19))} ${(colors[level] ?? ((text: string) => text))(msg ?? '')} ${terminal.dim(rest)}\n`,
      );
    },
  });
}
