import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chunkCount, chunkRect } from '../protocol/geometry.js';
import { createCpuEngine } from '../renderer/cpu/createCpuEngine.js';
import { assembleFrame } from '../renderer/image/assembleFrame.js';
import { chunkOutput } from '../renderer/image/chunkOutput.js';
import { develop } from '../renderer/image/develop.js';
import { encodePng } from '../renderer/image/encodePng.js';
import { writeAtomically } from '../renderer/image/writeAtomically.js';
import { renderChunk } from '../renderer/renderChunk.js';
import { loadScene } from '../renderer/scene/loadScene.js';
import { poseScene } from '../renderer/scene/poseScene.js';
import { prepareScene } from '../renderer/scene/prepare/prepareScene.js';
import { describeMachine } from './describeMachine.js';
import { median } from './median.js';
import { readSceneFolder } from './readSceneFolder.js';
import { runCycles } from './runCycles.js';
import { writeResult } from './writeResult.js';

// `npm run bench:engine [-- --scene FILE] [-- --cycles] [-- --samples N] [-- --runs N] [-- --pictures DIR]`:
// rays and paths per cpu-second of the engine, full shading, lit by the scene's own lights; a ray is one closest-hit or
// shadow traversal. With `--cycles` Blender's Cycles renders the same scene in the same run, on one thread.
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    scene: { type: 'string', default: join(root, '..', 'shared', 'scenes', 'knots.glb') },
    size: { type: 'string', default: '512' },
    segments: { type: 'string', default: '4' },
    samples: { type: 'string', default: '8' },
    runs: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
    cycles: { type: 'boolean', default: false },
    pictures: { type: 'string' },
    'no-save': { type: 'boolean', default: false },
  },
});
const [size, segments, samples, runCount, threads] = [
  values.size,
  values.segments,
  values.samples,
  values.runs,
  values.threads,
].map(Number) as [number, number, number, number, number];
const scene = resolve(values.scene);

if (existsSync(scene)) await measure();
else
  console.warn(
    `SKIPPED: there is no scene at ${scene}. Name a glTF file that has a camera and a light of its own: npm run bench:engine -- --scene FILE`,
  );

async function measure(): Promise<void> {
  const machine = describeMachine(root);
  const pictures = values.pictures === undefined ? undefined : resolve(values.pictures);
  if (pictures !== undefined) await mkdir(pictures, { recursive: true });
  const ours = await measureEngine(pictures);
  const cycles = values.cycles
    ? runCycles({ root, scene, width: size, height: size, segments, samples, runs: runCount, pictures })
    : undefined;
  if (values.cycles && cycles === undefined)
    console.warn(
      'SKIPPED Cycles: no blender on the PATH (Debian: apt-get install --no-install-recommends blender python3-numpy)',
    );

  const pathsPerCycles = cycles === undefined ? undefined : (size * size) / median(cycles.cpuSecondsPerSample);
  const result = {
    scene: scene.split('/').at(-1),
    size: `${size}x${size}`,
    segments,
    samples,
    threads,
    triangles: ours.triangles,
    raysPerCpuSecond: Math.round(median(ours.runs.map(({ rays, cpuMs }) => (rays / cpuMs) * 1000))),
    pathsPerCpuSecond: Math.round(median(ours.runs.map(({ cpuMs }) => ((size * size * samples) / cpuMs) * 1000))),
    raysPerPath: Math.round((ours.runs[0]!.rays / (size * size * samples)) * 100) / 100,
    prepareMs: Math.round(ours.prepareMs),
    engineStartMs: Math.round(ours.startMs),
    runs: ours.runs,
    cycles: cycles === undefined ? null : { ...cycles, pathsPerCpuSecond: Math.round(pathsPerCycles!) },
  };
  console.error(
    [
      ['', 'Mrays / cpu-s', 'Mpaths / cpu-s'],
      ['rushes, WebAssembly', (result.raysPerCpuSecond / 1e6).toFixed(3), (result.pathsPerCpuSecond / 1e6).toFixed(3)],
      ...(cycles === undefined ? [] : [[`Cycles ${cycles.version}`, '-', (pathsPerCycles! / 1e6).toFixed(3)]]),
    ]
      .map(([name, rays, paths]) => `${name!.padEnd(24)}${rays!.padStart(16)}${paths!.padStart(16)}`)
      .join('\n'),
  );
  console.log(JSON.stringify({ machine, ...result }, null, 2));
  if (!values['no-save']) console.log(await writeResult({ root, bench: 'engine', machine, result }));
}

/** Renders the frame as a worker does, chunk after chunk, with a warm-up before the first timed run. */
async function measureEngine(pictures: string | undefined): Promise<{
  runs: { rays: number; cpuMs: number; wallMs: number }[];
  prepareMs: number;
  startMs: number;
  triangles: number;
}> {
  const loaded = await loadScene(readSceneFolder(scene));
  const camera = loaded.cameras[0];
  if (camera === undefined || !loaded.hasLight)
    throw new Error(`${scene} has no ${camera === undefined ? 'camera' : 'light of its own'}: the bench needs both`);
  const began = performance.now();
  const prepared = prepareScene(
    poseScene({
      loaded,
      environment: null,
      manifestView: {
        camera: { kind: 'node', name: camera.name },
        clip: null,
        frame: 0,
        fps: 24,
        size: { width: size, height: size },
        background: '#000000',
      },
    }),
  );
  const prepareMs = performance.now() - began;
  const startAt = performance.now();
  const engine = await createCpuEngine({ threads });
  const startMs = performance.now() - startAt;
  try {
    const geometry = {
      width: size,
      height: size,
      tileSize: 256,
      firstFrame: 0,
      frameCount: 1,
      samples,
      batches: Math.min(8, samples),
    };
    const settings = { seed: 1, frame: 0, bounces: segments, width: size, height: size };
    const runs: { rays: number; cpuMs: number; wallMs: number }[] = [];
    for (let run = -1; run < runCount; run++) {
      const at = performance.now();
      const tiles = [];
      let [rays, cpuMs] = [0, 0];
      for (let chunk = 0; chunk < (run < 0 ? 1 : chunkCount(geometry)); chunk++) {
        const rect = chunkRect(geometry, chunk);
        const result = await renderChunk({ engine, prepared, settings, rect, samples, batches: geometry.batches });
        rays += result.rays;
        cpuMs += result.cpuMs;
        if (run === 0 && pictures !== undefined)
          tiles.push({ rect, ...chunkOutput({ leaves: result.leaves, rect, samples, batches: geometry.batches }) });
      }
      if (run >= 0) runs.push({ rays, cpuMs: Math.round(cpuMs), wallMs: Math.round(performance.now() - at) });
      if (tiles.length > 0) {
        const frame = assembleFrame({ width: size, height: size, tiles });
        await writeAtomically({
          path: join(pictures!, 'rushes.png'),
          bytes: await encodePng(
            develop({ frame, look: { toneMap: 'linear', exposureEv: 0, alpha: 'opaque', bits: 8 } }),
          ),
        });
      }
    }
    return { runs, prepareMs, startMs, triangles: prepared.triangleCount };
  } finally {
    await engine.close();
    loaded.dispose();
  }
}
