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
import { loadEnvironment } from './scene/loadEnvironment.js';
import { loadScene } from './scene/loadScene.js';
import type { LoadedScene } from './scene/LoadedScene.js';
import type { PosedEnvironment } from './scene/PosedScene.js';
import { PREPARED_BINDINGS, type ReusableScene } from './scene/prepare/prepareScene.js';
import { SceneBudget } from './scene/SceneBudget.js';
import type { ReadSceneFile } from './scene/SceneSource.js';

/** Where requests come from and answers go, and a pipe of which the parent holds the other end for its whole life. */
const CHANNEL = 3;
const LIFELINE = 4;

/** Below this a collection takes more time than its memory is worth. */
const GARBAGE_BYTES = 256 * 2 ** 20;

endWithParent(LIFELINE);

let scene: SceneToOpen | undefined;
let opened: { loaded: LoadedScene; environment: PosedEnvironment | null } | undefined;
let previous: Pick<ReusableScene, 'kept' | 'digests'> | undefined;

answer({ kind: 'ready' });
for (;;) {
  const request = next();
  if (request.message.kind === 'open') scene = request.message.scene;
  else if (request.message.kind === 'prepare') await prepare(request.message.view);
}

async function prepare(view: Extract<PrepareRequest, { kind: 'prepare' }>['view']): Promise<void> {
  const beganAt = process.cpuUsage();
  try {
    opened ??= await openScene(scene as SceneToOpen);
    collectGarbage();
    const before = previous?.digests;
    const { buffers, hash, triangleCount, byteLength, kept, digests } = prepareFrame({ ...opened, view, previous });
    previous = { kept, digests };
    const { user, system } = process.cpuUsage(beganAt);
    const sent = PREPARED_BINDINGS.map((name) => ({ name, same: before?.[name] === digests[name] }));
    answer(
      { kind: 'prepared', hash, triangleCount, byteLength, cpuMs: (user + system) / 1000, buffers: sent },
      sent.flatMap(({ name, same }) => (same ? [] : [buffers[name] as Uint8Array])),
    );
  } catch (error) {
    answer(explain(error));
  }
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
  if (environment === null) return { loaded, environment: null };
  const { path, intensity } = environment;
  const given = await read({ path, of: 'environment', maxBytes: mostBytesOfFile(budget) });
  const bytes = admitFile({ file: path, given, budget }) ?? new Uint8Array(0);
  return { loaded, environment: loadEnvironment({ path, bytes, intensity, budget }) };
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
