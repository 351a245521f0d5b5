import { hexOfBytes } from '../../protocol/bytes.js';
import { sha256 } from '../../protocol/sha256.js';
import { BadSceneError } from './BadSceneError.js';
import { boundsOfScene } from './boundsOfScene.js';
import type { GltfDocument } from './GltfDocument.js';
import { hasLight } from './hasLight.js';
import type { LoadedScene, SceneCamera, SceneContent } from './LoadedScene.js';
import { openGeometry } from './openGeometry.js';
import { readClips } from './readClips.js';
import { readMaterials } from './readMaterials.js';
import { readMesh } from './readMesh.js';
import { readNodes, readSkins } from './readNodes.js';
import { readSceneSource } from './readSceneSource.js';
import { readSettings } from './readSettings.js';
import { refuseUnreadable } from './refuseUnreadable.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import { SceneBudget } from './SceneBudget.js';
import type { ReadSceneFile } from './SceneSource.js';

/**
 * Loads a glTF 2.0 scene (.gltf with files beside it, .glb, data URIs) through `read`, which is given paths below the
 * scene's folder and nothing else. Files that are missing and features that cannot be drawn are recorded on the result
 * (see `checkScene`). Throws BadSceneError for everything that makes the scene unreadable: damage, limits exceeded,
 * paths that leave the folder, required extensions that are not read. Rejects with the signal's reason.
 * @param budget the memory that the scene and its environment may take together.
 */
export async function loadScene(options: {
  entry: string;
  read: ReadSceneFile;
  budget?: SceneBudget | undefined;
  signal?: AbortSignal | undefined;
}): Promise<LoadedScene> {
  const { signal, budget = new SceneBudget() } = options;
  const source = await readSceneSource({ ...options, budget });
  const { entry, document } = source;
  refuseUnreadable(entry, document);

  // With a buffer missing there is nothing to decode; the rest is still read, so that every problem is named at once.
  const complete = !source.missing.some((problem) => problem.where.startsWith('buffers['));
  const geometry = complete ? await openGeometry(source, budget) : undefined;
  const order = await readNodes({ entry, document, geometry, budget });
  const usedMeshes = [...new Set(order.flatMap((node) => (node.mesh === null ? [] : [node.mesh])))];
  const used = usedMeshes.flatMap((mesh) =>
    (document.meshes?.[mesh]?.primitives ?? []).map((primitive) => primitive.material ?? -1),
  );
  const { materials, textures, materialIndexOf, unsupported } = await readMaterials({ source, used, budget, signal });

  const content: SceneContent = {
    document,
    digest: hexOfBytes(sha256(...source.files.map((file) => sha256(file.bytes)))),
    order,
    meshes: new Map(),
    skins: new Map(),
    materials,
    textures,
    materialIndexOf,
    posed: undefined,
  };
  const clips = geometry === undefined ? [] : await readClips({ entry, document, geometry, order });
  if (geometry !== undefined) {
    const materialOf = (index: number) => materials[materialIndexOf.get(index) as number] as (typeof materials)[number];
    for (const index of usedMeshes) {
      signal?.throwIfAborted();
      content.meshes.set(index, await readMesh({ file: entry, document, geometry, index, materialOf, budget }));
    }
    content.skins = await readSkins({ entry, document, geometry, order });
    checkJoints(entry, content);
    holdSkins({ entry, content, budget });
  }
  budget.settle();
  const loaded: LoadedScene = {
    entry,
    cameras: camerasOf(document, content),
    clips,
    bounds: null,
    triangleCount: countTriangles({ entry, content, budget }),
    hasLight: false,
    settings: readSettings(entry, document),
    missing: source.missing,
    unsupported,
    content,
    dispose() {
      content.meshes.clear();
      content.skins.clear();
      content.textures.length = 0;
      content.posed = undefined;
    },
  };
  loaded.bounds = boundsOfScene({ loaded, clip: null, seconds: 0 });
  loaded.hasLight = hasLight(loaded);
  return loaded;
}

/**
 * Bytes of a triangle in one posed and prepared frame, its share of the BVH and of what building that takes included:
 * 510 were measured on a million triangles, and vertex colours and a second set of coordinates add up to 150.
 */
const BYTES_PER_TRIANGLE = 600;

/** Bytes of a matrix of numbers as JavaScript keeps it, with where it stands in lists. */
const BYTES_PER_MATRIX = 400;

/** Each node under a skin takes the skin's joints to the world for itself. */
function holdSkins(options: { entry: string; content: SceneContent; budget: SceneBudget }): void {
  const { entry, content, budget } = options;
  let joints = 0;
  for (const node of content.order) if (node.skin !== null) joints += content.skins.get(node.skin)?.joints.length ?? 0;
  budget.hold({ file: entry, where: 'skins', what: `${joints} placed joints`, bytes: BYTES_PER_MATRIX * joints });
}

function countTriangles(options: { entry: string; content: SceneContent; budget: SceneBudget }): number {
  const { entry, content, budget } = options;
  let count = 0;
  for (const node of content.order) {
    const mesh = node.mesh === null ? undefined : content.meshes.get(node.mesh);
    for (const primitive of mesh?.primitives ?? [])
      count += primitive.triangleCount * (node.instances === null ? 1 : node.instances.length / 16);
  }
  if (count > SCENE_LIMITS.triangles)
    throw new BadSceneError({
      file: entry,
      what: `${count} triangles exceed the limit of ${SCENE_LIMITS.triangles}`,
      advice: 'Simplify the scene.',
    });
  budget.hold({ file: entry, what: `${count} triangles`, bytes: BYTES_PER_TRIANGLE * count });
  return count;
}

function checkJoints(entry: string, content: SceneContent): void {
  for (const node of content.order) {
    if (node.skin === null || node.mesh === null) continue;
    const joints = content.skins.get(node.skin)?.joints.length ?? 0;
    for (const primitive of content.meshes.get(node.mesh)?.primitives ?? []) {
      const highest = primitive.joints.reduce((high, joint) => Math.max(high, joint), 0);
      if (primitive.influences > 0 && highest >= joints)
        throw new BadSceneError({
          file: entry,
          where: `meshes[${node.mesh}]`,
          what: `a vertex follows joint ${highest} of ${joints}`,
        });
    }
  }
}

function camerasOf(document: GltfDocument, content: SceneContent): SceneCamera[] {
  const cameras: SceneCamera[] = [];
  for (const { index } of content.order) {
    const node = document.nodes?.[index];
    const lens = node?.camera === undefined ? undefined : document.cameras?.[node.camera];
    if (lens === undefined) continue;
    const name = node?.name || lens.name || String(cameras.length);
    cameras.push({
      name: cameras.some((other) => other.name === name) ? `${name} (${cameras.length})` : name,
      node: index,
      lens,
    });
  }
  return cameras;
}
