import { checkScene } from './checkScene.js';
import type { LoadedScene, SceneCamera, SceneClip } from './LoadedScene.js';

/** What must be known of a scene to order it: small, and JSON, so that whoever orders need not load it. */
export interface SceneSummary extends Pick<LoadedScene, 'bounds' | 'triangleCount' | 'hasLight' | 'settings'> {
  cameras: Pick<SceneCamera, 'name'>[];
  clips: Pick<SceneClip, 'name' | 'durationSeconds'>[];
  /** As `checkScene` says. */
  problems: ReturnType<typeof checkScene>;
}

/** The summary of a loaded scene. */
export function summariseScene(loaded: LoadedScene): SceneSummary {
  const { bounds, triangleCount, hasLight, settings, cameras, clips } = loaded;
  return {
    bounds,
    triangleCount,
    hasLight,
    settings,
    cameras: cameras.map(({ name }) => ({ name })),
    clips: clips.map(({ name, durationSeconds }) => ({ name, durationSeconds })),
    problems: checkScene(loaded),
  };
}
