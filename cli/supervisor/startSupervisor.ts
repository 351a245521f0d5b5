import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, createBackoff } from '../../protocol/createBackoff.js';
import { boundLogs } from './boundLogs.js';
import { ChildFailedError } from './ChildFailedError.js';
import type { ChildEvent, ChildMessage, ChildSpec } from './ChildSpec.js';
import { killGroup } from './killGroup.js';

/**
 * The one owner of child processes. States of a child:
 *
 *   STARTING -> READY -> STOPPING -> GONE        asked to stop
 *   STARTING -> GONE                             start() rejects
 *   READY -> WAITING -> STARTING                 it died; started again after a back-off
 *   READY, WAITING -> GONE                       it died too often, or of what no restart mends; `failed` rejects
 *
 * Every child leads a process group of its own (`detached`), so a Ctrl-C in the terminal reaches only this process,
 * which then decides the order of the end. Every child also ends by itself when its IPC channel closes: a supervisor
 * that is killed with kill -9 leaves nothing behind.
 */
export interface Supervisor {
  /**
   * Starts a child and resolves with what it said when it was ready. Rejects with ChildFailedError when it does not get
   * there in time.
   */
  start(spec: ChildSpec): Promise<RunningChild>;
  /** Rejects when a child that should run has been given up; never resolves. */
  readonly failed: Promise<never>;
  /** Ends a child with SIGTERM; it is started again as if it had died. */
  restart(child: RunningChild): void;
  /** The children that exist now. */
  children(): { name: string; pid: number }[];
  /**
   * Stops all children, the highest stage first, or with `regardless` of stages all together, and resolves when none is
   * left. Idempotent: the first call decides.
   */
  close(options?: { regardless: boolean }): Promise<void>;
}

export interface RunningChild {
  readonly name: string;
  /** What the child said when it was last ready. */
  facts(): Record<string, unknown>;
  /** Its process id now, undefined while it waits for its restart. */
  pid(): number | undefined;
  /** The last statistics of each of its lives: a restarted process counts from zero. */
  statistics(): Record<string, unknown>[];
}

/** Ceilings of the first and of every pause before a restart, and how many deaths within the window are too many. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const DEATHS_IN_WINDOW = 6;
const DEATH_WINDOW_MS = 60_000;

/**
 * V8 lets its heap grow with the machine's memory, and eight processes that each do so fill a small one: with these the
 * demo's processes took 1.9 GiB together in place of 2.4, in the same time (`npm run bench:demo`, two cores). The
 * growth flag is V8's own, so it is passed only to the Node it was tried on.
 */
const NODE_ARGS = [
  '--max-semi-space-size=8',
  ...(process.versions.node.startsWith('20.') ? ['--heap-growing-percent=30'] : []),
  '--enable-source-maps',
  '--no-warnings=ExperimentalWarning',
];

interface Child {
  spec: ChildSpec;
  process: ChildProcess | undefined;
  facts: Record<string, unknown>;
  statistics: Record<string, unknown>[];
  deathsAtMs: number[];
  backoff: Backoff;
  ended: Promise<void>;
}

/** Starts a supervisor that has no children yet. Logs of children are appended to files in `logFolder`, which stay bounded. */
export function startSupervisor({
  logFolder,
  onEvent = () => {},
}: {
  logFolder: string;
  /** `facts` is what the child said when it was last ready. */ onEvent?: (
    event: ChildEvent,
    facts: Record<string, unknown>,
  ) => void;
}): Supervisor {
  mkdirSync(logFolder, { recursive: true });
  const children: Child[] = [];
  const closing = new AbortController();
  boundLogs(logFolder, closing.signal);
  let closed: Promise<void> | undefined;
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => {});
  // The last line of defence: whatever ends this process, its children's groups end with it.
  const killAll = (): void => children.forEach((child) => killGroup(child.process?.pid));
  process.on('exit', killAll);

  const logFileOf = (name: string): string => join(logFolder, `${name}.log`);

  const around = (child: Child): Surroundings => ({
    logFile: logFileOf(child.spec.name),
    onEvent,
    onDeath: (death) => {
      if (!closing.signal.aborted) void revive(child, death);
    },
  });

  /** Brings a dead child back, or gives the whole network up when it dies too often or of what no restart mends. */
  async function revive(child: Child, death: Death): Promise<void> {
    const { spec } = child;
    const logFile = logFileOf(spec.name);
    if (death.isFinal)
      return fail(
        new ChildFailedError({
          name: spec.name,
          what: `ended: ${death.reason}`,
          advice: death.advice,
          logFile,
          exitCode: 2,
        }),
      );
    let { reason } = death;
    for (;;) {
      const nowMs = Date.now();
      child.deathsAtMs = [...child.deathsAtMs.filter((atMs) => nowMs - atMs < DEATH_WINDOW_MS), nowMs];
      const attempt = child.deathsAtMs.length;
      if (attempt > DEATHS_IN_WINDOW) {
        const what = `died ${attempt} times within a minute, the last time of this: ${reason}`;
        return fail(new ChildFailedError({ name: spec.name, what, logFile }));
      }
      if (attempt === 1) child.backoff.reset();
      const afterMs = child.backoff.nextMs();
      onEvent({ kind: 'restarting', name: spec.name, attempt, afterMs, reason }, child.facts);
      const waited = await sleep(afterMs, true, { signal: closing.signal }).catch(() => false);
      if (!waited) return;
      const failure = await launch(child, around(child)).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined || closing.signal.aborted) return;
      if (failure instanceof ChildFailedError && failure.exitCode === 2) return fail(failure);
      reason = failure instanceof Error ? failure.message : String(failure);
    }
  }

  async function stop(child: Child): Promise<void> {
    const running = child.process;
    if (running?.pid === undefined) return;
    running.kill('SIGTERM');
    const late = setTimeout(() => killGroup(running.pid), child.spec.stopMs);
    await child.ended;
    clearTimeout(late);
  }

  return {
    async start(spec) {
      if (closing.signal.aborted)
        throw new ChildFailedError({
          name: spec.name,
          what: 'was not started: the network is going down',
          logFile: logFileOf(spec.name),
        });
      const child: Child = {
        spec,
        process: undefined,
        facts: {},
        statistics: [],
        deathsAtMs: [],
        backoff: createBackoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS, random: Math.random }),
        ended: Promise.resolve(),
      };
      children.push(child);
      await launch(child, around(child));
      return {
        name: spec.name,
        facts: () => child.facts,
        pid: () => child.process?.pid,
        statistics: () => child.statistics,
      };
    },
    failed,
    restart(child) {
      children.find((one) => one.spec.name === child.name)?.process?.kill('SIGTERM');
    },
    children: () =>
      children.flatMap((child) =>
        child.process?.pid === undefined ? [] : [{ name: child.spec.name, pid: child.process.pid }],
      ),
    close({ regardless } = { regardless: false }) {
      closed ??= (async () => {
        closing.abort();
        const stageOf = (child: Child): number => (regardless ? 0 : child.spec.stage);
        const stages = [...new Set(children.map(stageOf))].sort((a, b) => b - a);
        for (const stage of stages) await Promise.all(children.filter((child) => stageOf(child) === stage).map(stop));
        process.off('exit', killAll);
      })();
      return closed;
    },
  };
}

/** What a child's life happens in. */
interface Surroundings {
  logFile: string;
  onEvent: (event: ChildEvent, facts: Record<string, unknown>) => void;
  /** Told of the end of a child that was ready. */
  onDeath: (death: Death) => void;
}

/** What a child that was ready ended of. */
interface Death {
  reason: string;
  /** Whether it said that what it was given cannot be used. */
  isFinal: boolean;
  advice?: string | undefined;
}

/** One life of a child, from fork to ready. */
async function launch(child: Child, { logFile, onEvent, onDeath }: Surroundings): Promise<void> {
  const { spec } = child;
  const log = openSync(logFile, 'a');
  const startedAtMs = Date.now();
  const life = child.statistics.length;
  const running = fork(spec.modulePath, spec.args, {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: NODE_ARGS,
    env: { ...process.env, ...spec.environment?.() },
  });
  closeSync(log);
  child.process = running;
  const pid = running.pid;
  if (pid !== undefined) onEvent({ kind: 'started', name: spec.name, pid }, child.facts);
  let failure: (ChildMessage & { kind: 'failed' }) | undefined;
  let ready = false;
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      killGroup(pid);
      reject(new ChildFailedError({ name: spec.name, what: `was not ready after ${spec.readyMs / 1000} s`, logFile }));
    }, spec.readyMs);
    running.on('message', (message: ChildMessage) => {
      if (message.kind === 'failed') failure = message;
      if (message.kind === 'statistics') child.statistics[life] = message.values;
      if (message.kind !== 'ready' || ready) return;
      ready = true;
      clearTimeout(late);
      child.facts = message.facts;
      onEvent({ kind: 'ready', name: spec.name, pid: pid!, tookMs: Date.now() - startedAtMs }, child.facts);
      resolve();
    });
    running.on('error', (error) => {
      clearTimeout(late);
      reject(new ChildFailedError({ name: spec.name, what: `could not be started: ${error.message}`, logFile }));
    });
    child.ended = new Promise<void>((gone) => {
      running.on('exit', (exitCode, signal) => {
        clearTimeout(late);
        // What the child started itself ends with it, also when it was killed with kill -9.
        killGroup(pid);
        child.process = undefined;
        onEvent({ kind: 'ended', name: spec.name, pid: pid!, exitCode, signal, reason: failure?.message }, child.facts);
        gone();
        if (ready) {
          onDeath(
            failure === undefined
              ? { reason: describeExit(exitCode, signal), isFinal: false }
              : { reason: failure.message, isFinal: failure.exitCode === 2, advice: failure.advice },
          );
          return;
        }
        reject(
          failure === undefined
            ? new ChildFailedError({
                name: spec.name,
                what: `ended before it was ready (${describeExit(exitCode, signal)})`,
                logFile,
              })
            : new ChildFailedError({
                name: spec.name,
                what: `could not start: ${failure.message}`,
                advice: failure.advice,
                logFile,
                exitCode: failure.exitCode === 2 ? 2 : 1,
              }),
        );
      });
    });
  });
}

function describeExit(exitCode: number | null, signal: string | null): string {
  return signal === null ? `exit code ${exitCode ?? 'unknown'}` : `killed by ${signal}`;
}
