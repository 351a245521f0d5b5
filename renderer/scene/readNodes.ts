import { Matrix4, Quaternion, Vector3 } from 'three';
import { BadSceneError } from './BadSceneError.js';
import { cosine } from './exactTrigonometry.js';
import type { GltfDocument, GltfLight, GltfNode } from './GltfDocument.js';
import type { SceneNode, SceneSkin } from './LoadedScene.js';
import { compose, identityMatrix } from './matrices.js';
import type { SceneGeometry } from './openGeometry.js';
import type { SceneBudget } from './SceneBudget.js';

/** Bytes of a node with its place in the world and in every list of a posed frame. */
const BYTES_PER_NODE = 1500;
/** Bytes of an instance beyond its matrix: its place in the world, and its share of every list of a posed frame. */
const BYTES_PER_INSTANCE = 700;

/**
 * The nodes of the document's scene, parents before children, depth first in file order. Nodes that KHR_node_visibility
 * hides are left out with all below them.
 */
export async function readNodes(options: {
  entry: string;
  document: GltfDocument;
  geometry: SceneGeometry | undefined;
  budget: SceneBudget;
}): Promise<SceneNode[]> {
  const { entry, document, geometry, budget } = options;
  const count = document.nodes?.length ?? 0;
  budget.hold({ file: entry, where: 'nodes', what: `${count} nodes`, bytes: BYTES_PER_NODE * count });
  const animated = new Set(
    (document.animations ?? []).flatMap((animation) => animation.channels.map((channel) => channel.target.node)),
  );
  const order: SceneNode[] = [];
  const waiting = (document.scenes?.[document.scene ?? 0]?.nodes ?? [])
    .map((index) => ({ index, parent: -1 }))
    .reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const node = document.nodes?.[next.index] as GltfNode;
    if (node.extensions?.KHR_node_visibility?.visible === false) continue;
    const position = order.length;
    order.push({
      index: next.index,
      parent: next.parent,
      ...placementOf(node, animated.has(next.index)),
      mesh: node.mesh ?? null,
      skin: node.skin ?? null,
      light: lightOf(document, node),
      weights: node.weights ?? null,
      instances:
        geometry === undefined
          ? null
          : await instancesOf({ entry, document, node, where: `nodes[${next.index}]`, geometry, budget }),
    });
    for (const child of [...(node.children ?? [])].reverse()) waiting.push({ index: child, parent: position });
  }
  return order;
}

/** Every skin that a node of the scene uses. A joint outside the scene stays where its bind pose has it. */
export async function readSkins(options: {
  entry: string;
  document: GltfDocument;
  geometry: SceneGeometry;
  order: SceneNode[];
}): Promise<Map<number, SceneSkin>> {
  const { entry, document, geometry, order } = options;
  const positionOf = new Map(order.map((node, position) => [node.index, position]));
  const skins = new Map<number, SceneSkin>();
  for (const index of new Set(order.flatMap((node) => (node.skin === null ? [] : [node.skin])))) {
    const skin = document.skins?.[index];
    if (skin === undefined) continue;
    const joints = skin.joints.map((joint) => {
      const position = positionOf.get(joint);
      if (position === undefined)
        throw new BadSceneError({
          file: entry,
          where: `skins[${index}]`,
          what: `its joint nodes[${joint}] is not part of the scene`,
        });
      return position;
    });
    const inverseBind = new Float64Array(16 * joints.length);
    if (skin.inverseBindMatrices === undefined)
      for (let j = 0; j < joints.length; j++) inverseBind.set(identityMatrix(), 16 * j);
    else inverseBind.set((await geometry.accessor(skin.inverseBindMatrices)).values.subarray(0, 16 * joints.length));
    skins.set(index, { joints, inverseBind });
  }
  return skins;
}

function placementOf(
  node: GltfNode,
  animated: boolean,
): Pick<SceneNode, 'translation' | 'rotation' | 'scale' | 'matrix'> {
  if (node.matrix === undefined || !animated) {
    return {
      translation: Float64Array.from(node.translation ?? [0, 0, 0]),
      rotation: Float64Array.from(node.rotation ?? [0, 0, 0, 1]),
      scale: Float64Array.from(node.scale ?? [1, 1, 1]),
      matrix: node.matrix === undefined ? null : Float64Array.from(node.matrix),
    };
  }
  // A node may not have both a matrix and an animation; files that do mean the matrix as its parts.
  const [translation, rotation, scale] = [new Vector3(), new Quaternion(), new Vector3()];
  new Matrix4().fromArray(node.matrix).decompose(translation, rotation, scale);
  return {
    translation: Float64Array.from(translation.toArray()),
    rotation: Float64Array.from(rotation.toArray()),
    scale: Float64Array.from(scale.toArray()),
    matrix: null,
  };
}

function lightOf(document: GltfDocument, node: GltfNode): SceneNode['light'] {
  const index = node.extensions?.KHR_lights_punctual?.light;
  const light: GltfLight | undefined =
    index === undefined ? undefined : document.extensions?.KHR_lights_punctual?.lights[index];
  if (light === undefined) return null;
  const intensity = Math.max(0, light.intensity ?? 1);
  const outer =
    light.type === 'spot' ? Math.min(Math.PI / 2, Math.max(0, light.spot?.outerConeAngle ?? Math.PI / 4)) : Math.PI;
  const inner = light.type === 'spot' ? Math.min(outer, Math.max(0, light.spot?.innerConeAngle ?? 0)) : 0;
  return {
    kind: light.type,
    color: (light.color ?? [1, 1, 1]).map((value) => Math.max(0, value * intensity)) as [number, number, number],
    range: light.type === 'directional' ? 0 : Math.max(0, light.range ?? 0),
    innerConeCos: cosine(inner),
    outerConeCos: cosine(outer),
  };
}

async function instancesOf(options: {
  entry: string;
  document: GltfDocument;
  node: GltfNode;
  where: string;
  geometry: SceneGeometry;
  budget: SceneBudget;
}): Promise<Float64Array | null> {
  const { entry, document, node, where, geometry, budget } = options;
  const attributes = node.extensions?.EXT_mesh_gpu_instancing?.attributes;
  if (attributes === undefined || node.mesh === undefined) return null;
  const most = Object.values(attributes).reduce((high, at) => Math.max(high, document.accessors?.[at]?.count ?? 0), 0);
  geometry.reserve(16 * most, `${where} instances`);
  budget.hold({ file: entry, where, what: `${most} instances`, bytes: BYTES_PER_INSTANCE * most });
  const read = (name: string) => (attributes[name] === undefined ? undefined : geometry.accessor(attributes[name]));
  const [translation, rotation, scale] = await Promise.all([read('TRANSLATION'), read('ROTATION'), read('SCALE')]);
  const counts = [translation, rotation, scale].flatMap((accessor) => (accessor === undefined ? [] : [accessor.count]));
  const count = counts[0] ?? 0;
  if (counts.some((other) => other !== count))
    throw new BadSceneError({ file: entry, where, what: `its instances have ${counts.join(', ')} placements` });
  const instances = new Float64Array(16 * count);
  for (let i = 0; i < count; i++) {
    const matrix = compose(
      translation?.values.subarray(3 * i, 3 * i + 3) ?? [0, 0, 0],
      rotation?.values.subarray(4 * i, 4 * i + 4) ?? [0, 0, 0, 1],
      scale?.values.subarray(3 * i, 3 * i + 3) ?? [1, 1, 1],
    );
    instances.set(matrix, 16 * i);
  }
  return instances;
}
