import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RushesError } from '../protocol/errors.js';
import { createMessageParser, headOf } from './messageFraming.js';
import type { FileWanted, PrepareAnswer, PrepareRequest, SceneToOpen } from './PrepareMessages.js';
import { residentBytes } from './residentBytes.js';
import { formatBytes } from './scene/SceneBudget.js';
import type { ReadSceneFile } from './scene/SceneSource.js';

/** What a process answers to a request, its reads of files left out. */
export type PrepareResult = Exclude<PrepareAnswer, { kind: 'ready' | 'read' }> & { bytes: Uint8Array[] };

/**
 * A process that works on one scene. States:
 *
 *   STARTING -> IDLE -> WORKING -> IDLE        one request at a time
 *   any -> GONE                                killed, died, or took more memory than it may; no way back
 */
export interface PrepareProcess {
  readonly pid: number;
  readonly gone: boolean;
  /**
   * Rejects with code `scene-memory` when the process took more memory than the scene may, with `preparation-failed`
   * when it died, and with what `read` rejects with, and is gone then.
   */
  ask(request: PrepareRequest): Promise<PrepareResult>;
  /** Kills the process at once. What it was asked for rejects with the reason. */
  kill(reason?: unknown): void;
}

/** What a process may say to a request. */
const ANSWERS: readonly string[] = ['prepared', 'summarised', 'framed', 'lit', 'refused', 'failed'];
/** Milliseconds between two looks at the memory of a process that works. */
const WATCH_MS = 50;
/**
 * What a process may take above what its scene is counted for: memory that the garbage collector has not yet given
 * back, an eighth at most on scenes of all kinds.
 */
const SLACK = { share: 1 / 4, bytes: 96 * 2 ** 20 };
/** Of what a dying process says, the end is kept: V8 says there that it has no more memory. */
const LAST_WORDS = 4096;

/** Starts a process for a scene. It inherits neither environment nor files; `read` gives it the scene's. */
export function startPrepareProcess(options: {
  scene: SceneToOpen;
  read: (file: FileWanted) => ReturnType<ReadSceneFile>;
  /** The program of the process, default prepare.child.js; tests give others. */
  program?: string;
}): PrepareProcess {
  const { scene, read, program = fileURLToPath(new URL('./prepare.child.js', import.meta.url)) } = options;
  const child = spawn(process.execPath, nodeArguments({ program, sceneBytes: scene.sceneBytes }), {
    env: {},
    // The fifth is the lifeline: nothing is ever written to it, and it closes when this process ends, whatever ends it.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const pid = child.pid ?? -1;
  const channel = child.stdio[3] as Socket;
  let gone = false;
  let reason: unknown;
  let lastWords = '';
  let usualBytes: number | undefined;
  let waiting: { resolve(result: PrepareResult): void; reject(error: unknown): void } | undefined;
  let ready: () => void = () => undefined;
  const started = new Promise<void>((resolve) => (ready = resolve));

  function kill(because?: unknown): void {
    if (!gone) reason ??= because;
    gone = true;
    child.kill('SIGKILL');
    settle(reason ?? died('it was ended'));
  }

  function settle(error: unknown): void {
    const asked = waiting;
    waiting = undefined;
    asked?.reject(error);
  }

  function died(how: string): RushesError {
    return new RushesError({
      code: 'preparation-failed',
      message: `the process that prepares ${scene.entry} died: ${how}`,
      facts: { scene: scene.entry, how },
      advice: 'The scene may need more memory than this machine has.',
    });
  }

  function tooLarge(tookBytes: number | undefined): RushesError {
    const took = tookBytes === undefined ? 'more memory' : `${formatBytes(tookBytes)} of memory`;
    return new RushesError({
      code: 'scene-memory',
      message: `${scene.entry}: preparing it took ${took}; a scene may take ${formatBytes(scene.sceneBytes)}`,
      facts: { file: scene.entry, allowedBytes: scene.sceneBytes, ...(tookBytes === undefined ? {} : { tookBytes }) },
      advice: 'Make the scene smaller, or allow scenes more memory.',
      exitCode: 2,
    });
  }

  async function serve(file: FileWanted): Promise<void> {
    const given = await read(file);
    if (gone) return;
    if (given === undefined) return say({ kind: 'file', found: 'absent' });
    if ('tooLarge' in given) return say({ kind: 'file', found: 'tooLarge', byteLength: given.byteLength });
    say({ kind: 'file', found: 'bytes' }, [given]);
  }

  function say(request: PrepareRequest, bytes: Uint8Array[] = []): void {
    for (const piece of [headOf(request, bytes), ...bytes]) channel.write(piece);
  }

  const parser = createMessageParser<PrepareAnswer>({
    // No frame has more bytes than the scene may take, but for tables that every frame has.
    mostBytes: scene.sceneBytes + SLACK.bytes,
    onMessage(message, bytes) {
      if (message.kind === 'ready') return ready();
      if (message.kind === 'read') return void serve(message.file).catch(kill);
      if (!ANSWERS.includes(message.kind)) return kill(died('it says what nobody asked for'));
      if (message.kind === 'failed' && message.outOfMemory) return kill(tooLarge(undefined));
      const asked = waiting;
      waiting = undefined;
      asked?.resolve({ ...message, bytes });
    },
  });
  channel.on('data', (chunk: Buffer) => {
    try {
      if (!gone) parser.push(chunk);
    } catch (error) {
      kill(error);
    }
  });
  // A channel that breaks is noticed by the end of the process.
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString('latin1')).slice(-LAST_WORDS);
  });
  child.on('error', (error) => kill(died(error.message)));
  child.on('close', (exitCode, signal) => {
    const outOfMemory = /heap out of memory|Allocation failed|Fatal process out of memory/i.test(lastWords);
    kill(
      outOfMemory ? tooLarge(undefined) : died(signal === null ? `exit code ${exitCode ?? 0}` : `killed by ${signal}`),
    );
  });

  async function watch(): Promise<void> {
    const allowedBytes = scene.sceneBytes * (1 + SLACK.share) + SLACK.bytes;
    const nowBytes = await residentBytes(pid);
    usualBytes ??= nowBytes;
    if (nowBytes !== undefined && usualBytes !== undefined && nowBytes - usualBytes > allowedBytes)
      kill(tooLarge(nowBytes - usualBytes));
  }

  say({ kind: 'open', scene });
  return {
    pid,
    get gone() {
      return gone;
    },
    async ask(request) {
      let watching: NodeJS.Timeout | undefined;
      try {
        return await new Promise<PrepareResult>((resolve, reject) => {
          if (gone) throw reason ?? died('it was ended');
          waiting = { resolve, reject };
          void started.then(async () => {
            await watch();
            if (waiting?.resolve !== resolve) return;
            watching = setInterval(() => void watch(), WATCH_MS);
            say(request);
          });
        });
      } finally {
        clearInterval(watching);
      }
    },
    kill,
  };
}

/**
 * Node's own permissions keep the process from reading anything but the program, from writing, and from starting
 * others; its heap ends soon after what the scene may take.
 */
function nodeArguments({ program, sceneBytes }: { program: string; sceneBytes: number }): string[] {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  return [
    '--no-warnings',
    '--expose-gc',
    '--max-semi-space-size=8',
    `--max-old-space-size=${Math.ceil(sceneBytes / 2 ** 20) + 128}`,
    permission,
    '--allow-worker',
    ...programFolders().map((folder) => `--allow-fs-read=${join(folder, '*')}`),
    program,
  ];
}

/** The compiled program, and every folder that packages are looked for in from there. */
function programFolders(): string[] {
  const compiled = dirname(dirname(fileURLToPath(import.meta.url)));
  const folders = [compiled];
  for (let at = dirname(compiled); ; at = dirname(at)) {
    const packages = join(at, 'node_modules');
    if (existsSync(packages)) folders.push(packages, realpathSync(packages));
    if (dirname(at) === at) return [...new Set(folders)];
  }
}
