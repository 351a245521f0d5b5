import { availableParallelism } from 'node:os';
import { type ProbeMeasure, probeWork } from '../../artist/quote/probeWork.js';
import type { Manifest } from '../../protocol/manifest.js';
import { createCpuEngine } from '../../renderer/cpu/createCpuEngine.js';
import { openManifestFrames } from '../../renderer/openManifestFrames.js';
import type { CommandContext } from '../options/CommandContext.js';
import { startProgress } from '../terminal/startProgress.js';
import type { OpenedScene } from './openScene.js';
import { storeOfScene } from './storeOfScene.js';

/** A probe of a job's work that runs beside whatever else a command begins with. */
export interface Probe {
  manifest: Promise<Manifest>;
  /** What was counted. */
  measure: Promise<ProbeMeasure>;
  /** Ends it and lets go of the scene's process; idempotent. */
  stop(): Promise<void>;
}

/** Nothing is begun after this, besides the first frame. */
const LIMIT_MS = 4_000;
/** Of its progress. */
const STEPS = 20;

/** Starts counting the work of a scene's pictures with this machine's engine. Takes the scene's process over. */
export function startProbe({
  opened,
  sceneBytes,
  context: { terminal, signal: interrupted, env },
}: {
  opened: OpenedScene;
  sceneBytes: number | undefined;
  context: CommandContext;
}): Probe {
  const stopping = new AbortController();
  const signal = AbortSignal.any([interrupted, stopping.signal]);
  const unpublished = storeOfScene(opened, env.cache);

  async function run(): Promise<ProbeMeasure> {
    const { manifest, store } = await unpublished;
    const frames = openManifestFrames({
      manifest,
      store,
      bounds: { signal },
      sceneBytes,
      loaded: opened.scene.process,
    });
    const progress = startProgress({ terminal, rows: [{ label: 'probed', total: STEPS }], unit: 'parts' });
    try {
      // The first frame is prepared while the engine starts. What goes wrong is said when it is asked for again.
      frames.prepare(manifest.frames.first).catch(() => undefined);
      const engine = await createCpuEngine({ threads: availableParallelism(), cacheDir: env.cache });
      try {
        const onProgress = (share: number): void => progress.update([Math.round(share * STEPS)]);
        return await probeWork({ manifest, frames, engine, limitMs: LIMIT_MS, onProgress, signal });
      } finally {
        await engine.close();
      }
    } finally {
      progress.stop();
      await frames.dispose();
    }
  }

  const measure = run();
  // Whoever waits for it hears of a failure; nobody does where the job was ordered before.
  measure.catch(() => undefined);
  return {
    manifest: unpublished.then(({ manifest }) => manifest),
    measure,
    async stop() {
      stopping.abort();
      await measure.catch(() => undefined);
      opened.scene.close();
    },
  };
}
