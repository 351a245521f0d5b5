import type { Terminal } from './Terminal.js';

/** A line that lives at the bottom of a terminal; elsewhere a plain line now and then. */
export interface StatusLine {
  update(text: string): void;
  /** Leaves the last text behind as a plain line. Idempotent. */
  stop(): void;
}

/** Elsewhere than on a terminal a line comes when it has changed, at most this often. */
const PLAIN_LINE_MS = 30_000;
const CLEAR_LINE = '\r\x1b[2K';

/** Starts a line of status. Other lines of the terminal appear above it. */
export function startStatusLine(terminal: Terminal, nowMs: () => number = Date.now): StatusLine {
  return terminal.interactive ? startLivingLine(terminal) : startPlainLines(terminal, nowMs);
}

function startLivingLine(terminal: Terminal): StatusLine {
  const { stream } = terminal;
  let shown = '';
  let stopped = false;
  // One column stays free: a full line would wrap, and could not be cleared.
  const draw = (): void => void stream.write(`${CLEAR_LINE}${shown.slice(0, Math.max(1, terminal.columns - 1))}`);
  terminal.capture((text) => {
    stream.write(`${CLEAR_LINE}${text}`);
    draw();
  });
  return {
    update(text) {
      if (stopped || text === shown) return;
      shown = text;
      draw();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      terminal.capture(undefined);
      stream.write(CLEAR_LINE);
      if (shown !== '') terminal.line(shown);
    },
  };
}

function startPlainLines(terminal: Terminal, nowMs: () => number): StatusLine {
  let last = '';
  let shown = '';
  let shownAtMs = -Infinity;
  const show = (): void => {
    shown = last;
    shownAtMs = nowMs();
    terminal.line(last);
  };
  return {
    update(text) {
      last = text;
      if (text !== shown && nowMs() - shownAtMs >= PLAIN_LINE_MS) show();
    },
    stop() {
      if (last !== shown) show();
    },
  };
}
