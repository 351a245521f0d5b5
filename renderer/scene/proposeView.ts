import { BadSceneError } from './BadSceneError.js';
import { frameScene } from './frameScene.js';
import type { LoadedScene } from './LoadedScene.js';
import type { CameraChoice } from './poseCamera.js';
import { findClip } from './readClips.js';

/** How a scene is rendered when nobody says otherwise. */
export interface ProposedView {
  camera: CameraChoice;
  clip: string | null;
  /** The whole clip once, so that it loops; a still scene has one frame. */
  frames: { first: number; last: number; fps: number };
  /** A file beside the scene, the built-in studio (`studioEnvironment`), or none. */
  environment: { kind: 'file'; path: string; intensity: number } | { kind: 'studio'; intensity: number } | null;
  background: 'environment' | 'transparent' | `#${string}`;
}

/**
 * What the scene asks for in `asset.extras.rushes` (see SceneSettings), and where it is silent: its first camera, or an orbit camera that frames it; its first
 * clip at 24 frames per second; the built-in studio where it has neither an environment nor a light of its own; the environment as background where there is one.
 * Throws BadSceneError when it names a camera or clip that it does not have.
 */
export function proposeView(options: { loaded: LoadedScene; size: { width: number; height: number } }): ProposedView {
  const { loaded, size } = options;
  const { settings, entry } = loaded;
  const clip = settings.clip === null ? (loaded.clips[0] ?? null) : findClip({ entry, clips: loaded.clips, name: settings.clip });
  const fps = settings.fps ?? 24;
  const count = clip === null ? 1 : Math.max(1, Math.round(clip.durationSeconds * fps));
  if (settings.camera !== null && !loaded.cameras.some((camera) => camera.name === settings.camera)) {
    throw new BadSceneError({ file: entry, where: 'asset.extras.rushes.camera', what: `it has no camera ${JSON.stringify(settings.camera)}`, advice: `Name one of its cameras: ${loaded.cameras.map((camera) => JSON.stringify(camera.name)).join(', ')}.` });
  }
  const cameraName = settings.camera ?? loaded.cameras[0]?.name;
  const environment: ProposedView['environment'] = settings.environment !== null ? { kind: 'file', path: settings.environment, intensity: settings.environmentIntensity } : loaded.hasLight ? null : { kind: 'studio', intensity: settings.environmentIntensity };
  return {
    camera: cameraName === undefined ? frameScene({ loaded, clip: clip?.name ?? null, size }) : { kind: 'node', name: cameraName },
    clip: clip?.name ?? null,
    frames: { first: 0, last: count - 1, fps },
    environment,
    background: settings.background ?? (environment === null ? 'transparent' : 'environment'),
  };
}
