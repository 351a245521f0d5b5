/** Entries along the square root of the view's cosine, along perceptual roughness (0 to 1), and along the contrast of the indices. */
export const GLASS_SIZE = { cosine: 16, roughness: 16, contrast: 17 } as const;
/** The contrast (eta - 1) / (eta + 1) runs from minus this to plus this, indices up to 3; its signed square root in even steps, because the loss rises steeply at 0. */
export const GLASS_CONTRAST = 0.5;

/**
 * What a rough dielectric boundary without multiple scattering passes on in all, reflected and refracted, of light from one
 * direction: numerical integration in float64 over visible normals.
 * @param cosine of the view direction to the normal, above 0.
 * @param roughness perceptual, 0 to 1.
 * @param eta index of refraction of the far side over the near side.
 * @param steps strata along each of the two random numbers.
 */
export function glassAlbedo(cosine: number, roughness: number, eta: number, steps = 32): number {
  const alpha = roughness * roughness;
  if (alpha < 1e-4) return 1;
  const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
  const lambda = (x: number, y: number, z: number): number => 0.5 * (Math.sqrt(1 + (alpha * alpha * (x * x + y * y)) / (z * z)) - 1);
  const scale = 1 / Math.sqrt(alpha * alpha * sine * sine + cosine * cosine);
  const [vx, vz] = [alpha * sine * scale, cosine * scale];
  const lambdaView = lambda(sine, 0, cosine);
  const share = (x: number, y: number, z: number): number => (1 + lambdaView) / (1 + lambdaView + lambda(x, y, z));
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    // The lobes are symmetric about the plane of view: half a turn is enough.
    const angle = (Math.PI * (i + 0.5)) / steps;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    for (let j = 0; j < steps; j++) {
      const z = (1 - (j + 0.5) / steps) * (1 + vz) - vz;
      const radius = Math.sqrt(Math.max(0, 1 - z * z));
      let [mx, my, mz] = [(radius * c + vx) * alpha, radius * s * alpha, Math.max(z + vz, 1e-12)];
      const length = Math.sqrt(mx * mx + my * my + mz * mz);
      [mx, my, mz] = [mx / length, my / length, mz / length];
      const d = Math.min(1, sine * mx + cosine * mz);
      const reflected = fresnelDielectric(d, eta);
      const mirrorZ = 2 * d * mz - cosine;
      if (mirrorZ > 0) sum += reflected * share(2 * d * mx - sine, 2 * d * my, mirrorZ);
      if (reflected === 1) continue;
      const towards = d / eta - Math.sqrt(1 - (1 - d * d) / (eta * eta));
      const refractedZ = mz * towards - cosine / eta;
      if (refractedZ < 0) sum += (1 - reflected) * share(mx * towards - sine / eta, my * towards, refractedZ);
    }
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
  for (let k = 0; k < GLASS_SIZE.contrast; k++) {
    const rootOfContrast = (2 * k) / (GLASS_SIZE.contrast - 1) - 1;
    const contrast = GLASS_CONTRAST * rootOfContrast * Math.abs(rootOfContrast);
    for (let j = 0; j < GLASS_SIZE.roughness; j++) {
      for (let i = 0; i < GLASS_SIZE.cosine; i++) {
        const root = i / (GLASS_SIZE.cosine - 1);
        numbers.push(Number(glassAlbedo(Math.max(root * root, 1e-6), j / (GLASS_SIZE.roughness - 1), (1 + contrast) / (1 - contrast)).toFixed(4)));
      }
    }
  }
  return numbers;
}
