import { explainError } from '../errors/explainError.js';
import { announceFailure, announceReady } from './announce.js';
import { watchInterrupts } from './watchInterrupts.js';

/** Something that runs until it is closed or ends by itself. */
export interface Service {
  /** What others need to know of it, JSON: addresses, ports. */
  facts: Record<string, unknown>;
  /** Settles when it has ended, whatever ended it. */
  closed: Promise<unknown>;
  close(): Promise<void>;
}

/**
 * The life of a child process that wraps one service: starts it with the JSON of its first argument, announces it,
 * waits for the end of the service, a signal or the disappearance of the supervisor, closes it and ends the process (0
 * asked to end, 1 the service failed, 130 asked to end while it started).
 */
export async function runService<Options>(
  start: (options: Options, signal: AbortSignal) => Promise<Service>,
): Promise<void> {
  const { signal } = watchInterrupts();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const log = (error: unknown): void =>
    void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const fail = (error: unknown): void => {
    announceFailure(explainError(error));
    log(error);
    // The message above leaves through the channel before the process does.
    setTimeout(() => process.exit(1), 100);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    signal.throwIfAborted();
    const service = await start(JSON.parse(process.argv[2] ?? '{}') as Options, signal);
    announceReady(service.facts);
    const asked = await Promise.race([
      service.closed.then(() => false),
      new Promise<true>((resolve) =>
        signal.aborted ? resolve(true) : signal.addEventListener('abort', () => resolve(true)),
      ),
    ]);
    await service.close();
    if (!asked) throw new Error('the service ended by itself');
    process.exit(0);
  } catch (error) {
    if (!signal.aborted) return fail(error);
    // Whatever fails after an interruption fails because of it, and who interrupted does not ask why.
    if (error !== signal.reason) log(error);
    process.exit(130);
  }
}
