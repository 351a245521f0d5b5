import { ALBEDO_SIZE } from '../../kernels/generated/layout.js';
import { roughSurface } from './roughSurface.js';

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
  const { sine, visibleNormals, share } = roughSurface(cosine, alpha);
  let all = 0;
  let rise = 0;
  for (const [mx, my, mz] of visibleNormals(steps)) {
    const d = sine * mx + cosine * mz;
    const [lx, ly, lz] = [2 * d * mx - sine, 2 * d * my, 2 * d * mz - cosine];
    if (lz <= 0) continue;
    const passed = share(lx, ly, lz);
    all += passed;
    rise += passed * (1 - d) ** 5;
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
