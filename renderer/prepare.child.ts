// Loads a scene and prepares its frames in a process of its own: without an account's key, without its parent's
// environment, and with no files but those its parent hands it. A scene that takes all memory, loops, or breaks a
// decoder takes nothing down with it.
//
// The process does one thing at a time and blocks in between, so it needs no event loop: wait for a request, work,
// answer. It never ends by itself; its parent kills it, or it ends with its parent, whose end a thread watches for.

import { RushesError } from '../protocol/errors.js';
import { endWithParent } from './endWithParent.js';
import { readMessageSync, writeMessageSync } from './messageFraming.js';
import { prepareFrame } from './prepareFrame.js';
import type { PrepareAnswer, PrepareRequest, SceneToOpen } from './PrepareMessages.js';
import { admitFile, mostBytesOfFile } from './scene/admitFile.js';
import { frameScene } from './scene/frameScene.js';
import { loadEnvironment } from './scene/loadEnvironment.js';
import { loadScene } from './scene/loadScene.js';
import type { LoadedScene } from './scene/LoadedScene.js';
import type { PosedEnvironment } from './scene/PosedScene.js';
import type { ManifestView } from './scene/poseScene.js';
import { PREPARED_BINDINGS, type ReusableScene } from './scene/prepare/prepareScene.js';
import { SceneBudget } from './scene/SceneBudget.js';
import type { ReadSceneFile } from './scene/SceneSource.js';
import { summariseScene } from './scene/summariseScene.js';

// A person's Ctrl-C reaches every process of the terminal, and is for the parent to answer: it may go on for a while.
process.on('SIGINT', () => undefined);

/** Where requests come from and answers go, and a pipe of which the parent holds the other end for its whole life. */
const CHANNEL = 3;
const LIFELINE = 4;

/** Below this a collection takes more time than its memory is worth. */
const GARBAGE_BYTES = 256 * 2 ** 20;

endWithParent(LIFELINE);

let scene: SceneToOpen | undefined;
let opened: { loaded: LoadedScene; environment: PosedEnvironment | null; budget: SceneBudget } | undefined;
let previous: Pick<ReusableScene, 'kept' | 'digests'> | undefined;

answer({ kind: 'ready' });
for (;;) {
  const request = next().message;
  if (request.kind === 'open') scene = request.scene;
  else
    try {
      await work(request);
    } catch (error) {
      answer(explain(error));
    }
}

async function work(request: Exclude<PrepareRequest, { kind: 'open' }>): Promise<void> {
  if (request.kind === 'file') return;
  const beganAt = process.cpuUsage();
  opened ??= await openScene(scene as SceneToOpen);
  const { loaded, budget } = opened;
  if (request.kind === 'summarise')
    answer({ kind: 'summarised', leftBytes: budget.leftBytes }, [
      new TextEncoder().encode(JSON.stringify(summariseScene(loaded))),
    ]);
  if (request.kind === 'frame') answer({ kind: 'framed', camera: frameScene({ loaded, ...request.view }) });
  if (request.kind === 'light') {
    const environment = await openEnvironment(request.environment, budget);
    opened = { ...opened, environment };
    answer({ kind: 'lit', width: environment.width, height: environment.height });
  }
  if (request.kind === 'prepare') prepare(opened, request.view, beganAt);
}

function prepare(scene: NonNullable<typeof opened>, view: ManifestView, beganAt: NodeJS.CpuUsage): void {
  collectGarbage();
  const before = previous?.digests;
  const { buffers, hash, triangleCount, byteLength, kept, digests } = prepareFrame({ ...scene, view, previous });
  previous = { kept, digests };
  const { user, system } = process.cpuUsage(beganAt);
  const sent = PREPARED_BINDINGS.map((name) => ({ name, same: before?.[name] === digests[name] }));
  answer(
    { kind: 'prepared', hash, triangleCount, byteLength, cpuMs: (user + system) / 1000, buffers: sent },
    sent.flatMap(({ name, same }) => (same ? [] : [buffers[name] as Uint8Array])),
  );
}

/**
 * What loading took, or the frame before, is given back now and not when the collector next thinks of it: shared memory
 * does not press on it, and a large sky would be there twice.
 */
function collectGarbage(): void {
  if (process.memoryUsage.rss() > GARBAGE_BYTES) globalThis.gc?.();
}

/** An error loses its class and fields on the way: what people and programs read of it goes as data. */
function explain(error: unknown): PrepareAnswer {
  if (error instanceof RushesError) {
    const { code, message, facts, advice, exitCode } = error;
    return {
      kind: 'refused',
      refusal: { code, message, facts, exitCode, ...(advice === undefined ? {} : { advice }) },
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', reason, outOfMemory: error instanceof RangeError && /allocation|length/i.test(reason) };
}

async function openScene({ entry, environment, sceneBytes }: SceneToOpen): Promise<NonNullable<typeof opened>> {
  const budget = new SceneBudget(sceneBytes);
  const loaded = await loadScene({ entry, read: (path, maxBytes) => read({ path, of: 'scene', maxBytes }), budget });
  return { loaded, budget, environment: environment === null ? null : await openEnvironment(environment, budget) };
}

async function openEnvironment(
  { path, intensity }: NonNullable<SceneToOpen['environment']>,
  budget: SceneBudget,
): Promise<PosedEnvironment> {
  const given = await read({ path, of: 'environment', maxBytes: mostBytesOfFile(budget) });
  const bytes = admitFile({ file: path, given, budget }) ?? new Uint8Array(0);
  return loadEnvironment({ path, bytes, intensity, budget });
}

async function read(file: Extract<PrepareAnswer, { kind: 'read' }>['file']): ReturnType<ReadSceneFile> {
  answer({ kind: 'read', file });
  const { message, bytes } = next();
  if (message.kind !== 'file' || message.found === 'absent') return undefined;
  return message.found === 'tooLarge' ? { tooLarge: true, byteLength: message.byteLength } : bytes[0];
}

function answer(message: PrepareAnswer, bytes: readonly Uint8Array[] = []): void {
  writeMessageSync(CHANNEL, message, bytes);
}

/** The next thing the parent says; this process ends where there is no parent any more. */
function next(): { message: PrepareRequest; bytes: Uint8Array[] } {
  const received = readMessageSync<PrepareRequest>(CHANNEL);
  if (received === undefined) process.kill(process.pid, 'SIGKILL');
  return received as NonNullable<typeof received>;
}
