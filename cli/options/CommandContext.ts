import type { Env } from './readEnv.js';
import type { Terminal } from '../terminal/Terminal.js';

/** What every command is given. */
export interface CommandContext {
  env: Env;
  terminal: Terminal;
  /** Aborted with an InterruptedError when a person or the parent process asks to end. */
  signal: AbortSignal;
}
