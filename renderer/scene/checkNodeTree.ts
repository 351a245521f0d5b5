import type { BadSceneError } from './BadSceneError.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';

/**
 * Each node has one parent at most, none is its own ancestor, none lies absurdly deep, and the roots of a scene are
 * roots. Child indices must have been checked. Throws what `bad` makes of a place and a reason.
 */
export function checkNodeTree(
  document: { nodes?: { children?: number[] }[]; scenes?: { nodes?: number[] }[] },
  bad: (where: string, what: string) => BadSceneError,
): void {
  const nodes = document.nodes ?? [];
  const parentOf = new Int32Array(nodes.length).fill(-1);
  for (const [i, node] of nodes.entries()) {
    for (const child of node.children ?? []) {
      if (parentOf[child] !== -1)
        throw bad(`nodes[${child}]`, `it is a child of both nodes[${parentOf[child] as number}] and nodes[${i}]`);
      parentOf[child] = i;
    }
  }

  const depthOf = new Int32Array(nodes.length);
  for (let start = 0; start < nodes.length; start++) {
    // Climb to a node of known depth; a climb longer than the number of nodes is a cycle.
    let depth = 0;
    for (let node = start; node !== -1; node = parentOf[node] ?? -1) {
      if (++depth > nodes.length) throw bad(`nodes[${start}]`, 'its ancestors form a cycle');
      if (depthOf[node] !== 0) {
        depth += (depthOf[node] ?? 1) - 1;
        break;
      }
      if (depth > SCENE_LIMITS.nodeDepth) break;
    }
    depthOf[start] = depth;
    if (depth > SCENE_LIMITS.nodeDepth)
      throw bad(`nodes[${start}]`, `it lies more than ${SCENE_LIMITS.nodeDepth} levels deep`);
  }

  for (const [i, scene] of (document.scenes ?? []).entries()) {
    for (const node of scene.nodes ?? [])
      if (parentOf[node] !== -1)
        throw bad(
          `scenes[${i}]`,
          `nodes[${node}] is listed as a root and is a child of nodes[${parentOf[node] as number}]`,
        );
  }
}
