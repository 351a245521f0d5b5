import type { GltfCamera, GltfDocument } from './GltfDocument.js';
import type { PosedLight, PosedMaterial, PosedScene, PosedTexture } from './PosedScene.js';
import type { SceneProblem } from './SceneSource.js';

/**
 * A scene read from its files, ready to be posed at any frame. Made by `loadScene`, never changed afterwards except by
 * `dispose`.
 */
export interface LoadedScene {
  /** Path of the file it was loaded from, below the scene's folder. */
  entry: string;
  /** Every camera in the scene, in node order. Names are unique. */
  cameras: SceneCamera[];
  /** Every animation clip in file order. Names are unique. */
  clips: SceneClip[];
  /** World bounds at rest, metres; null when the scene has no triangles. */
  bounds: SceneBounds | null;
  /** Triangles of a frame in which everything is visible, instances counted. */
  triangleCount: number;
  /** True when the scene brings light enough to be seen by (see `hasLight`). */
  hasLight: boolean;
  /** What the file itself says about how it wants to be rendered. */
  settings: SceneSettings;
  /** Files the scene names and its folder lacks. Such a scene can be checked and not posed. */
  missing: SceneProblem[];
  /** What was met while loading and cannot be drawn as meant. */
  unsupported: SceneProblem[];
  content: SceneContent;
  /** Lets go of the geometry and the images. */
  dispose(): void;
}

/** An axis-aligned box in world space, metres. */
export interface SceneBounds {
  min: [number, number, number];
  max: [number, number, number];
}

export interface SceneCamera {
  /** The node's name, or the camera's, or its index in `cameras`; made unique by an appended ` (index)`. */
  name: string;
  node: number;
  lens: GltfCamera;
}

export interface SceneClip {
  /** The animation's name or `animation <index>`; made unique by an appended ` (index)`. */
  name: string;
  /** Time of the last key, seconds. 0 for a clip that moves nothing. */
  durationSeconds: number;
  channels: SceneChannel[];
}

/** How one property of one node moves. */
export interface SceneChannel {
  node: number;
  path: 'translation' | 'rotation' | 'scale' | 'weights';
  interpolation: 'LINEAR' | 'STEP' | 'CUBICSPLINE';
  /** Seconds, increasing. */
  times: Float64Array;
  /** Per key `components` values; for CUBICSPLINE three groups: in-tangent, value, out-tangent. */
  values: Float64Array;
  components: number;
}

/**
 * What a scene says about how it wants to be rendered: the object `rushes` inside the `extras` of glTF's `asset`, all
 * fields optional: `{ "environment": "studio.hdr", "environmentIntensity": 1, "background": "environment" |
 * "transparent" | "#rrggbb", "camera": "Hero", "clip": "Turn", "fps": 12 }`. `environment` is a path beside the scene's
 * file; it follows the same rules as every other file of the scene.
 */
export interface SceneSettings {
  environment: string | null;
  environmentIntensity: number;
  background: 'environment' | 'transparent' | `#${string}` | null;
  camera: string | null;
  clip: string | null;
  fps: number | null;
}

/** The scene's parts, by glTF index where not stated otherwise. */
export interface SceneContent {
  document: GltfDocument;
  /** SHA-256 over the scene's files, hex: two loads of the same files have the same. */
  digest: string;
  /** Nodes of the scene, parents before children, in depth-first file order. */
  order: SceneNode[];
  meshes: Map<number, SceneMesh>;
  skins: Map<number, SceneSkin>;
  /** Materials that triangles use, in order of first use. */
  materials: PosedMaterial[];
  textures: PosedTexture[];
  /** Index into `materials` by glTF material index; -1 is the default material. */
  materialIndexOf: Map<number, number>;
  /** The last posed triangles, kept because frames often share them. */
  posed: PosedTriangles | undefined;
}

/** The arrays of a PosedScene that `geometryKey` speaks for. */
export type PosedTriangles = Pick<
  PosedScene,
  | 'triangleCount'
  | 'positions'
  | 'normals'
  | 'uv0'
  | 'uv1'
  | 'tangents'
  | 'colors'
  | 'materialOfTriangle'
  | 'geometryKey'
>;

export interface SceneNode {
  index: number;
  /** Position in `SceneContent.order`, or -1 for a root. */
  parent: number;
  translation: Float64Array;
  rotation: Float64Array;
  scale: Float64Array;
  /** Column-major; given where the file gives a matrix and nothing animates the node. */
  matrix: Float64Array | null;
  mesh: number | null;
  skin: number | null;
  light: Omit<PosedLight, 'position' | 'direction'> | null;
  weights: number[] | null;
  /** 16 per instance, column-major, for EXT_mesh_gpu_instancing. */
  instances: Float64Array | null;
}

export interface SceneSkin {
  /** Positions in `SceneContent.order`. */
  joints: number[];
  /** 16 per joint, column-major. */
  inverseBind: Float64Array;
}

export interface SceneMesh {
  primitives: MeshPrimitive[];
  /** Morph weights at rest. */
  weights: number[];
}

/** Triangles with one material, in the mesh's own space. */
export interface MeshPrimitive {
  vertexCount: number;
  triangleCount: number;
  /** 3 per triangle. */
  indices: Uint32Array;
  /** 3 per vertex. */
  positions: Float32Array;
  /** 3 per vertex; null: each triangle is flat. */
  normals: Float32Array | null;
  /** 12 per triangle (a corner's tangent and sign); null: nothing reads tangents here. */
  cornerTangents: Float32Array | null;
  /** 2 per vertex. */
  uv0: Float32Array | null;
  uv1: Float32Array | null;
  /** 4 per vertex, linear. */
  colors: Float32Array | null;
  /** Influences per vertex: 0, 4 or 8. */
  influences: number;
  /** `influences` per vertex. */
  joints: Uint16Array;
  /** `influences` per vertex, each vertex's sum 1. */
  weights: Float64Array;
  targets: MorphTarget[];
  /** Index into glTF's materials; -1: the default material. */
  material: number;
}

/** Displacements at full weight; null where the target leaves a property alone. */
export interface MorphTarget {
  positions: Float32Array | null;
  normals: Float32Array | null;
  /** 4 per vertex. */
  colors: Float32Array | null;
}
