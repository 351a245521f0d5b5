/** Indexed triangles with normals and texture coordinates, counter-clockwise seen from outside. */
export interface Mesh {
  /** 3 per vertex. */
  positions: number[];
  /** 3 per vertex, unit. */
  normals: number[];
  /** 2 per vertex. */
  uvs: number[];
  indices: number[];
}

type Point = readonly [number, number];
type Vector = readonly [number, number, number];

const TURN = 2 * Math.PI;

/** Several meshes as one. */
export function joined(...meshes: Mesh[]): Mesh {
  const all: Mesh = { positions: [], normals: [], uvs: [], indices: [] };
  for (const mesh of meshes) {
    const first = all.positions.length / 3;
    for (const key of ['positions', 'normals', 'uvs'] as const) for (const value of mesh[key]) all[key].push(value);
    for (const index of mesh.indices) all.indices.push(first + index);
  }
  return all;
}

/** A mesh turned by `turn` (rotation matrix rows) and moved. */
export function placed(
  mesh: Mesh,
  offset: Vector,
  turn: readonly [Vector, Vector, Vector] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
): Mesh {
  const map = (values: number[], by: Vector): number[] => {
    const mapped: number[] = [];
    for (let i = 0; i < values.length; i += 3)
      for (let row = 0; row < 3; row++)
        mapped.push(turn[row as 0].reduce((sum, factor, k) => sum + factor * (values[i + k] as number), by[row as 0]));
    return mapped;
  };
  return { ...mesh, positions: map(mesh.positions, offset), normals: map(mesh.normals, [0, 0, 0]) };
}

/** Rotation matrix rows for an angle in degrees about an axis. */
export function turnAbout(axis: 'x' | 'y' | 'z', degrees: number): [Vector, Vector, Vector] {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  if (axis === 'x')
    return [
      [1, 0, 0],
      [0, c, -s],
      [0, s, c],
    ];
  if (axis === 'y')
    return [
      [c, 0, s],
      [0, 1, 0],
      [-s, 0, c],
    ];
  return [
    [c, -s, 0],
    [s, c, 0],
    [0, 0, 1],
  ];
}

/** A sphere about the origin with smooth normals. */
export function sphere(radius: number, around: number, down: number): Mesh {
  const profile: Point[] = Array.from({ length: down + 1 }, (_, i) => [
    radius * Math.sin((Math.PI * i) / down),
    radius * Math.cos((Math.PI * i) / down),
  ]);
  return lathe(profile.reverse(), around, 181);
}

/**
 * A profile of (radius, height) points from bottom to top, turned about +Y. Where the profile turns by more than
 * `sharpDegrees` the edge is kept sharp; elsewhere normals are smooth. `sweep` limits the turn to an arc from `from`,
 * degrees. u runs around, v along the profile.
 */
export function lathe(profile: readonly Point[], around: number, sharpDegrees = 40, sweep = 360, from = 0): Mesh {
  const mesh: Mesh = { positions: [], normals: [], uvs: [], indices: [] };
  const segments = profile.slice(1).map((end, i) => {
    const start = profile[i] as Point;
    const [dr, dy] = [end[0] - start[0], end[1] - start[1]];
    const length = Math.hypot(dr, dy) || 1;
    return { start, end, normal: [dy / length, -dr / length] as Point, length };
  });
  const closed =
    profile.length > 2 &&
    Math.hypot(
      (profile[0] as Point)[0] - (profile.at(-1) as Point)[0],
      (profile[0] as Point)[1] - (profile.at(-1) as Point)[1],
    ) < 1e-9;
  const total = segments.reduce((sum, segment) => sum + segment.length, 0);
  let along = 0;
  const row = (point: Point, normal: Point, v: number): number => {
    const first = mesh.positions.length / 3;
    for (let i = 0; i <= around; i++) {
      const angle = ((from + (sweep * i) / around) * Math.PI) / 180;
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      mesh.positions.push(point[0] * sin, point[1], point[0] * cos);
      mesh.normals.push(normal[0] * sin, normal[1], normal[0] * cos);
      mesh.uvs.push(i / around, v);
    }
    return first;
  };
  let lower = -1;
  for (const [s, segment] of segments.entries()) {
    // Smooth with a neighbour whose direction is near enough; only a sharp edge needs a second row of vertices.
    const blend = (neighbour: (typeof segments)[number] | undefined): Point | undefined => {
      if (neighbour === undefined) return undefined;
      const dot = neighbour.normal[0] * segment.normal[0] + neighbour.normal[1] * segment.normal[1];
      if (dot < Math.cos((sharpDegrees * Math.PI) / 180)) return undefined;
      const sum: Point = [neighbour.normal[0] + segment.normal[0], neighbour.normal[1] + segment.normal[1]];
      const length = Math.hypot(...sum) || 1;
      return [sum[0] / length, sum[1] / length];
    };
    const before = blend(segments[s - 1] ?? (closed ? segments.at(-1) : undefined));
    const after = blend(segments[s + 1] ?? (closed ? segments[0] : undefined));
    if (lower < 0 || before === undefined) lower = row(segment.start, before ?? segment.normal, along / total);
    along += segment.length;
    const upper = row(segment.end, after ?? segment.normal, along / total);
    for (let i = 0; i < around; i++) {
      const [a, b] = [lower + i, upper + i];
      if (segment.start[0] > 1e-9) mesh.indices.push(a, a + 1, b + 1);
      if (segment.end[0] > 1e-9) mesh.indices.push(a, b + 1, b);
    }
    lower = upper;
  }
  return mesh;
}

/** A ring about +Y: a rectangle `width` (radial) by `height` with rounded edges, its middle at `radius`. */
export function band(
  radius: number,
  width: number,
  height: number,
  around: number,
  bevel = Math.min(width, height) * 0.22,
): Mesh {
  const [w, h] = [width / 2, height / 2];
  const corner = (cx: number, cy: number, startDegrees: number): Point[] =>
    [0, 45, 90].map((step) => [
      cx + bevel * Math.cos(((startDegrees + step) * Math.PI) / 180),
      cy + bevel * Math.sin(((startDegrees + step) * Math.PI) / 180),
    ]);
  // Upwards outside, inwards above, downwards inside: the profile runs counter-clockwise.
  const points = [
    ...corner(w - bevel, h - bevel, 0),
    ...corner(-w + bevel, h - bevel, 90),
    ...corner(-w + bevel, -h + bevel, 180),
    ...corner(w - bevel, -h + bevel, 270),
  ].map(([x, y]): Point => [radius + x, y]);
  return lathe([...points, points[0] as Point], around, 50);
}

/** A round bar bent to an arc about +Y. */
export function roundBar(
  radius: number,
  thickness: number,
  around: number,
  sides: number,
  sweep = 360,
  from = 0,
): Mesh {
  const points: Point[] = Array.from({ length: sides + 1 }, (_, i) => [
    radius + thickness * Math.cos((TURN * i) / sides),
    thickness * Math.sin((TURN * i) / sides),
  ]);
  return lathe(points, around, 181, sweep, from);
}

/** An upright rod from y = low to y = high. */
export function rod(radius: number, low: number, high: number, around: number): Mesh {
  return lathe(
    [
      [0, low],
      [radius, low],
      [radius, high],
      [0, high],
    ],
    around,
  );
}

/**
 * A box with bevelled edges about the origin. u and v of each face run over its sides in units of `uvScale`, from
 * `uvOrigin`.
 */
export function box(size: Vector, bevel: number, uvScale = 1, uvOrigin: Point = [0, 0]): Mesh {
  const mesh: Mesh = { positions: [], normals: [], uvs: [], indices: [] };
  const half = size.map((side) => side / 2) as unknown as Vector;
  const quad = (points: Vector[], normal: Vector, uAxis: number, vAxis: number): void => {
    const first = mesh.positions.length / 3;
    for (const point of points) {
      mesh.positions.push(...point);
      mesh.normals.push(...normal);
      mesh.uvs.push(
        uvOrigin[0] + (point[uAxis as 0] + half[uAxis as 0]) / uvScale,
        uvOrigin[1] + (point[vAxis as 0] + half[vAxis as 0]) / uvScale,
      );
    }
    mesh.indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
  };
  const at = (axis: number, sign: number, u: number, v: number, inset: number): Vector => {
    const point = [0, 0, 0];
    const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
    point[axis] = sign * half[axis as 0];
    point[a] = u * ((half[a as 0] as number) - inset);
    point[b] = v * ((half[b as 0] as number) - inset);
    return point as unknown as Vector;
  };
  for (let axis = 0; axis < 3; axis++) {
    const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
    for (const sign of [1, -1]) {
      const normal = [0, 0, 0];
      normal[axis] = sign;
      const corners = (
        [
          [-1, -1],
          [1, -1],
          [1, 1],
          [-1, 1],
        ] as const
      ).map(([u, v]) => at(axis, sign, u, v, bevel));
      // u runs along x where there is one, so that a grain follows the long side.
      quad(
        sign > 0 ? corners : corners.reverse(),
        normal as unknown as Vector,
        Math.min(a, b) === 0 ? 0 : 2,
        axis === 1 ? 2 : 1,
      );
    }
  }
  // Bevels along the twelve edges; the tiny corners stay open.
  for (let axis = 0; axis < 3; axis++) {
    const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
    for (const sa of [1, -1]) {
      for (const sb of [1, -1]) {
        const point = (t: number, onA: boolean): Vector => {
          const p = [0, 0, 0];
          p[axis] = t * ((half[axis as 0] as number) - bevel);
          p[a] = sa * ((half[a as 0] as number) - (onA ? 0 : bevel));
          p[b] = sb * ((half[b as 0] as number) - (onA ? bevel : 0));
          return p as unknown as Vector;
        };
        const normal = [0, 0, 0];
        normal[a] = sa * Math.SQRT1_2;
        normal[b] = sb * Math.SQRT1_2;
        const corners = [point(-1, true), point(1, true), point(1, false), point(-1, false)];
        quad(
          sa * sb > 0 ? corners.reverse() : corners,
          normal as unknown as Vector,
          Math.min(axis, a) === 0 ? 0 : 2,
          1,
        );
      }
    }
  }
  return mesh;
}

/** A rectangle in the XY plane facing +Z. */
export function panel(width: number, height: number): Mesh {
  const [w, h] = [width / 2, height / 2];
  return {
    positions: [-w, -h, 0, w, -h, 0, w, h, 0, -w, h, 0],
    normals: [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1],
    uvs: [0, 1, 1, 1, 1, 0, 0, 0],
    indices: [0, 1, 2, 0, 2, 3],
  };
}
