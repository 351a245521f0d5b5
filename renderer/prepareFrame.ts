import { RushesError } from '../protocol/errors.js';
import { BadSceneError } from './scene/BadSceneError.js';
import type { LoadedScene } from './scene/LoadedScene.js';
import type { PosedEnvironment } from './scene/PosedScene.js';
import { type ManifestView, poseScene } from './scene/poseScene.js';
import { prepareScene, type ReusableScene } from './scene/prepare/prepareScene.js';

/**
 * Poses and prepares one frame of a loaded scene.
 * @param previous the frame before, whose parts serve again where they agree.
 * @throws BadSceneError for a scene that cannot be drawn; what is found only once its numbers stand in the world is
 * said of the scene's file and the frame.
 */
export function prepareFrame(options: {
  loaded: LoadedScene;
  environment: PosedEnvironment | null;
  view: ManifestView;
  previous?: Pick<ReusableScene, 'kept'> | undefined;
}): ReusableScene {
  const { loaded, environment, view, previous } = options;
  try {
    return prepareScene(poseScene({ loaded, environment, manifestView: view }), previous);
  } catch (cause) {
    if (!(cause instanceof RushesError) || cause instanceof BadSceneError) throw cause;
    throw new BadSceneError({
      file: loaded.entry,
      where: `frame ${view.frame}`,
      what: cause.message.replace(/\.$/, ''),
      ...(cause.advice === undefined ? {} : { advice: cause.advice }),
      facts: { ...cause.facts, found: cause.code },
      cause,
    });
  }
}
