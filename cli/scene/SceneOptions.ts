import type { ViewRequest } from '../../artist/resolveView.js';

/** Which pictures of a scene are meant. Undefined: nothing was said, and the scene or a default decides. */
export interface SceneOptions extends ViewRequest {
  env: string | undefined;
  envIntensity: number;
  /** Memory that the scene may take, bytes; undefined for the usual. */
  sceneBytes: number | undefined;
  acceptUnsupported: boolean;
}
