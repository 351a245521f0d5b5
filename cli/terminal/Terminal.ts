import type { WriteStream } from 'node:tty';

/** Where a command speaks: words for people on one stream, the one JSON object of `--json` on the other. */
export interface Terminal {
  /** Stream for people: stdout, or stderr under --json. */
  readonly stream: NodeJS.WriteStream;
  /** True: bars may move and colours may show. */
  readonly interactive: boolean;
  readonly color: boolean;
  readonly json: boolean;
  /** Columns of the terminal, 100 where there is none. */
  readonly columns: number;
  /** One line for people. */
  line(text?: string): void;
  /** The one JSON object of --json; without it nothing. Throws when called twice. */
  result(value: unknown): void;
  /** True once `result` was called. */
  readonly answered: boolean;
  /** While a display with moving bars is shown, lines go through it. Undefined hands the stream back. */
  capture(write: ((text: string) => void) | undefined): void;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** A terminal on this process's stdout and stderr. */
export function openTerminal({
  json,
  noColor,
  dumb,
  stdout = process.stdout,
  stderr = process.stderr,
}: {
  json: boolean;
  noColor: boolean;
  dumb: boolean;
  stdout?: NodeJS.WriteStream;
  stderr?: NodeJS.WriteStream;
}): Terminal {
  const stream = json ? stderr : stdout;
  const interactive = stream.isTTY === true && !dumb;
  const color = interactive && !noColor;
  const paint =
    (code: number) =>
    (text: string): string =>
      color ? `\x1b[${code}m${text}\x1b[0m` : text;
  let captured: ((text: string) => void) | undefined;
  let answered = false;
  return {
    stream,
    interactive,
    color,
    json,
    get columns() {
      // A terminal that does not know its width says 0.
      return (stream as WriteStream).columns || 100;
    },
    line(text = '') {
      if (captured !== undefined) captured(`${text}\n`);
      else stream.write(`${text}\n`);
    },
    result(value) {
      if (!json) return;
      if (answered) throw new Error('a command answers --json once');
      answered = true;
      stdout.write(
        `${JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner), 2)}\n`,
      );
    },
    get answered() {
      return answered;
    },
    capture(write) {
      captured = write;
    },
    bold: paint(1),
    dim: paint(2),
    red: paint(31),
    green: paint(32),
    yellow: paint(33),
  };
}
