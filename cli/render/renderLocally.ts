import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cidOfFile } from '../../adapters/ipfs/cidOfFiles.js';
import { chunkCount, geometryOf, tilesPerFrame } from '../../protocol/geometry.js';
import { encodeManifest } from '../../protocol/manifest.js';
import { chunkWorkOf } from '../../renderer/chunkWorkOf.js';
import { createCpuEngine } from '../../renderer/cpu/createCpuEngine.js';
import { NO_DEADLINE, createSteadyEngine } from '../../party/createSteadyEngine.js';
import { openManifestFrames } from '../../renderer/openManifestFrames.js';
import { assembleFrame, type Tile } from '../../renderer/image/assembleFrame.js';
import { chunkOutput } from '../../renderer/image/chunkOutput.js';
import type { CommandContext } from '../options/CommandContext.js';
import type { RenderOptions } from './RenderOptions.js';
import { writeJson } from '../files/writeJson.js';
import { formatDuration } from '../terminal/formatDuration.js';
import { startProgress } from '../terminal/startProgress.js';
import { clearResults } from '../pictures/clearResults.js';
import { describeEngine } from './describeEngine.js';
import type { FrameResult } from '../pictures/FrameResult.js';
import { framePath } from '../pictures/frameFiles.js';
import { storeOfScene } from '../scene/storeOfScene.js';
import type { OpenedScene } from '../scene/openScene.js';
import { lookOf } from '../pictures/lookOf.js';
import { renderSteadily } from './renderSteadily.js';
import { writeAnimation } from '../pictures/writeAnimation.js';
import { writeFrame } from '../pictures/writeFrame.js';

/**
 * Renders a job with this machine's engine alone. The manifest, and with it every pixel, is that of the same command on
 * a network.
 */
export async function renderLocally({
  scene,
  environment,
  view,
  options,
  context,
  startedAtMs,
}: OpenedScene & {
  options: RenderOptions;
  context: CommandContext;
  startedAtMs: number;
}): Promise<void> {
  const { terminal, signal, env } = context;
  const out = options.out;
  await clearResults(out);
  const { manifest, store } = await storeOfScene({ scene, environment, view }, env.cache);
  const manifestFrames = openManifestFrames({
    manifest,
    store,
    bounds: { signal },
    sceneBytes: options.sceneBytes,
    loaded: scene.process,
  });
  // The first frame is prepared while the engine starts. What goes wrong is said when it is asked for again.
  manifestFrames.prepare(manifest.frames.first).catch(() => undefined);
  const engine = await createSteadyEngine({
    create: () => createCpuEngine({ threads: options.threads ?? availableParallelism(), cacheDir: env.cache }),
  });
  try {
    const encoded = encodeManifest(manifest);
    const geometry = geometryOf(manifest);
    const total = chunkCount(geometry);
    const look = lookOf(options, manifest);
    const timings = {
      setUpMs: Date.now() - startedAtMs,
      prepareMs: 0,
      renderMs: 0,
      developMs: 0,
      firstPictureMs: 0,
      totalMs: 0,
    };
    const frames: FrameResult[] = [];
    const spent = { rays: 0, cpuMs: 0 };
    const progress = startProgress({ terminal, rows: [{ label: 'rendered', total }], unit: 'chunks' });
    try {
      for (let frame = manifest.frames.first; frame <= manifest.frames.last; frame++) {
        // Have the frame posed and prepared.
        let sinceMs = Date.now();
        signal.throwIfAborted();
        const prepared = await manifestFrames.prepare(frame);
        // The next frame is prepared while this one renders. What goes wrong is said when it is asked for again.
        if (frame < manifest.frames.last) manifestFrames.prepare(frame + 1).catch(() => undefined);
        timings.prepareMs += Date.now() - sinceMs;

        // Render its chunks one by one; the engine spreads each over its threads.
        sinceMs = Date.now();
        const tiles: Tile[] = [];
        for (let tile = 0; tile < tilesPerFrame(geometry); tile++) {
          const chunkIndex = (frame - manifest.frames.first) * tilesPerFrame(geometry) + tile;
          const work = chunkWorkOf(manifest, chunkIndex);
          const rendered = await renderSteadily({
            engine: engine.at(NO_DEADLINE),
            prepared,
            signal,
            ...work,
            onRestart: ({ message }) =>
              terminal.line(terminal.yellow(`${message}; it is started anew and renders the chunk again`)),
          });
          spent.rays += rendered.rays;
          spent.cpuMs += rendered.cpuMs;
          tiles.push({ rect: work.rect, halfs: chunkOutput({ ...work, leaves: rendered.leaves }).halfs });
          progress.update([chunkIndex + 1]);
        }
        timings.renderMs += Date.now() - sinceMs;

        // Assemble, develop and write it.
        sinceMs = Date.now();
        const path = framePath(out, frame);
        const written = await writeFrame({ frame: assembleFrame({ ...manifest.size, tiles }), look, path });
        frames.push({ frame, path, cid: await cidOfFile(written.png), pixelHash: written.pixelHash, ...manifest.size });
        timings.developMs += Date.now() - sinceMs;
        timings.firstPictureMs ||= Date.now() - startedAtMs;
        terminal.line(path);
      }
    } finally {
      progress.stop();
      await manifestFrames.dispose();
    }
    const animation = await writeAnimation({ out, frames, fps: manifest.frames.fps });
    timings.totalMs = Date.now() - startedAtMs;
    const report = {
      jobId: null,
      manifestCid: encoded.cid,
      local: true,
      frames,
      animation: animation ?? null,
      chunks: { total, rendered: total, audited: 0, paid: 0, voided: 0, convicted: 0 },
      workers: [],
      verifiers: [],
      gas: { total: '0', perChunk: 0 },
      timings,
      engine: describeEngine(engine.kind, { ...spent, restarts: engine.totals.restarts }),
      manifest,
      certificate: null,
    };
    await writeJson(join(out, 'report.json'), report);
    if (animation !== undefined) terminal.line(animation);
    terminal.line(
      `${frames.length} ${frames.length === 1 ? 'frame' : 'frames'} in ${formatDuration(timings.totalMs)}, ${(spent.rays / 1e6).toFixed(1)} million rays at ${(spent.rays / Math.max(1, spent.cpuMs) / 1000).toFixed(2)} million per cpu-second`,
    );
    terminal.result(report);
  } finally {
    await engine.close();
  }
}
