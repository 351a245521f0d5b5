import type {
  Background,
  PosedCamera,
  PosedEnvironment,
  PosedLight,
  PosedMaterial,
  PosedScene,
  PosedTexture,
} from '../../renderer/scene/PosedScene.js';

type Vector = [number, number, number];

/** A piece of a test scene: triangles as a list of corners, all of one material. */
export interface Piece {
  corners: Vector[];
  material: number;
  uvs?: [number, number][];
  /** Corner normals; the triangles' own when left out. */
  normals?: Vector[];
}

/** A white, rough dielectric with the given changes. */
export function material(changes: Partial<PosedMaterial> = {}): PosedMaterial {
  return {
    baseColor: [1, 1, 1, 1],
    metallic: 0,
    roughness: 1,
    emissive: [0, 0, 0],
    normalScale: 1,
    alphaMode: 'opaque',
    alphaCutoff: 0.5,
    doubleSided: true,
    transmission: 0,
    ior: 1.5,
    specular: 1,
    specularColor: [1, 1, 1],
    unlit: false,
    baseColorTexture: null,
    metallicRoughnessTexture: null,
    normalTexture: null,
    emissiveTexture: null,
    transmissionTexture: null,
    specularTexture: null,
    specularColorTexture: null,
    ...changes,
  };
}

/** An unmoved camera at `from` that looks at `at`. */
export function cameraAt(from: Vector, at: Vector, lens: { fovYRadians: number } | { half: number }): PosedCamera {
  const back = unit([from[0] - at[0], from[1] - at[1], from[2] - at[2]]);
  const right = unit(cross(Math.abs(back[1]) > 0.99 ? [0, 0, -1] : [0, 1, 0], back));
  const up = cross(back, right);
  const worldFromCamera = Float64Array.from([...right, 0, ...up, 0, ...back, 0, ...from, 1]);
  if ('half' in lens) return { kind: 'orthographic', worldFromCamera, xmag: lens.half, ymag: lens.half };
  return { kind: 'perspective', worldFromCamera, fovYRadians: lens.fovYRadians, aspect: 1 };
}

/** A posed scene of a few pieces. */
export function posedOf(options: {
  pieces: Piece[];
  materials: PosedMaterial[];
  camera?: PosedCamera;
  textures?: PosedTexture[];
  lights?: PosedLight[];
  environment?: PosedEnvironment | null;
  background?: Background;
  geometryKey?: string;
}): PosedScene {
  const corners = options.pieces.flatMap((piece) => piece.corners);
  const normals = options.pieces.flatMap((piece) => piece.normals ?? flatNormals(piece.corners));
  const uvs = options.pieces.flatMap((piece) => piece.uvs ?? piece.corners.map((): [number, number] => [0, 0]));
  const triangleCount = corners.length / 3;
  return {
    triangleCount,
    positions: Float32Array.from(corners.flat()),
    normals: Float32Array.from(normals.flat()),
    uv0: Float32Array.from(uvs.flat()),
    uv1: null,
    tangents: Float32Array.from(corners.flatMap(() => [1, 0, 0, 1])),
    colors: null,
    materialOfTriangle: Uint32Array.from(
      options.pieces.flatMap((piece) => Array<number>(piece.corners.length / 3).fill(piece.material)),
    ),
    materials: options.materials,
    textures: options.textures ?? [],
    lights: options.lights ?? [],
    environment: options.environment ?? null,
    camera: options.camera ?? cameraAt([0, 0, 5], [0, 0, 0], { fovYRadians: 0.7 }),
    background: options.background ?? { kind: 'color', rgb: [0, 0, 0] },
    geometryKey: options.geometryKey ?? 'test',
  };
}

/** A parallelogram as two triangles; its front is where `first` x `second` points. */
export function quad(corner: Vector, first: Vector, second: Vector): Vector[] {
  const at = (u: number, v: number): Vector => [
    corner[0] + u * first[0] + v * second[0],
    corner[1] + u * first[1] + v * second[1],
    corner[2] + u * first[2] + v * second[2],
  ];
  return [at(0, 0), at(1, 0), at(1, 1), at(0, 0), at(1, 1), at(0, 1)];
}

/** A convex ball of triangles around the origin: an octahedron divided `depth` times. */
export function ball(radius: number, depth: number): Vector[] {
  const corners: Vector[] = [];
  const divide = (a: Vector, b: Vector, c: Vector, level: number): void => {
    if (level === 0) {
      for (const p of [a, b, c]) corners.push([p[0] * radius, p[1] * radius, p[2] * radius]);
      return;
    }
    const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    divide(a, ab, ca, level - 1);
    divide(ab, b, bc, level - 1);
    divide(ca, bc, c, level - 1);
    divide(ab, bc, ca, level - 1);
  };
  const middle = (p: Vector, q: Vector): Vector => unit([p[0] + q[0], p[1] + q[1], p[2] + q[2]]);
  for (const x of [1, -1])
    for (const y of [1, -1])
      for (const z of [1, -1]) {
        const [a, b, c]: [Vector, Vector, Vector] = [
          [x, 0, 0],
          [0, y, 0],
          [0, 0, z],
        ];
        if (x * y * z > 0) divide(a, b, c, depth);
        else divide(a, c, b, depth);
      }
  return corners;
}

/** An environment of one radiance everywhere, or as a function of the texel. */
export function environmentOf(
  width: number,
  height: number,
  radiance: (column: number, row: number) => Vector,
): PosedEnvironment {
  const rgb = new Float32Array(3 * width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) rgb.set(radiance(column, row), 3 * (row * width + column));
  return { width, height, rgb, intensity: 1 };
}

/** A light of one candela or lux that shines down -Z from (0, 0, 1). */
export function lamp(changes: Partial<PosedLight>): PosedLight {
  return {
    kind: 'point',
    color: [1, 1, 1],
    position: [0, 0, 1],
    direction: [0, 0, -1],
    range: 0,
    innerConeCos: 1,
    outerConeCos: -1,
    ...changes,
  };
}

export function unit(v: Vector): Vector {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function flatNormals(corners: Vector[]): Vector[] {
  const normals: Vector[] = [];
  for (let i = 0; i < corners.length; i += 3) {
    const [a, b, c] = corners.slice(i, i + 3) as [Vector, Vector, Vector];
    const normal = unit(cross([b[0] - a[0], b[1] - a[1], b[2] - a[2]], [c[0] - a[0], c[1] - a[1], c[2] - a[2]]));
    normals.push(normal, normal, normal);
  }
  return normals;
}
