import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * A place of its own for the commands of one test: home, temporary files and results, and a way to find every process
 * they started.
 */
export interface Workshop {
  folder: string;
  home: string;
  /** The environment that makes a program a part of this workshop. */
  env: NodeJS.ProcessEnv;
  /** Path in the folder. */
  path(name: string): string;
  /** Starts `rushes` as a user would, with this folder as its world; `through`: by a program that starts it elsewhere. */
  start(args: string[], env?: NodeJS.ProcessEnv, through?: string[]): RunningCommand;
  /** Starts it and waits for its end. */
  run(args: string[], env?: NodeJS.ProcessEnv): Promise<FinishedCommand>;
  /** Processes that commands of this workshop started and that still exist. */
  processes(): Promise<{ pid: number; command: string }[]>;
  /** Waits until there are none, at most 10 s; returns those that stay. */
  leftBehind(): Promise<{ pid: number; command: string }[]>;
  /** Kills what is left and removes the folder. */
  clear(): Promise<void>;
}

export interface FinishedCommand {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when stdout or stderr has matched; rejects when the command ends or time passes first. */
  said(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<FinishedCommand>;
}

/** Opens a workshop. Compiled kernels are shared by all of them. */
export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'rushes-test-'));
  // Passable for the user that PostgreSQL runs as: its data, and with it its command line, stays in the folder.
  await chmod(folder, 0o711);
  const home = join(folder, 'home');
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const mark = `RUSHES_TEST=${folder}`;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RUSHES_')));
  const base: NodeJS.ProcessEnv = {
    ...inherited,
    RUSHES_TEST: folder,
    RUSHES_HOME: home,
    RUSHES_CACHE: join(tmpdir(), 'rushes-test-cache'),
    TMPDIR: temporary,
  };

  function start(args: string[], env: NodeJS.ProcessEnv = {}, through: string[] = []): RunningCommand {
    const [program = process.execPath, ...more] = [
      ...through,
      process.execPath,
      join(ROOT, 'bin', 'rushes.js'),
      ...args,
    ];
    const child = spawn(program, more, {
      cwd: ROOT,
      env: { ...base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
    let over = false;
    const ended = once(child, 'close').then(([exitCode]) => {
      over = true;
      return { exitCode: exitCode as number | null, ...texts };
    });
    return {
      pid: child.pid!,
      get stdout() {
        return texts.stdout;
      },
      get stderr() {
        return texts.stderr;
      },
      async said(pattern, withinMs = 120_000) {
        const giveUpAtMs = Date.now() + withinMs;
        for (;;) {
          const match = pattern.exec(texts.stdout) ?? pattern.exec(texts.stderr);
          if (match !== null) return match;
          if (over || Date.now() > giveUpAtMs)
            throw new Error(`rushes ${args.join(' ')} never said ${pattern}:\n${texts.stdout}\n${texts.stderr}`);
          await sleep(50);
        }
      },
      kill: (signal) => child.kill(signal),
      ended,
    };
  }

  async function processes(): Promise<{ pid: number; command: string }[]> {
    const found: { pid: number; command: string }[] = [];
    for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
      const [command, environment, stat] = await Promise.all(
        ['cmdline', 'environ', 'stat'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
      );
      const zombie = /\) Z /.test(stat!);
      // PostgreSQL is given an environment of its own, and says its folder on the command line.
      if (
        !zombie &&
        Number(name) !== process.pid &&
        (environment!.split('\0').includes(mark) || command!.includes(folder))
      )
        found.push({ pid: Number(name), command: command!.replaceAll('\0', ' ').trim() });
    }
    return found;
  }

  async function leftBehind(): Promise<{ pid: number; command: string }[]> {
    for (let tries = 0; ; tries++) {
      const found = await processes();
      if (found.length === 0 || tries === 50) return found;
      await sleep(200);
    }
  }

  return {
    folder,
    home,
    env: base,
    path: (name) => join(folder, name),
    start,
    run: (args, env) => start(args, env).ended,
    processes,
    leftBehind,
    async clear() {
      for (const { pid } of await processes()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // Gone meanwhile.
        }
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
