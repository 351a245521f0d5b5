import { type Logger, pino } from 'pino';
import type { Terminal } from './Terminal.js';

/**
 * The log of a daemon: JSON lines on stderr for machines, one short line each for a person at a terminal, above whatever
 * lives there. Somebody who watches a line of status sees warnings only.
 */
export function createLog({
  name,
  terminal,
  debug,
  isWatched = false,
}: {
  name: string;
  terminal: Terminal;
  debug: boolean;
  isWatched?: boolean;
}): Logger {
  const level = debug ? 'debug' : isWatched ? 'warn' : 'info';
  const options = { name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime };
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
      const text = `${terminal.dim(time.slice(11, 19))} ${(colors[level] ?? ((text: string) => text))(msg ?? '')} ${terminal.dim(rest)}`;
      if (terminal.interactive) terminal.line(text);
      else process.stderr.write(`${text}\n`);
    },
  });
}
