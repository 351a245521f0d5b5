// Loaded before a command and its children with NODE_OPTIONS=--import, and by Node into each of their threads as well.
// Settings, from the environment: RUSHES_TEST_KILL_IN: the command whose render threads die (`worker`, `verifier`,
// `render`). RUSHES_TEST_KILL_AFTER_MS: milliseconds from a thread's first scene to its death. RUSHES_TEST_KILLS: how
// many threads die, counted over all processes by files in the folder RUSHES_TEST_KILL_MARKS.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BroadcastChannel, isMainThread, threadId, workerData, type Worker } from 'node:worker_threads';

const {
  RUSHES_TEST_KILL_IN: killIn,
  RUSHES_TEST_KILL_AFTER_MS: afterMs,
  RUSHES_TEST_KILLS: kills,
  RUSHES_TEST_KILL_MARKS: marks,
} = process.env;
const BEGAN = 'render thread began';

if (isMainThread) {
  if (process.argv[2] === killIn) killThreads();
} else if ((workerData as { module?: unknown } | null)?.module instanceof WebAssembly.Module) announceFirstScene();

function killThreads(): void {
  const threads = new Map<number, Worker>();
  process.on('worker', (thread) => threads.set(thread.threadId, thread));
  const channel = new BroadcastChannel(BEGAN);
  channel.unref();
  channel.onmessage = ({ data }: { data: unknown }) => {
    const thread = threads.get(data as number)!;
    setTimeout(() => mayKill() && void thread.terminate(), Number(afterMs)).unref();
  };
}

/**
 * Only a render thread is given the kernel when it starts, and it lays the kernel over a scene when its first piece of
 * work is there.
 */
function announceFirstScene(): void {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports);
      WebAssembly.Instance = Instance;
      const channel = new BroadcastChannel(BEGAN);
      channel.postMessage(threadId);
      channel.close();
    }
  };
}

/** A mark that can be made stands for one death. */
function mayKill(): boolean {
  for (let death = 1; death <= Number(kills); death++) {
    try {
      writeFileSync(join(marks!, String(death)), String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      // That one has died already.
    }
  }
  return false;
}
