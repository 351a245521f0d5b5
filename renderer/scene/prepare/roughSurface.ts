/** A rough surface as light from one direction sees it; the direction lies in the plane y = 0 and the normal is z. */
export interface RoughSurface {
  /** Sine of the direction to the normal: its x. */
  sine: number;
  /** Microfacet normals by how much of them is seen, stratified: each stands for the same share of what is seen. */
  visibleNormals(steps: number): Generator<readonly [x: number, y: number, z: number]>;
  /** How much of what leaves towards (x, y, z) is not shadowed by other microfacets. */
  share(x: number, y: number, z: number): number;
}

/**
 * GGX with Smith's correlated masking and shadowing, in float64.
 * @param cosine of the direction to the normal, above 0.
 * @param alpha square of the perceptual roughness, above 0.
 */
export function roughSurface(cosine: number, alpha: number): RoughSurface {
  const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
  const lambda = (x: number, y: number, z: number): number =>
    0.5 * (Math.sqrt(1 + (alpha * alpha * (x * x + y * y)) / (z * z)) - 1);
  const lambdaView = lambda(sine, 0, cosine);
  const scale = 1 / Math.sqrt(alpha * alpha * sine * sine + cosine * cosine);
  const [vx, vz] = [alpha * sine * scale, cosine * scale];
  return {
    sine,
    *visibleNormals(steps) {
      for (let i = 0; i < steps; i++) {
        // What is seen is symmetric about the plane of view: half a turn is enough.
        const angle = (Math.PI * (i + 0.5)) / steps;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let j = 0; j < steps; j++) {
          const capZ = (1 - (j + 0.5) / steps) * (1 + vz) - vz;
          const radius = Math.sqrt(Math.max(0, 1 - capZ * capZ));
          const [x, y, z] = [(radius * c + vx) * alpha, radius * s * alpha, Math.max(capZ + vz, 1e-12)];
          const length = Math.sqrt(x * x + y * y + z * z);
          yield [x / length, y / length, z / length];
        }
      }
    },
    share: (x, y, z) => (1 + lambdaView) / (1 + lambdaView + lambda(x, y, z)),
  };
}
