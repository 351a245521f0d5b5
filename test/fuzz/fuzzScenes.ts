import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { residentBytes } from '../../renderer/residentBytes.js';
import { mutateScene } from './mutateScene.js';
import { randomOf } from './random.js';
import { soundScenes } from './soundScenes.js';

/** Memory that each scene may take, bytes: small, so that a scene beyond it shows. */
const SCENE_BYTES = 64 * 2 ** 20;
/** What the process may take above that: it tries many, and gives memory back late. */
const SLACK_BYTES = 256 * 2 ** 20;
/** Milliseconds for one scene of a few triangles, however busy the machine is. */
const DEADLINE_MS = 30_000;

/** One scene that was neither drawn nor refused clearly. */
export interface SceneFault {
  index: number;
  story: string[];
  what: string;
}

export interface FuzzResult {
  drawn: number;
  refused: number;
  faults: SceneFault[];
  /** The most memory that the process took above what it starts with, bytes. */
  peakBytes: number;
}

/**
 * Tries `count` mutated scenes from a seed, in a process that is killed when a scene takes too long or too much memory
 * and started again for the next. Each is either drawn or refused with a sentence; everything else is a fault.
 */
export async function fuzzScenes(options: {
  seed: number;
  count: number;
  first?: number;
  onProgress?: (done: number) => void;
}): Promise<FuzzResult> {
  const { seed, count, first = 0, onProgress } = options;
  const result: FuzzResult = { drawn: 0, refused: 0, faults: [], peakBytes: 0 };
  for (let index = first; index < first + count;)
    index = await tryFrom({
      seed,
      index,
      end: first + count,
      result,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  return result;
}

type Said =
  | { kind: 'ready' | 'done' }
  | { kind: 'trying'; index: number }
  | { kind: 'tried'; index: number; refusal?: string }
  | ({ kind: 'fault' } & SceneFault);

/** One life of the process; resolves to the first scene that it has not tried. */
function tryFrom(options: {
  seed: number;
  index: number;
  end: number;
  result: FuzzResult;
  onProgress?: (done: number) => void;
}): Promise<number> {
  const { seed, index: first, end, result, onProgress } = options;
  const child = fork(
    fileURLToPath(new URL('./fuzzScenes.child.js', import.meta.url)),
    [seed, first, end, SCENE_BYTES].map(String),
    { execArgv: ['--enable-source-maps', '--no-warnings', '--max-semi-space-size=8'] },
  );
  return new Promise((resolve, reject) => {
    let trying = first;
    let usualBytes: number | undefined;
    let killedFor: string | undefined;
    let late: NodeJS.Timeout | undefined;
    const kill = (why: string): void => {
      killedFor ??= why;
      child.kill('SIGKILL');
    };
    const watch = setInterval(() => {
      void residentBytes(child.pid as number).then((bytes) => {
        if (bytes === undefined || usualBytes === undefined) return;
        result.peakBytes = Math.max(result.peakBytes, bytes - usualBytes);
        if (bytes - usualBytes > SCENE_BYTES + SLACK_BYTES) kill(`took ${bytes - usualBytes} bytes of memory`);
      });
    }, 20);
    child.on('message', (said: Said) => {
      if (said.kind === 'ready') void residentBytes(child.pid as number).then((bytes) => (usualBytes = bytes));
      if (said.kind === 'trying') {
        trying = said.index;
        clearTimeout(late);
        late = setTimeout(() => kill(`took longer than ${DEADLINE_MS} ms`), DEADLINE_MS);
      }
      if (said.kind === 'fault') result.faults.push({ index: said.index, story: said.story, what: said.what });
      if (said.kind === 'tried') result[said.refusal === undefined ? 'drawn' : 'refused']++;
      if (said.kind === 'tried' || said.kind === 'fault') {
        trying = said.index + 1;
        onProgress?.(trying);
      }
    });
    child.on('error', reject);
    child.on('exit', (exitCode, signal) => {
      clearInterval(watch);
      clearTimeout(late);
      if (trying >= end) return resolve(end);
      const what = killedFor ?? `ended the process: ${signal ?? `exit code ${exitCode ?? 0}`}`;
      void soundScenes().then((sound) => {
        result.faults.push({ index: trying, story: mutateScene(randomOf(seed, trying), sound).story, what });
        resolve(trying + 1);
      }, reject);
    });
  });
}
