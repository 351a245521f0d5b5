import {
  GLASS_CONTRASTS,
  GLASS_COSINES,
  GLASS_MOST_CONTRAST,
  GLASS_ROUGHNESSES,
} from '../../kernels/generated/layout.js';
import { roughSurface } from './roughSurface.js';

/**
 * What a rough dielectric boundary without multiple scattering passes on in all, reflected and refracted, of light from
 * one direction: numerical integration in float64 over visible normals.
 * @param cosine of the view direction to the normal, above 0.
 * @param roughness perceptual, 0 to 1.
 * @param eta index of refraction of the far side over the near side.
 * @param steps strata along each of the two random numbers.
 */
export function glassAlbedo(cosine: number, roughness: number, eta: number, steps = 32): number {
  const alpha = roughness * roughness;
  if (alpha < 1e-4) return 1;
  const { sine, visibleNormals, share } = roughSurface(cosine, alpha);
  let sum = 0;
  for (const [mx, my, mz] of visibleNormals(steps)) {
    const d = Math.min(1, sine * mx + cosine * mz);
    const reflected = fresnelDielectric(d, eta);
    const mirrorZ = 2 * d * mz - cosine;
    if (mirrorZ > 0) sum += reflected * share(2 * d * mx - sine, 2 * d * my, mirrorZ);
    if (reflected === 1) continue;
    const towards = d / eta - Math.sqrt(1 - (1 - d * d) / (eta * eta));
    const refractedZ = mz * towards - cosine / eta;
    if (refractedZ < 0) sum += (1 - reflected) * share(mx * towards - sine / eta, my * towards, refractedZ);
  }
  return sum / (steps * steps);
}

/** Fresnel reflectance of unpolarised light; eta = far index over near index. */
function fresnelDielectric(cosine: number, eta: number): number {
  const sine2 = (1 - cosine * cosine) / (eta * eta);
  if (sine2 >= 1) return 1;
  const inner = Math.sqrt(1 - sine2);
  const parallel = (eta * cosine - inner) / (eta * cosine + inner);
  const perpendicular = (cosine - eta * inner) / (cosine + eta * inner);
  return (parallel * parallel + perpendicular * perpendicular) / 2;
}

/** The table's numbers: contrasts of rows of roughness of cosines, rounded to four digits. */
export function glassAlbedoTable(): number[] {
  const numbers: number[] = [];
  for (let k = 0; k < GLASS_CONTRASTS; k++) {
    const rootOfContrast = (2 * k) / (GLASS_CONTRASTS - 1) - 1;
    const contrast = GLASS_MOST_CONTRAST * rootOfContrast * Math.abs(rootOfContrast);
    for (let j = 0; j < GLASS_ROUGHNESSES; j++) {
      for (let i = 0; i < GLASS_COSINES; i++) {
        const root = i / (GLASS_COSINES - 1);
        numbers.push(
          Number(
            glassAlbedo(
              Math.max(root * root, 1e-6),
              j / (GLASS_ROUGHNESSES - 1),
              (1 + contrast) / (1 - contrast),
            ).toFixed(4),
          ),
        );
      }
    }
  }
  return numbers;
}
