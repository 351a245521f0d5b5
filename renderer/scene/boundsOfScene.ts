import type { LoadedScene, SceneBounds, SceneClip } from './LoadedScene.js';
import { placementsOf, poseVertices } from './poseVertices.js';
import { samplePose } from './samplePose.js';

/** The world bounds of everything drawn at one moment, metres; null when there are no triangles. */
export function boundsOfScene(options: {
  loaded: LoadedScene;
  clip: SceneClip | null;
  seconds: number;
}): SceneBounds | null {
  const { loaded } = options;
  const { content } = loaded;
  const pose = samplePose(options);
  const min: SceneBounds['min'] = [Infinity, Infinity, Infinity];
  const max: SceneBounds['max'] = [-Infinity, -Infinity, -Infinity];
  for (const [position, node] of content.order.entries()) {
    const mesh = node.mesh === null ? undefined : content.meshes.get(node.mesh);
    if (mesh === undefined) continue;
    for (const placement of placementsOf({ node, position, pose, skins: content.skins })) {
      for (const primitive of mesh.primitives) {
        // Only vertices that a triangle names count: files keep unused ones far away.
        const { positions } = poseVertices(primitive, placement, pose.weights[position] ?? mesh.weights);
        for (const vertex of primitive.indices) {
          for (let k = 0; k < 3; k++) {
            const value = positions[3 * vertex + k] as number;
            if (value < (min[k] as number)) min[k] = value;
            if (value > (max[k] as number)) max[k] = value;
          }
        }
      }
    }
  }
  return min[0] <= max[0] ? { min, max } : null;
}
