/** Rows (perceptual roughness 0 to 1) and columns (square root of the cosine, 0 to 1) of the table of directional albedos. */
export const ALBEDO_SIZE = 32;

/**
 * What a GGX lobe reflects of light from one direction, by numerical integration in float64 over visible normals.
 * @param cosine of the view direction to the normal, above 0.
 * @param roughness perceptual, 0 to 1.
 * @param steps strata along each of the two random numbers.
 * @returns `all`: for Fresnel reflectance 1; `rise`: for reflectance (1 - cos)^5 on the microfacet.
 */
export function directionalAlbedo(cosine: number, roughness: number, steps = 96): { all: number; rise: number } {
  const alpha = roughness * roughness;
  if (alpha < 1e-4) return { all: 1, rise: (1 - cosine) ** 5 };
  const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
  const lambda = (x: number, y: number, z: number): number => 0.5 * (Math.sqrt(1 + (alpha * alpha * (x * x + y * y)) / (z * z)) - 1);
  const scale = 1 / Math.sqrt(alpha * alpha * sine * sine + cosine * cosine);
  const [vx, vz] = [alpha * sine * scale, cosine * scale];
  const lambdaView = lambda(sine, 0, cosine);
  let all = 0;
  let rise = 0;
  for (let i = 0; i < steps; i++) {
    // The lobe is symmetric about the plane of view: half a turn is enough.
    const angle = (Math.PI * (i + 0.5)) / steps;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    for (let j = 0; j < steps; j++) {
      const z = (1 - (j + 0.5) / steps) * (1 + vz) - vz;
      const radius = Math.sqrt(Math.max(0, 1 - z * z));
      let [mx, my, mz] = [(radius * c + vx) * alpha, radius * s * alpha, Math.max(z + vz, 1e-12)];
      const length = Math.sqrt(mx * mx + my * my + mz * mz);
      [mx, my, mz] = [mx / length, my / length, mz / length];
      const d = sine * mx + cosine * mz;
      const [lx, ly, lz] = [2 * d * mx - sine, 2 * d * my, 2 * d * mz - cosine];
      if (lz <= 0) continue;
      const share = (1 + lambdaView) / (1 + lambdaView + lambda(lx, ly, lz));
      all += share;
      rise += share * (1 - d) ** 5;
    }
  }
  return { all: all / (steps * steps), rise: rise / (steps * steps) };
}

/** The table's numbers, rows of roughness: `all` and `rise` of each column, rounded to six digits. */
export function directionalAlbedoTable(): number[] {
  const numbers: number[] = [];
  for (let row = 0; row < ALBEDO_SIZE; row++) {
    for (let column = 0; column < ALBEDO_SIZE; column++) {
      const root = column / (ALBEDO_SIZE - 1);
      const { all, rise } = directionalAlbedo(Math.max(root * root, 1e-6), row / (ALBEDO_SIZE - 1));
      numbers.push(Number(all.toFixed(6)), Number(rise.toFixed(6)));
    }
  }
  return numbers;
}
