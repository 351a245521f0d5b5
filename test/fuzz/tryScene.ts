import { prepareFrame } from '../../renderer/prepareFrame.js';
import { BadSceneError } from '../../renderer/scene/BadSceneError.js';
import { admitFile } from '../../renderer/scene/admitFile.js';
import { checkScene } from '../../renderer/scene/checkScene.js';
import { frameScene } from '../../renderer/scene/frameScene.js';
import { loadEnvironment } from '../../renderer/scene/loadEnvironment.js';
import { loadScene } from '../../renderer/scene/loadScene.js';
import { SceneBudget } from '../../renderer/scene/SceneBudget.js';
import type { MutatedScene } from './mutateScene.js';

/** Words that a refusal has when the program stumbled instead of looking. */
const STUMBLED =
  /undefined|\[object|is not a function|is not iterable|Cannot read|Maximum call stack|expected .* found/;

/**
 * Does with a scene all that an artist and a worker do, up to the prepared frame. Returns whether it is drawn, and the
 * refusal where it is not. Throws for anything else than a clear refusal that names a place and a reason.
 */
export async function tryScene(scene: MutatedScene, sceneBytes: number): Promise<{ refusal: string | undefined }> {
  try {
    const budget = new SceneBudget(sceneBytes);
    const loaded = await loadScene({ entry: scene.entry, read: async (path) => fileOf(scene, path), budget });
    for (const { name, where, consequence } of Object.values(checkScene(loaded)).flat()) {
      if (STUMBLED.test(`${name} ${where} ${consequence}`)) throw new Error(`says ${name} ${where} ${consequence}`);
    }
    const size = { width: 64, height: 48 };
    const clip = loaded.clips[0]?.name ?? null;
    const camera = frameScene({ loaded, clip, size });
    const path = loaded.settings.environment;
    const given = path === null ? undefined : fileOf(scene, path);
    const bytes = path === null ? undefined : admitFile({ file: path, given, budget });
    const environment =
      path === null || bytes === undefined
        ? null
        : loadEnvironment({ path, bytes, intensity: loaded.settings.environmentIntensity, budget });
    const named = loaded.cameras[0];
    let previous;
    for (const frame of [0, 1])
      previous = prepareFrame({
        loaded,
        environment,
        view: {
          camera: frame === 0 || named === undefined ? camera : { kind: 'node', name: named.name },
          clip,
          frame,
          fps: 4,
          size,
          background: 'transparent',
        },
        previous,
      });
    return { refusal: undefined };
  } catch (error) {
    if (!(error instanceof BadSceneError)) throw error;
    const { message, advice = '' } = error;
    if (STUMBLED.test(`${message} ${advice}`)) throw new Error(`a refusal that explains nothing: ${message}`);
    if (!/^[^:]{1,300}: .{8,}/s.test(message)) throw new Error(`a refusal without a place or a reason: ${message}`);
    if (message.length > 1200 || advice.length < 10) throw new Error(`no sentence with an advice: ${message}`);
    return { refusal: message };
  }
}

function fileOf(scene: MutatedScene, path: string): Uint8Array | undefined {
  return Object.hasOwn(scene.files, path) ? scene.files[path] : undefined;
}
